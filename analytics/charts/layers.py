"""From laid-out marks to the Vega-Lite spec, through Altair: the one place where Altair is used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import altair as alt
from altair.utils.schemapi import debug_mode

from analytics.charts import theme

if TYPE_CHECKING:
    from analytics.charts.canvas import Span
    from analytics.charts.marks import Layer


def spec_of(layers: Sequence[Layer], width: int, height: int, description: str) -> dict[str, Any]:
    """Return the spec of these layers, back to front.

    Notes
    -----
    Altair's own layering checks each part against the schema and copies it, with its rows, at every step:
    a tenth of a second for one picture. The parts come from here alone, so they are joined as plain
    dictionaries, and the tests check every example against the whole schema.
    """
    names = [f"rows-{place}" for place in range(len(layers))]
    return {
        "$schema": alt.SCHEMA_URL,
        "description": description,
        "width": width,
        "height": height,
        "padding": 0,
        "background": "transparent",
        "autosize": {"type": "none"},
        "config": {"font": theme.FONT_STACK, "view": {"stroke": None, "fill": None}},
        "resolve": {"scale": {"x": "independent", "y": "independent"}},
        "layer": [_layer(layer, name) for layer, name in zip(layers, names, strict=True)],
        "datasets": {name: layer.rows for layer, name in zip(layers, names, strict=True)},
    }


def _layer(layer: Layer, name: str) -> dict[str, Any]:
    channels: dict[str, Any] = {
        channel: _axis(channel, column, layer.spans) for channel, column in layer.columns.items()
    }
    mark = dict(layer.mark)
    if layer.by:
        channels["detail"] = alt.Detail(field=layer.by, type="nominal")
    if layer.shades:
        column, shades = layer.shades
        scale = alt.Scale(domain=list(shades), range=list(shades.values()), clamp=True, interpolate="rgb")
        channels["fill"] = alt.Fill(field=column, type="quantitative", scale=scale, legend=None)
    if mark["type"] == "text":
        channels["text"] = alt.Text(field="text", type="nominal")
    if "say" in layer.rows[0]:
        channels["description"] = alt.Description(field="say", type="nominal")
        channels["tooltip"] = alt.Tooltip(field="say", type="nominal", title="")
    else:
        mark["aria"] = False
    with debug_mode(False):
        encoding = {channel: part.to_dict(validate=False) for channel, part in channels.items()}
        return {
            "data": {"name": name},
            "mark": alt.MarkDef(**mark).to_dict(validate=False),
            "encoding": encoding,
        }


def _axis(channel: str, column: str, spans: dict[str, Span]) -> Any:
    if channel in ("x2", "y2"):
        return {"x2": alt.X2, "y2": alt.Y2}[channel](field=column)
    span = spans[channel]
    scale = alt.Scale(domain=list(span.domain), range=list(span.pixels), nice=False, zero=False)
    return {"x": alt.X, "y": alt.Y}[channel](field=column, type="quantitative", scale=scale, axis=None)

"""From laid-out marks to the Vega-Lite spec, through Altair: the one place where Altair is used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import altair as alt
from altair.utils.schemapi import debug_mode

from analytics.charts import theme

if TYPE_CHECKING:
    from analytics.charts.canvas import Span, _Layer


def spec_of(layers: Sequence[_Layer], width: int, height: int, description: str) -> dict[str, Any]:
    """Return the spec of these layers, back to front.

    Notes
    -----
    Altair checks each part against the schema as it is made, which costs a second for a page of pictures. The
    parts come from here alone, so the check is left to the tests, which run it on every example.
    """
    with debug_mode(False):
        chart: Any = alt.layer(*[_chart(layer) for layer in layers])
        chart = chart.resolve_scale(x="independent", y="independent").properties(
            width=width,
            height=height,
            padding=0,
            description=description,
            autosize=alt.AutoSizeParams(type="none"),
        )
        chart = chart.configure(font=theme.FONT_STACK, background="transparent")
        spec: dict[str, Any] = chart.configure_view(stroke=None, fill=None).to_dict(validate=False)
    return spec


def _chart(layer: _Layer) -> Any:
    channels: dict[str, Any] = {
        name: _axis(name, column, layer.spans) for name, column in layer.columns.items()
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
    return alt.Chart(alt.InlineData(values=layer.rows), mark=alt.MarkDef(**mark)).encode(**channels)


def _axis(name: str, column: str, spans: dict[str, Span]) -> Any:
    if name in ("x2", "y2"):
        return {"x2": alt.X2, "y2": alt.Y2}[name](field=column)
    span = spans[name]
    scale = alt.Scale(domain=list(span.domain), range=list(span.pixels), nice=False, zero=False)
    return {"x": alt.X, "y": alt.Y}[name](field=column, type="quantitative", scale=scale, axis=None)

"""A sheet of fixed width on which a picture is laid out: marks, lines and words as Altair layers.

Axes, legends and titles that a renderer places by itself overlap or clip when a question is long or a phone
narrow. Here every word has its place in pixels, wrapped beforehand (`lettering`), and only marks that carry a
finding speak to a screen reader: each row's `say` becomes the mark's label, all else is silent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import altair as alt

from analytics.charts import theme
from analytics.charts.lettering import wrapped

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Span:
    """Data values and the pixels they fall on, in the same order."""

    domain: tuple[float, float]
    pixels: tuple[float, float]

    def at(self, value: float) -> float:
        """Return the pixel of a value."""
        (low, high), (start, end) = self.domain, self.pixels
        return start + (value - low) / (high - low) * (end - start)


class Canvas:
    """Collects the layers of one picture, back to front, and gives its spec.

    Parameters
    ----------
    width : float
        Width in pixels; the height is known when everything is drawn and given to `spec`.
    across, down : Span, optional
        What the x and y columns of the rows mean. Without a span they are pixels.

    Notes
    -----
    In every method `x`, `y`, `x2` and `y2` are the name of a column of the rows, or a number of pixels.
    """

    def __init__(self, width: int, *, across: Span | None = None, down: Span | None = None) -> None:
        self.width = width
        self._across = across or Span((0, 1000), (0, 1000))
        self._down = down or Span((0, 1000), (0, 1000))
        self._plain = down is None
        self._layers: list[Any] = []

    def panel(self, *, across: Span | None = None, down: Span | None = None) -> Canvas:
        """Return a view of this sheet on which columns mean something else; its marks land here too."""
        panel = Canvas(self.width, across=across or self._across, down=down)
        panel._layers = self._layers
        return panel

    def points(
        self,
        rows: Iterable[Row],
        *,
        x: str | float,
        y: str | float,
        colour: str,
        shape: str = "circle",
        size: float = 130,
        hollow: bool = False,
        outline: bool = False,
    ) -> None:
        """Draw one mark a row: filled; hollow, which hides what is behind; or an outline, which does not."""
        paint: dict[str, Any] = {"fill": colour, "stroke": None}
        if hollow or outline:
            paint = {"fill": theme.PAPER if hollow else None, "stroke": colour, "strokeWidth": 2}
        mark = {"type": "point", "shape": shape, "size": size, "opacity": 1, **paint}
        self._add(rows, mark, x=x, y=y)

    def rules(
        self,
        rows: Iterable[Row],
        *,
        x: str | float,
        y: str | float,
        x2: str | float | None = None,
        y2: str | float | None = None,
        colour: str = theme.GRID,
        thick: float = 1,
        dash: tuple[int, ...] | None = None,
        round_ends: bool = False,
    ) -> None:
        """Draw one straight line a row."""
        mark: dict[str, Any] = {"type": "rule", "color": colour, "strokeWidth": thick}
        if dash:
            mark["strokeDash"] = list(dash)
        if round_ends:
            mark["strokeCap"] = "round"
        self._add(rows, mark, x=x, y=y, x2=x2, y2=y2)

    def boxes(
        self,
        rows: Iterable[Row],
        *,
        x: str | float,
        y: str | float,
        x2: str | float,
        y2: str | float,
        colour: str | None = None,
        edge: str | None = None,
        dash: tuple[int, ...] | None = None,
        corner: float = 0,
        shaded_by: str | None = None,
        shades: dict[float, str] | None = None,
    ) -> None:
        """Draw one rectangle a row; `shades` gives the colours of values of the column `shaded_by`."""
        mark: dict[str, Any] = {"type": "rect", "cornerRadius": corner, "fill": colour}
        if edge:
            mark |= {"stroke": edge, "strokeWidth": 1}
        if dash:
            mark["strokeDash"] = list(dash)
        fill = None
        if shaded_by and shades:
            scale = alt.Scale(domain=list(shades), range=list(shades.values()), clamp=True, interpolate="rgb")
            fill = alt.Fill(shaded_by, type="quantitative", scale=scale, legend=None)
        self._add(rows, mark, x=x, y=y, x2=x2, y2=y2, shaded_by=shaded_by, fill=fill)

    def withheld(
        self, rows: Iterable[Row], *, x: str, x2: str, y: str | float, y2: str | float, corner: float = 0
    ) -> None:
        """Draw the empty box with a dashed edge that stands where nothing may be shown."""
        white, grey = theme.WITHHELD, theme.EDGE
        self.boxes(rows, x=x, x2=x2, y=y, y2=y2, dash=(4, 3), corner=corner, colour=white, edge=grey)

    def line(
        self,
        rows: Iterable[Row],
        *,
        x: str,
        y: str,
        colour: str,
        thick: float = 2.5,
        by: str | None = None,
        dash: tuple[int, ...] | None = None,
        curve: str = "linear",
    ) -> None:
        """Join the rows from left to right, one line for each value of the column `by`."""
        mark: dict[str, Any] = {"type": "line", "color": colour, "strokeWidth": thick, "interpolate": curve}
        if dash:
            mark["strokeDash"] = list(dash)
        self._add(rows, mark, x=x, y=y, by=by)

    def area(
        self,
        rows: Iterable[Row],
        *,
        x: str,
        y: str,
        y2: str,
        colour: str,
        by: str | None = None,
        opacity: float = 1,
    ) -> None:
        """Fill between two columns, one area for each value of the column `by`."""
        self._add(rows, {"type": "area", "color": colour, "opacity": opacity}, x=x, y=y, y2=y2, by=by)

    def words(
        self,
        rows: Iterable[Row],
        *,
        x: str | float,
        y: str | float,
        column: str = "text",
        size: int = 14,
        colour: str = theme.INK,
        bold: bool = False,
        align: str = "left",
        hang: bool = False,
        lift: float = 0,
        shift: float = 0,
    ) -> float:
        """Write one label a row, centred on `y` or hanging from it; return the height of the tallest label.

        `lift` and `shift` move all of them up and to the right by so many pixels.

        A list of lines is set as lines.
        """
        leading = round(size * 1.25)
        rows = list(rows)
        tallest = max((_lines(row[column]) for row in rows), default=0) * leading
        rows = [_set(row, column, None if hang or not self._plain else y, leading) for row in rows]
        mark = {
            "type": "text",
            "align": align,
            "baseline": "top" if hang else "alphabetic",
            "fontSize": size,
            "fontWeight": 600 if bold else 400,
            "lineHeight": leading,
            "lineBreak": "\n",
            "color": colour,
            "aria": False,
            "dx": shift,
        }
        if not hang:
            mark["dy"] = round(size * 0.33 - lift)
        self._add(rows, mark, x=x, y=y, text=column)
        return float(tallest)

    def word(
        self,
        text: str,
        *,
        x: float,
        y: float,
        size: int = 14,
        colour: str = theme.INK,
        bold: bool = False,
        align: str = "left",
        room: float | None = None,
        hang: bool = False,
    ) -> float:
        """Write one label at a pixel, wrapped to `room` pixels when given; return its height."""
        lines = wrapped(text, room, size=size, bold=bold) if room else [text]
        if not hang:
            y -= (len(lines) - 1) * round(size * 1.25) / 2
        row = [{"text": lines}]
        return self.words(row, x=x, y=y, size=size, colour=colour, bold=bold, align=align, hang=hang)

    def spec(self, description: str, *, height: float) -> dict[str, Any]:
        """Return the Vega-Lite spec, checked against its schema."""
        chart = (
            alt.layer(*self._layers)
            .resolve_scale(x="independent", y="independent")
            .properties(
                width=self.width,
                height=round(height),
                padding=0,
                description=description,
                autosize=alt.AutoSizeParams(type="none"),
            )
        )
        chart = chart.configure(font=theme.FONT_STACK, background="transparent")
        spec: dict[str, Any] = chart.configure_view(stroke=None, fill=None).to_dict()
        return spec

    def _add(
        self,
        rows: Iterable[Row],
        mark: dict[str, Any],
        *,
        by: str | None = None,
        text: str | None = None,
        shaded_by: str | None = None,
        fill: Any = None,
        **places: str | float | None,
    ) -> None:
        kept = [dict(row) for row in rows]
        if not kept:
            return
        channels = {name: self._place(name, place) for name, place in places.items() if place is not None}
        used = {place for place in (*places.values(), by, text, shaded_by) if isinstance(place, str)}
        if fill is not None:
            channels["fill"] = fill
        if by:
            channels["detail"] = alt.Detail(by, type="nominal")
        if text:
            channels["text"] = alt.Text(text, type="nominal")
        if any("say" in row for row in kept):
            used.add("say")
            channels["description"] = alt.Description("say", type="nominal")
            channels["tooltip"] = alt.Tooltip("say", type="nominal", title="")
        else:
            mark = {**mark, "aria": False}
        values = [{name: row[name] for name in row if name in used} for row in kept]
        self._layers.append(
            alt.Chart(alt.InlineData(values=values), mark=alt.MarkDef(**mark)).encode(**channels)
        )

    def _place(self, channel: str, place: str | float) -> Any:
        if not isinstance(place, str):
            return alt.value(round(place, 1))
        if channel in ("x2", "y2"):
            return {"x2": alt.X2, "y2": alt.Y2}[channel](place)
        span = self._across if channel == "x" else self._down
        scale = alt.Scale(domain=list(span.domain), range=list(span.pixels), nice=False, zero=False)
        return {"x": alt.X, "y": alt.Y}[channel](place, type="quantitative", scale=scale, axis=None)


def _lines(text: Any) -> int:
    return len(text) if isinstance(text, list) else 1


def _set(row: Row, column: str, y: str | float | None, leading: float) -> dict[str, Any]:
    """Return the row with its lines joined, and moved up so that they stand around `y` as a block."""
    lines = row[column] if isinstance(row[column], list) else [str(row[column])]
    moved = {y: row[y] - (len(lines) - 1) * leading / 2} if isinstance(y, str) else {}
    return {**row, column: "\n".join(lines), **moved}

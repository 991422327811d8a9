"""A sheet of fixed width on which a picture is laid out: marks, lines and words as Altair layers.

Axes, legends and titles that a renderer places by itself overlap or clip when a question is long or a phone
narrow. Here every word has its place in pixels, wrapped beforehand (`lettering`), and only marks that carry a
finding speak to a screen reader: each row's `say` becomes the mark's label, all else is silent.

Marks that look alike share one layer, which keeps a picture of sixty boxes as quick as one of five.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from analytics.charts import theme
from analytics.charts.lettering import wrapped
from analytics.charts.marks import Layer, height_above_the_sheet

Row = Mapping[str, Any]
Place = str | float
"""The name of a column of the rows, or a number of pixels."""
_CHANNELS = ("x", "y", "x2", "y2")


@dataclass(frozen=True)
class Span:
    """Data values and the pixels they fall on, in the same order."""

    domain: tuple[float, float]
    pixels: tuple[float, float]

    def at(self, value: float) -> float:
        """Return the pixel of a value."""
        (low, high), (start, end) = self.domain, self.pixels
        return start + (value - low) / (high - low) * (end - start)

    def value(self, pixel: float) -> float:
        """Return the value at a pixel."""
        (low, high), (start, end) = self.domain, self.pixels
        return low + (pixel - start) / (end - start) * (high - low)


PIXELS = Span((0, 1000), (0, 1000))


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
    In every method `x`, `y`, `x2` and `y2` are the name of a column of the rows, or a number of pixels. Words
    stand in front of everything else.
    """

    def __init__(self, width: int, *, across: Span = PIXELS, down: Span = PIXELS) -> None:
        self.width = width
        self._across, self._down = across, down
        self._layers: dict[str, Layer] = {}

    def panel(self, *, across: Span | None = None, down: Span = PIXELS) -> Canvas:
        """Return a view of this sheet on which columns mean something else; its marks land here too."""
        panel = Canvas(self.width, across=across or self._across, down=down)
        panel._layers = self._layers
        return panel

    def points(
        self,
        rows: Iterable[Row],
        *,
        x: Place,
        y: Place,
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
        self._add(rows, {"type": "point", "shape": shape, "size": size, "opacity": 1, **paint}, x=x, y=y)

    def rules(
        self,
        rows: Iterable[Row],
        *,
        x: Place,
        y: Place,
        x2: Place | None = None,
        y2: Place | None = None,
        colour: str = theme.GRID,
        thick: float = 1,
        dash: tuple[int, ...] | None = None,
    ) -> None:
        """Draw one straight line a row."""
        mark: dict[str, Any] = {"type": "rule", "color": colour, "strokeWidth": thick}
        if dash:
            mark["strokeDash"] = list(dash)
        self._add(rows, mark, x=x, y=y, x2=x if x2 is None else x2, y2=y if y2 is None else y2)

    def boxes(
        self,
        rows: Iterable[Row],
        *,
        x: Place,
        y: Place,
        x2: Place,
        y2: Place,
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
        shaded = (shaded_by, shades) if shaded_by and shades else None
        self._add(rows, mark, shades=shaded, x=x, y=y, x2=x2, y2=y2)

    def withheld(
        self, rows: Iterable[Row], *, x: str, x2: str, y: Place, y2: Place, corner: float = 0
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
    ) -> None:
        """Join the rows from left to right, one line for each value of the column `by`."""
        mark: dict[str, Any] = {"type": "line", "color": colour, "strokeWidth": thick}
        if dash:
            mark["strokeDash"] = list(dash)
        self._add(rows, mark, by=by, x=x, y=y)

    def area(
        self, rows: Iterable[Row], *, x: str, y: str, y2: str, colour: str, by: str | None = None
    ) -> None:
        """Fill between two columns, one area for each value of the column `by`."""
        self._add(rows, {"type": "area", "color": colour}, by=by, x=x, y=y, y2=y2)

    def words(
        self,
        rows: Iterable[Row],
        *,
        x: Place,
        y: Place,
        size: int = 14,
        colour: str = theme.INK,
        bold: bool = False,
        align: str = "left",
        hang: bool = False,
        lift: float = 0,
        shift: float = 0,
    ) -> float:
        """Write each row's `text`, centred on `y` or hanging from it; return the height of the tallest.

        A list of lines is set as lines. `lift` and `shift` move all up and to the right by so many pixels.
        """
        leading = round(size * 1.25)
        mark = {
            "type": "text",
            "align": align,
            "baseline": "top" if hang else "alphabetic",
            "fontSize": size,
            "fontWeight": 600 if bold else 400,
            "lineHeight": leading,
            "lineBreak": "\n",
            "color": colour,
        }
        placed, tallest = [], 0
        for row in rows:
            lines = row["text"] if isinstance(row["text"], list) else [str(row["text"])]
            tallest = max(tallest, len(lines))
            up = lift if hang else lift + (len(lines) - 1) * leading / 2 - round(size * 0.33)
            left, top = self._pixel(row, x, self._across), self._pixel(row, y, self._down)
            placed.append({"x": left + shift, "y": top - up, "text": "\n".join(lines)})
        _sheet_of(self)._add(placed, mark, x="x", y="y")
        return float(tallest * leading)

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
        return self.words(
            [{"text": lines}], x=x, y=y, size=size, colour=colour, bold=bold, align=align, hang=hang
        )

    def spec(self, description: str, *, height: float) -> dict[str, Any]:
        """Return the picture as a Vega-Lite spec."""
        from analytics.charts.layers import spec_of

        in_front = sorted(self._layers.values(), key=height_above_the_sheet)
        return spec_of(in_front, self.width, round(height), description)

    def _pixel(self, row: Row, place: Place, span: Span) -> float:
        return span.at(row[place]) if isinstance(place, str) else place

    def _add(
        self,
        rows: Iterable[Row],
        mark: dict[str, Any],
        *,
        by: str | None = None,
        shades: tuple[str, dict[float, str]] | None = None,
        **places: Place | None,
    ) -> None:
        given = {channel: place for channel, place in places.items() if place is not None}
        columns = {c: place if isinstance(place, str) else c for c, place in given.items()}
        spans = {
            axis: span if any(isinstance(given.get(c), str) for c in (axis, f"{axis}2")) else PIXELS
            for axis, span in (("x", self._across), ("y", self._down))
        }
        constants = {c: spans[c[0]].value(place) for c, place in given.items() if not isinstance(place, str)}
        kept = {*columns.values(), by, shades[0] if shades else None, "say"}
        if mark["type"] == "text":
            kept.add("text")
        place = len(self._layers)
        for row in rows:
            layer = Layer(mark, columns, spans, by, shades)
            whole = {**{name: row[name] for name in row if name in kept}, **constants}
            look = layer.look("say" in row) + (f" line {place}" if layer.joins else "")
            self._layers.setdefault(look, layer).rows.append(_rounded(whole))


def _sheet_of(panel: Canvas) -> Canvas:
    sheet = Canvas(panel.width)
    sheet._layers = panel._layers
    return sheet


def _rounded(row: dict[str, Any]) -> dict[str, Any]:
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in row.items()}

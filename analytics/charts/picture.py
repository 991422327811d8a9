"""What every chart builder returns: the picture, the words that say the same, and the table behind both."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from analytics.charts import theme
from analytics.charts.lettering import wrapped

if TYPE_CHECKING:
    import pandas as pd

NOT_FOR_EVALUATION = "For improvement, not for evaluation"


@dataclass(frozen=True)
class Picture:
    """One chart with its text and its table, all built from the same rows.

    Attributes
    ----------
    name : str
        Short key of the chart, fit for a file name.
    spec : dict
        A Vega-Lite spec with its data inside and nothing in the data that is not drawn or spoken.
    sentence : str
        The finding in one sentence, with its n; it stands above the picture.
    sentences : tuple of str
        Level 1 (what is drawn), level 2 (the numbers), level 3 (the pattern).
    table : pandas.DataFrame
        The same rows with column names for people.
    description : str
        What a screen reader says of the picture as a whole.
    own_view : bool
        True when the picture shows single students and so belongs to their teacher alone.
    """

    name: str
    spec: dict[str, Any]
    sentence: str
    sentences: tuple[str, str, str]
    table: pd.DataFrame
    description: str
    own_view: bool = False

    def chart(self) -> Any:
        """Return the picture as an Altair chart, for a notebook or for more work on it."""
        import altair

        return altair.LayerChart.from_dict(self.spec)

    def svg(self, look: theme.Theme = "light") -> str:
        """Return the picture as SVG text with no background, no style attribute and no style element."""
        import vl_convert

        _register_font()
        drawn = str(vl_convert.vegalite_to_svg(_themed(self.spec, look), allowed_base_urls=[]))
        # The renderer names the marks but not the drawing; a screen reader needs both.
        name = escape(self.description, quote=True)
        root = f'<svg role="graphics-document" aria-roledescription="picture" aria-label="{name}" '
        return drawn.replace("<svg ", root, 1)

    def png(self, scale: float = 2.0, look: theme.Theme = "light") -> bytes:
        """Return a PNG that can leave the page: with the sentence above and the purpose below."""
        import vl_convert

        _register_font()
        spec = _themed(_framed(self.spec, self.sentence), look)
        return bytes(vl_convert.vegalite_to_png(spec, scale=scale, allowed_base_urls=[]))


@functools.cache
def _register_font() -> None:
    # At the first render and not at import: rendering before a server forks its workers would hang them.
    import vl_convert

    folder = theme.font_directory()
    if folder is not None:
        vl_convert.register_font_directory(str(folder))


def _themed(spec: dict[str, Any], look: theme.Theme) -> dict[str, Any]:
    colours = {"light": {}, "dark": theme.DARK, "print": theme.PRINT}[look]
    themed: dict[str, Any] = theme.recoloured(spec, colours)
    return themed


def _framed(spec: dict[str, Any], sentence: str) -> dict[str, Any]:
    lines = wrapped(sentence, spec["width"], size=18, bold=True)
    top = 24 + 24 * len(lines)
    words = [
        _line(lines, -top + 12, size=18, weight=600, colour=theme.INK),
        _line([NOT_FOR_EVALUATION], spec["height"] + 12, size=12, weight=400, colour=theme.QUIET),
    ]
    edge = {"left": 20, "right": 20, "top": top + 8, "bottom": 40}
    return {**spec, "padding": edge, "background": theme.PAPER, "layer": [*spec["layer"], *words]}


def _line(lines: list[str], y: float, *, size: int, weight: int, colour: str) -> dict[str, Any]:
    mark = {
        "type": "text",
        "text": lines,
        "align": "left",
        "baseline": "top",
        "fontSize": size,
        "fontWeight": weight,
        "lineHeight": 24,
        "color": colour,
        "aria": False,
    }
    return {"data": {"values": [{}]}, "mark": mark, "encoding": {"x": {"value": 0}, "y": {"value": y}}}

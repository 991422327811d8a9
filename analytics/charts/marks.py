"""Marks that look alike, gathered in one layer, and how far in front each layer lies."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from analytics.charts import theme

if TYPE_CHECKING:
    from analytics.charts.canvas import Span


@dataclass
class Layer:
    """Marks of one look on one pair of spans."""

    mark: dict[str, Any]
    columns: dict[str, str]
    spans: dict[str, Span]
    by: str | None = None
    shades: tuple[str, dict[float, str]] | None = None
    rows: list[dict[str, Any]] = field(default_factory=list)

    @property
    def joins(self) -> bool:
        """Whether its rows are joined to a line, so that no other rows may be added."""
        return self.mark["type"] in ("line", "area")

    def look(self, spoken: bool) -> str:
        """Return what must agree for marks to share this layer."""
        return json.dumps(
            [self.mark, self.columns, repr(self.spans), repr(self.shades), spoken], sort_keys=True
        )


_HEIGHTS = {"area": 0, "rule": 1, "rect": 2, "line": 3, "point": 4, "text": 6}


def height_above_the_sheet(layer: Layer) -> int:
    """Return how far in front a layer lies: shades behind rules behind boxes behind lines, marks and words.

    Like marks share the layer of the first of them, so the order of drawing cannot decide: a shade of a later
    row would lie on the marks of an earlier one. What hides the withheld lies in front of every mark.
    """
    special = {theme.WITHHELD: 5, theme.SHADE: 0}
    return special.get(str(layer.mark.get("fill")), _HEIGHTS[layer.mark["type"]])

"""The driver diagram: aim, drivers and change ideas in columns, or as an outline on a phone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from analytics import describe
from analytics.charts import theme
from analytics.charts.canvas import Canvas
from analytics.charts.lettering import wrapped
from analytics.charts.picture import Picture
from analytics.charts.rows import own_rows
from analytics.columns import Column, FrameError, Table

DRIVERS = Table(
    "driver diagram",
    (
        Column("node", "key", "key of the node, in the order in which siblings stand"),
        Column("parent", "key", "key of the node it drives; empty for the aim", may_be_empty=True),
        Column("text", "text", "what the box says"),
        Column("note", "text", "a line below: cycles so far, the last decision", False, True),
    ),
    ("node",),
)
HEADS = ("Aim", "Primary drivers", "Secondary drivers", "Change ideas")
# Ideas are many and their counts take a line of their own, so their column is the widest.
SHARES = (0.8, 0.9, 0.95, 1.7)
GAP = 26
BETWEEN = 10
BETWEEN_IDEAS = 4
LEADING = 17


@dataclass
class _Node:
    text: str
    note: str
    level: int
    children: list[_Node]
    middle: float = 0

    def walk(self) -> list[_Node]:
        """Return this node and all below it, as an outline reads."""
        return [self, *(node for child in self.children for node in child.walk())]


def driver_diagram(frame: pd.DataFrame, *, width: theme.Width = "wide") -> Picture:
    """Draw aim, drivers and change ideas, each joined to what it drives.

    Parameters
    ----------
    frame : DataFrame
        `DRIVERS`: one row a box; up to four levels.
    width : {"wide", "phone"}
        720 pixels with the levels in columns, or 360 as an indented outline.

    Raises
    ------
    FrameError
        If there is not exactly one aim, a parent is missing, boxes drive each other in a circle, or there
        are more than four levels.
    """
    aim = _tree(own_rows(DRIVERS, frame))
    nodes = aim.walk()
    told = describe.drivers_told([(node.level, node.text, node.note) for node in nodes])
    spec = (_outline if width == "phone" else _columns)(aim, told.levels[0])
    return Picture(
        name="driver-diagram",
        spec=spec,
        sentence=told.sentence,
        sentences=told.levels,
        table=pd.DataFrame(
            {
                "Level": HEADS[node.level],
                "Text": node.text,
                "Drives": _parent_text(aim, node),
                "Note": node.note,
            }
            for node in nodes
        ),
        description=told.levels[0],
    )


def _tree(rows: list[dict[str, Any]]) -> _Node:
    tops = [row["node"] for row in rows if row["parent"] is None]
    if len(tops) != 1:
        raise FrameError(
            DRIVERS.name, f"Expected one aim (a row without a parent), found {len(tops)}.", column="parent"
        )
    known = {row["node"] for row in rows}
    for row in rows:
        if row["parent"] is not None and row["parent"] not in known:
            raise FrameError(DRIVERS.name, f"No box has the key {row['parent']!r}.", column="parent")
    aim = _grown(tops[0], rows, 0)
    if len(aim.walk()) != len(rows):
        raise FrameError(
            DRIVERS.name, "Some boxes drive each other in a circle and never reach the aim.", column="parent"
        )
    return aim


def _grown(key: Any, rows: list[dict[str, Any]], level: int) -> _Node:
    if level >= len(HEADS):
        raise FrameError(
            DRIVERS.name, f"More than {len(HEADS)} levels: {', '.join(HEADS)}.", column="parent", value=key
        )
    row = next(row for row in rows if row["node"] == key)
    children = [_grown(other["node"], rows, level + 1) for other in rows if other["parent"] == key]
    return _Node(row["text"], row["note"] or "", level, children)


def _parent_text(aim: _Node, node: _Node) -> str:
    return next((other.text for other in aim.walk() if any(child is node for child in other.children)), "")


def _columns(aim: _Node, says: str) -> dict[str, Any]:
    nodes = aim.walk()
    levels = max(node.level for node in nodes) + 1
    sheet = Canvas(theme.PIXELS["wide"])
    places = _places(sheet.width, levels)
    for level, (left, _box_width) in enumerate(places):
        sheet.word(HEADS[level], x=left, y=10, size=14, bold=True, colour=theme.QUIET)
    height = _stand(aim, 28, [box for _left, box in places])
    joins = [
        {"x": sum(places[node.level]), "y": node.middle, "x2": places[child.level][0], "y2": child.middle}
        for node in nodes
        for child in node.children
    ]
    sheet.rules(joins, x="x", y="y", x2="x2", y2="y2", colour=theme.EDGE)
    for node in nodes:
        left, box = places[node.level]
        _box(sheet, node, (left, node.middle - _high(node, box) / 2), box)
    return sheet.spec(says, height=height)


def _places(width: float, levels: int) -> list[tuple[float, float]]:
    """Return where the column of each level begins, and how wide its boxes are."""
    room = (width - GAP * (levels - 1)) / sum(SHARES[:levels])
    places, left = [], 0.0
    for share in SHARES[:levels]:
        places.append((left, share * room))
        left += share * room + GAP
    return places


def _stand(node: _Node, top: float, boxes: list[float]) -> float:
    """Place the node and all below it, leaves first; return where the next may start."""
    high = _high(node, boxes[node.level])
    below = top
    for child in node.children:
        below = _stand(child, below, boxes)
    if node.children and not node.children[-1].children and node.level == len(HEADS) - 2:
        # Ideas of one driver stand close, like a list; the next driver's keep their distance.
        below += BETWEEN - BETWEEN_IDEAS
    own_floor = top + high + (BETWEEN_IDEAS if node.level == len(HEADS) - 1 else BETWEEN)
    if below < own_floor:
        for child in node.children:
            _shift(child, (own_floor - below) / 2)
        below = own_floor
    node.middle = (
        (node.children[0].middle + node.children[-1].middle) / 2 if node.children else top + high / 2
    )
    return below


def _shift(node: _Node, by: float) -> None:
    for other in node.walk():
        other.middle += by


def _lines(node: _Node, box: float) -> tuple[list[str], list[str]]:
    note = wrapped(node.note, box - 16, size=12) if node.note else []
    return wrapped(node.text, box - 16, size=13, bold=node.level == 0), note


def _high(node: _Node, box: float) -> float:
    text, note = _lines(node, box)
    return 12 + LEADING * len(text) + 16 * len(note)


def _box(sheet: Canvas, node: _Node, corner: tuple[float, float], box: float) -> None:
    text, note = _lines(node, box)
    x, y = corner
    say = f"{HEADS[node.level]}: {node.text}" + (f" ({node.note})" if node.note else "")
    row = [{"x": x, "x2": x + box, "y": y, "y2": y + _high(node, box), "say": say}]
    edge = theme.CHANGE if node.level == len(HEADS) - 1 else theme.TEACHER
    sheet.boxes(row, x="x", x2="x2", y="y", y2="y2", colour=theme.BOX, edge=edge, corner=4)
    sheet.words([{"text": text}], x=x + 8, y=y + 6, size=13, bold=node.level == 0, hang=True)
    if note:
        sheet.words(
            [{"text": note}], x=x + 8, y=y + 8 + LEADING * len(text), size=12, colour=theme.QUIET, hang=True
        )


def _outline(aim: _Node, says: str) -> dict[str, Any]:
    sheet = Canvas(theme.PIXELS["phone"])
    indent, y = 18.0, 4.0
    for node in aim.walk():
        x = indent * node.level
        box = sheet.width - x - 1
        high = _high(node, box)
        if node.level:
            sheet.rules([{}], x=x - indent / 2, x2=x, y=y + high / 2, colour=theme.EDGE)
        node.middle = y + high / 2
        _box(sheet, node, (x, y), box)
        y += high + 6
    for node in aim.walk():
        if node.children:
            x = indent * node.level + indent / 2
            end = node.children[-1].middle
            sheet.rules(
                [{}],
                x=x,
                y=node.middle + _high(node, sheet.width - indent * node.level - 1) / 2,
                y2=end,
                colour=theme.EDGE,
            )
    return sheet.spec(says, height=y)

"""Regions beside each other, from releases only: a heat table and small multiples, both with withheld cells.

Regions stand in alphabetical order and cannot be sorted by a number. A withheld cell carries nothing but its
place: neither its number nor its n reaches the spec, the sentences or the table, and cells withheld for
themselves look like those withheld to protect a neighbour.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics import describe
from analytics.charts import theme
from analytics.charts.canvas import Canvas
from analytics.charts.legend import Key, draw_legend
from analytics.charts.lettering import wrapped
from analytics.charts.picture import Picture
from analytics.charts.rows import own_rows
from analytics.columns import Column, Table

HEAT = Table(
    "heat table",
    (
        Column("region", "text", "the region's name"),
        Column("item", "text", "the question in short words, in the order asked"),
        Column(
            "gap", "number", "released gap in steps, teacher minus student; empty where withheld", True, True
        ),
        Column("teachers", "number", "teachers behind it; empty where withheld", may_be_empty=True),
    ),
    ("region", "item"),
)
TOO_FEW = "too few"
SHADES = {-1.5: theme.LOW_END, 0: theme.MIDDLE, 1.5: theme.HIGH_END}
BLACK_ON = (-1.25, 1.15)
"""Between these gaps black words have the better contrast on their cell, outside them white ones."""
CELL = 46


def heat_table(frame: pd.DataFrame, *, width: theme.Width = "wide") -> Picture:
    """Draw the released gap of each region and question as a coloured cell with its number and its n.

    Parameters
    ----------
    frame : DataFrame
        `HEAT`: one row a region and item, as `analytics.release` let it through.
    width : {"wide", "phone"}
        720 pixels with regions as rows, or 360 with one line of regions for each question.
    """
    rows = [_firewalled(row) for row in own_rows(HEAT, frame)]
    regions, items = sorted({row["region"] for row in rows}), list(dict.fromkeys(row["item"] for row in rows))
    cells = {(row["region"], row["item"]): row for row in rows}
    told = describe.heat_told(
        [(region, item, gap, n) for (region, item), gap, n in _in_order(cells, regions, items)]
    )
    draw = _by_item if width == "phone" else _by_region
    return Picture(
        name="heat-table",
        spec=draw(regions, items, cells, told.levels[0]),
        sentence=told.sentence,
        sentences=told.levels,
        table=_table(regions, items, cells),
        description=told.levels[0],
    )


def _firewalled(row: dict[str, Any]) -> dict[str, Any]:
    """Return the row without its n where it is withheld."""
    return row if row["gap"] is not None else {**row, "teachers": None}


def _in_order(
    cells: dict[tuple[str, str], dict[str, Any]], regions: list[str], items: list[str]
) -> list[tuple[tuple[str, str], float | None, int]]:
    keys = [(region, item) for region in regions for item in items if (region, item) in cells]
    return [(key, cells[key]["gap"], int(cells[key]["teachers"] or 0)) for key in keys]


def _table(
    regions: list[str], items: list[str], cells: dict[tuple[str, str], dict[str, Any]]
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Region": region,
            "Question": item,
            "Gap in steps": describe.signed(gap) if gap is not None else TOO_FEW,
            "Teachers": str(n) if gap is not None else TOO_FEW,
        }
        for (region, item), gap, n in _in_order(cells, regions, items)
    )


def _start(width: theme.Width) -> tuple[Canvas, float]:
    sheet = Canvas(theme.PIXELS[width])
    keys = [
        Key("box", "students felt more", theme.LOW_END),
        Key("box", "alike", theme.MIDDLE),
        Key("box", "teachers saw more", theme.HIGH_END),
    ]
    return sheet, draw_legend(sheet, keys) + 8


def _by_region(
    regions: list[str], items: list[str], cells: dict[tuple[str, str], dict[str, Any]], says: str
) -> dict[str, Any]:
    sheet, top = _start("wide")
    left = 150
    wide = (sheet.width - left) / len(items)
    heads = [
        {"x": left + wide * (k + 0.5), "text": wrapped(item, wide - 12, size=13)}
        for k, item in enumerate(items)
    ]
    top += sheet.words(heads, x="x", y=top, size=13, align="center", hang=True) + 8
    for region in regions:
        sheet.word(region, x=0, y=top + CELL / 2, size=15, room=left - 12)
        places = [(left + wide * k, item) for k, item in enumerate(items)]
        _cells(sheet, [(x, cells.get((region, item))) for x, item in places], top, wide)
        top += CELL + 4
    return sheet.spec(says, height=top)


def _by_item(
    regions: list[str], items: list[str], cells: dict[tuple[str, str], dict[str, Any]], says: str
) -> dict[str, Any]:
    sheet, top = _start("phone")
    in_a_line = -(-len(regions) // -(-len(regions) // 3))
    wide = sheet.width / in_a_line
    for item in items:
        top += sheet.word(item, x=0, y=top + 4, size=15, bold=True, room=sheet.width, hang=True) + 8
        for start in range(0, len(regions), in_a_line):
            line = regions[start : start + in_a_line]
            heads = [
                {"x": wide * (k + 0.5), "text": wrapped(name, wide - 8, size=13)}
                for k, name in enumerate(line)
            ]
            top += sheet.words(heads, x="x", y=top, size=13, align="center", hang=True) + 4
            _cells(sheet, [(wide * k, cells.get((name, item))) for k, name in enumerate(line)], top, wide)
            top += CELL + 10
    return sheet.spec(says, height=top)


def _cells(sheet: Canvas, line: list[tuple[float, dict[str, Any] | None]], top: float, wide: float) -> None:
    shown = [
        {"x": x + 2, "x2": x + wide - 2, "gap": cell["gap"], "say": _say(cell)}
        for x, cell in line
        if cell and cell["gap"] is not None
    ]
    withheld: list[dict[str, Any]] = [
        {"x": x + 2, "x2": x + wide - 2, "say": _say(cell)}
        for x, cell in line
        if cell and cell["gap"] is None
    ]
    floor = top + CELL
    sheet.boxes(shown, x="x", x2="x2", y=top, y2=floor, edge=theme.EDGE, shaded_by="gap", shades=SHADES)
    sheet.withheld(withheld, x="x", x2="x2", y=top, y2=floor)
    sheet.words(
        [{"x": (row["x"] + row["x2"]) / 2, "text": TOO_FEW} for row in withheld],
        x="x",
        y=top + CELL / 2,
        size=13,
        colour=theme.QUIET,
        align="center",
    )
    for x, cell in line:
        if cell and cell["gap"] is not None:
            colour = theme.ON_DARK if not BLACK_ON[0] <= cell["gap"] <= BLACK_ON[1] else theme.ON_LIGHT
            middle = x + wide / 2
            sheet.word(
                describe.signed(cell["gap"]),
                x=middle,
                y=top + 15,
                size=16,
                bold=True,
                align="center",
                colour=colour,
            )
            sheet.word(
                describe.counted(int(cell["teachers"]), "teacher"),
                x=middle,
                y=top + 34,
                size=12,
                align="center",
                colour=colour,
            )


def _say(cell: dict[str, Any]) -> str:
    if cell["gap"] is None:
        return f"{cell['region']}, {cell['item']}: {TOO_FEW} to show"
    teachers = describe.counted(int(cell["teachers"]), "teacher")
    return f"{cell['region']}, {cell['item']}: {describe.gap_in_words(cell['gap'])} ({teachers})"

"""Released figures of groups and questions beside each other: a table of shaded cells.

Groups stand in the order given, which is alphabetical, and cannot be sorted by a number. A withheld cell
carries nothing but its place. The figures are those of a release, in its own words: nothing is worked out
anew, so that a picture is never finer than what came out.
"""

from __future__ import annotations

from typing import Any, Literal

import pandas as pd

from analytics import describe
from analytics.charts import theme
from analytics.charts.canvas import Canvas
from analytics.charts.legend import Key, draw_legend
from analytics.charts.lettering import wrapped
from analytics.charts.picture import Picture
from analytics.charts.released import TOO_FEW, counted, refuse_many
from analytics.charts.rows import own_rows
from analytics.columns import Column, Table

Measure = Literal["gap", "experience"]

CELLS = Table(
    "released cells",
    (
        Column("group", "text", "region, team, change idea...: one row each, in alphabetical order"),
        Column("item", "text", "the question in short words, in the order asked"),
        Column("place", "number", "what shades the cell: points of the gap, or per cent", False, True),
        Column("words", "text", "the figure as it was released; empty where withheld", may_be_empty=True),
        Column("n", "number", "students behind it; empty where withheld", may_be_empty=True),
        Column("teachers", "number", "teachers behind it; empty where withheld", may_be_empty=True),
    ),
    ("group", "item"),
)
CELL = 46
SHADES: dict[Measure, dict[float, str]] = {
    "gap": {-50: theme.LOW_END, 0: theme.MIDDLE, 50: theme.HIGH_END},
    "experience": {0: theme.MIDDLE, 100: theme.LOW_END},
}
BLACK_ON: dict[Measure, tuple[float, float]] = {"gap": (-40, 37), "experience": (0, 78)}
KEYS: dict[Measure, list[Key]] = {
    "gap": [
        Key("box", "students felt more", theme.LOW_END),
        Key("box", "alike", theme.MIDDLE),
        Key("box", "teachers saw more", theme.HIGH_END),
    ],
    "experience": [
        Key("box", "few picked a top answer", theme.MIDDLE),
        Key("box", "all picked a top answer", theme.LOW_END),
    ],
}
FIGURE: dict[Measure, str] = {"gap": "Gap in points", "experience": "Picked a top answer"}


def released_cells(
    frame: pd.DataFrame, *, measure: Measure, kind: str, width: theme.Width = "wide"
) -> Picture:
    """Draw the released figure of each group and question as a shaded cell with its words and its n.

    Parameters
    ----------
    frame : DataFrame
        `CELLS`: one row a group and item. An empty `words` is a withheld cell.
    measure : {"gap", "experience"}
        What `words` says: the gap in points of the 0-100 scale, teacher minus student; or the share of
        students who picked one of the most favourable answers.
    kind : str
        What the groups are: "Region".
    width : {"wide", "phone"}
        720 pixels with groups as rows, or 360 with one line of groups for each question.

    Raises
    ------
    FrameError
        If there are more than 12 groups: show them on several pages.
    """
    rows = [_firewalled(row) for row in own_rows(CELLS, frame)]
    groups, items = (list(dict.fromkeys(row[name] for row in rows)) for name in ("group", "item"))
    refuse_many(CELLS, groups)
    cells = {(row["group"], row["item"]): row for row in rows}
    told = describe.released_told(
        measure, kind, [(row["group"], row["item"], row["words"], row["n"]) for row in rows]
    )
    return Picture(
        name=f"released-{measure}",
        spec=_sheet(groups, items, cells, measure, width, told.levels[0]),
        sentence=told.sentence,
        sentences=told.levels,
        table=_table(rows, measure, kind),
        description=told.levels[0],
    )


def _firewalled(row: dict[str, Any]) -> dict[str, Any]:
    """Return the row with nothing in it where it is withheld."""
    return row if row["words"] else {**row, "words": None, "place": None, "n": None, "teachers": None}


def _table(rows: list[dict[str, Any]], measure: Measure, kind: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            kind: row["group"],
            "Question": row["item"],
            FIGURE[measure]: row["words"] or TOO_FEW,
            "Students": counted(row["n"]),
            "Teachers": counted(row["teachers"]),
        }
        for row in rows
    )


def _sheet(
    groups: list[str],
    items: list[str],
    cells: dict[tuple[str, str], dict[str, Any]],
    measure: Measure,
    width: theme.Width,
    says: str,
) -> dict[str, Any]:
    sheet = Canvas(theme.PIXELS[width])
    top = draw_legend(sheet, KEYS[measure]) + 8
    if width == "phone":
        top = _by_item(sheet, groups, items, cells, measure, top)
    else:
        top = _by_group(sheet, groups, items, cells, measure, top)
    return sheet.spec(says, height=top)


def _by_group(
    sheet: Canvas,
    groups: list[str],
    items: list[str],
    cells: dict[tuple[str, str], dict[str, Any]],
    measure: Measure,
    top: float,
) -> float:
    left = 170
    wide = min((sheet.width - left) / len(items), 190)
    top += _heads(sheet, items, left, wide, top) + 8
    for group in groups:
        lines = wrapped(group, left - 12, size=15)
        high = max(CELL, 19 * len(lines) + 4)
        sheet.words([{"text": lines}], x=0, y=top + high / 2, size=15)
        places = [(left + wide * k, item) for k, item in enumerate(items)]
        _line(sheet, [(x, cells.get((group, item))) for x, item in places], (top, top + high), wide, measure)
        top += high + 4
    return top


def _by_item(
    sheet: Canvas,
    groups: list[str],
    items: list[str],
    cells: dict[tuple[str, str], dict[str, Any]],
    measure: Measure,
    top: float,
) -> float:
    in_a_line = -(-len(groups) // -(-len(groups) // 3))
    wide = sheet.width / in_a_line
    for item in items:
        top += sheet.word(item, x=0, y=top + 4, size=15, bold=True, room=sheet.width, hang=True) + 8
        for start in range(0, len(groups), in_a_line):
            line = groups[start : start + in_a_line]
            top += _heads(sheet, line, 0, wide, top) + 4
            row = [(wide * k, cells.get((name, item))) for k, name in enumerate(line)]
            _line(sheet, row, (top, top + CELL), wide, measure)
            top += CELL + 10
    return top


def _heads(sheet: Canvas, names: list[str], left: float, wide: float, top: float) -> float:
    """Write a name above each column; return how high the tallest is."""
    heads = [
        {"x": left + wide * (k + 0.5), "text": wrapped(name, wide - 12, size=13)}
        for k, name in enumerate(names)
    ]
    return sheet.words(heads, x="x", y=top, size=13, align="center", hang=True)


def _line(
    sheet: Canvas,
    line: list[tuple[float, dict[str, Any] | None]],
    ends: tuple[float, float],
    wide: float,
    measure: Measure,
) -> None:
    top, floor = ends
    middle = (top + floor) / 2
    there: list[tuple[dict[str, Any], dict[str, Any]]] = [
        ({"x": x + 2, "x2": x + wide - 2, "say": _say(cell)}, cell) for x, cell in line if cell is not None
    ]
    shown = [{**box, "place": cell["place"]} for box, cell in there if cell["place"] is not None]
    bare = [box for box, cell in there if cell["words"] and cell["place"] is None]
    withheld = [box for box, cell in there if not cell["words"]]
    shades = SHADES[measure]
    sheet.boxes(shown, x="x", x2="x2", y=top, y2=floor, edge=theme.EDGE, shaded_by="place", shades=shades)
    sheet.boxes(bare, x="x", x2="x2", y=top, y2=floor, edge=theme.EDGE)
    sheet.withheld(withheld, x="x", x2="x2", y=top, y2=floor)
    words = [{"x": (row["x"] + row["x2"]) / 2, "text": TOO_FEW} for row in withheld]
    sheet.words(words, x="x", y=middle, size=13, colour=theme.QUIET, align="center")
    low, high = BLACK_ON[measure]
    for box, cell in there:
        if cell["words"]:
            place = cell["place"]
            colour = theme.INK if place is None else theme.ON_LIGHT if low <= place <= high else theme.ON_DARK
            at: dict[str, Any] = {"x": (box["x"] + box["x2"]) / 2, "align": "center", "colour": colour}
            size = 16 if len(cell["words"]) < 9 else 13
            sheet.word(cell["words"], y=middle - 8, size=size, bold=True, **at)
            sheet.word(describe.counted(int(cell["n"]), "student"), y=middle + 11, size=12, **at)


def _say(cell: dict[str, Any]) -> str:
    if not cell["words"]:
        return f"{cell['group']}, {cell['item']}: {TOO_FEW} to show"
    n = describe.counted(int(cell["n"]), "student")
    return f"{cell['group']}, {cell['item']}: {cell['words']} ({n})"

"""Both lines over cycles, once for each group, from released figures.

Groups stand in the order given, which is alphabetical. A withheld point carries nothing but its place, and a
line stops before it.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics import describe
from analytics.charts import theme
from analytics.charts.canvas import Canvas, Span
from analytics.charts.legend import Key, draw_legend
from analytics.charts.lettering import wrapped
from analytics.charts.picture import Picture
from analytics.charts.released import TOO_FEW, counted, refuse_many
from analytics.charts.rows import own_rows
from analytics.columns import Column, Table

LINES = Table(
    "released lines",
    (
        Column("group", "text", "one small picture each, in alphabetical order"),
        Column("cycle", "whole", "cycle number; 0 is the lesson before the change"),
        Column(
            "students", "number", "the students' released mean, 0 to 100; empty where withheld", True, True
        ),
        Column("teacher", "number", "the same plus the released gap; empty where there is none", True, True),
        Column("n", "number", "students behind it; empty where withheld", may_be_empty=True),
    ),
    ("group", "cycle"),
)
HIGH = 110


def released_lines(frame: pd.DataFrame, *, item: str, kind: str, width: theme.Width = "wide") -> Picture:
    """Draw both lines over cycles once for each group, on one scale: teachers' ratings, students' answers.

    Parameters
    ----------
    frame : DataFrame
        `LINES`: one row a group and cycle. An empty `students` is a withheld point.
    item : str
        The question in short words.
    kind : str
        What the groups are: "Region".
    width : {"wide", "phone"}
        720 pixels with three groups beside each other, or 360 with one.

    Raises
    ------
    FrameError
        If there are more than 12 groups: show them on several pages.
    """
    rows = own_rows(LINES, frame)
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in sorted(rows, key=lambda row: row["cycle"]):
        bare = {**row, "teacher": None, "n": None} if row["students"] is None else row
        groups.setdefault(row["group"], []).append(bare)
    order = list(dict.fromkeys(row["group"] for row in rows))
    refuse_many(LINES, order)
    told = describe.released_lines_told(
        item,
        kind,
        {
            name: [(r["cycle"], r["students"], r["teacher"], int(r["n"] or 0)) for r in groups[name]]
            for name in order
        },
    )
    return Picture(
        name="released-lines",
        spec=_panels({name: groups[name] for name in order}, width, told.levels[0]),
        sentence=told.sentence,
        sentences=told.levels,
        table=pd.DataFrame(
            {
                kind: name,
                "Cycle": _cycle(row["cycle"]),
                "Students": TOO_FEW if row["students"] is None else str(int(row["students"])),
                "Teachers": _rating(row),
                "Students behind it": counted(row["n"]),
            }
            for name in order
            for row in groups[name]
        ),
        description=told.levels[0],
    )


def _rating(row: dict[str, Any]) -> str:
    if row["students"] is None:
        return TOO_FEW
    return "no rating" if row["teacher"] is None else str(int(row["teacher"]))


def _cycle(number: int) -> str:
    return "before" if number == 0 else str(number)


def _panels(groups: dict[str, list[dict[str, Any]]], width: theme.Width, says: str) -> dict[str, Any]:
    sheet = Canvas(theme.PIXELS[width])
    keys = [
        Key("diamond", "teachers", theme.TEACHER),
        Key("circle", "students", theme.STUDENT),
        Key("box", "gap", theme.SHADE),
    ]
    top = draw_legend(sheet, keys) + 8
    beside = 1 if width == "phone" else min(3, len(groups))
    wide = sheet.width / beside if len(groups) > 1 else min(sheet.width, 420)
    every = [row["cycle"] for part in groups.values() for row in part]
    cycles = (min(every), max(every))
    names = list(groups)
    for start in range(0, len(names), beside):
        line = names[start : start + beside]
        heads = [
            {"x": wide * k, "text": wrapped(name, wide - 20, size=14, bold=True)}
            for k, name in enumerate(line)
        ]
        top += sheet.words(heads, x="x", y=top, size=14, bold=True, hang=True) + 6
        for k, name in enumerate(line):
            _panel(sheet, name, groups[name], (wide * k, wide * (k + 1) - 16), top, cycles)
        top += HIGH + 40
    return sheet.spec(says, height=top)


def _panel(
    sheet: Canvas,
    name: str,
    rows: list[dict[str, Any]],
    ends: tuple[float, float],
    top: float,
    cycles: tuple[int, int],
) -> None:
    left, right = ends
    floor = top + HIGH
    across = Span((cycles[0], max(cycles[1], cycles[0] + 1)), (left + 50, right - 22))
    plot = sheet.panel(across=across, down=Span((0, 100), (floor - 10, top + 10)))
    plot.boxes([{}], x=left, x2=right, y=top, y2=floor, edge=theme.GRID)
    for mark in (0, 50, 100):
        plot.rules([{"value": mark}], x=left + 30, x2=right, y="value")
        plot.words([{"value": mark, "text": str(mark)}], x=left + 4, y="value", size=12, colour=theme.QUIET)
    runs = _runs(rows)
    both = [row for row in runs if row["teacher"] is not None]
    plot.area(both, x="cycle", y="teacher", y2="students", colour=theme.SHADE, by="run")
    lines = [{key: row[key] for key in ("cycle", "students", "run")} for row in runs]
    plot.line(lines, x="cycle", y="students", colour=theme.STUDENT, by="run")
    seen = [{key: row[key] for key in ("cycle", "teacher", "run")} for row in both]
    plot.line(seen, x="cycle", y="teacher", colour=theme.TEACHER, by="run")
    plot.points(
        [{**_at(row, "students"), "say": _point(name, row, "students")} for row in runs],
        x="cycle",
        y="students",
        colour=theme.STUDENT,
        size=100,
    )
    plot.points(
        [{**_at(row, "teacher"), "say": _point(name, row, "teacher")} for row in both],
        x="cycle",
        y="teacher",
        colour=theme.TEACHER,
        shape="diamond",
        size=90,
    )
    _few(sheet, name, [row["cycle"] for row in rows if row["students"] is None], across, (top, floor))
    labels = [{"cycle": row["cycle"], "text": _cycle(row["cycle"])} for row in rows]
    plot.words(labels, x="cycle", y=floor + 4, size=12, colour=theme.QUIET, align="center", hang=True)
    sheet.word("cycle", x=left, y=floor + 10, size=12, colour=theme.QUIET)


def _at(row: dict[str, Any], who: str) -> dict[str, Any]:
    return {"cycle": row["cycle"], who: row[who]}


def _point(name: str, row: dict[str, Any], who: str) -> str:
    n = describe.counted(int(row["n"]), "student")
    named = "teachers" if who == "teacher" else who
    return f"{name}, cycle {_cycle(row['cycle'])}: {named} {int(row[who])} of 100 ({n})"


def _runs(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the points that are shown; ``run`` changes where one is withheld or has no rating."""
    shown, run, whole = [], 0, None
    for row in rows:
        there = row["students"] is not None
        if not there or (row["teacher"] is not None) != whole:
            run += 1
        whole = row["teacher"] is not None if there else None
        if there:
            shown.append({**row, "run": run})
    return shown


def _few(sheet: Canvas, name: str, cycles: list[int], across: Span, ends: tuple[float, float]) -> None:
    middle = (ends[0] + ends[1]) / 2
    half = min(14.0, (across.at(1) - across.at(0)) / 2 - 1)
    rows = [
        {"x": across.at(c) - half, "x2": across.at(c) + half, "say": f"{name}, cycle {_cycle(c)}: {TOO_FEW}"}
        for c in cycles
    ]
    sheet.withheld(rows, x="x", x2="x2", y=middle - 20, y2=middle + 20)
    words = [{"at": across.at(c), "text": ["too", "few"]} for c in cycles]
    sheet.words(words, x="at", y=middle, size=12, colour=theme.QUIET, align="center")

"""One row for each focal student over the cycles of a series: the teacher's own view, never anyone else's."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics import describe
from analytics.charts import theme
from analytics.charts.canvas import Canvas, Span
from analytics.charts.lettering import wrapped
from analytics.charts.picture import Picture
from analytics.charts.rows import own_rows
from analytics.columns import Column, Table

STUDENT_ROWS = Table(
    "student rows",
    (
        Column("student", "key", "focal code"),
        Column("cycle", "whole", "order within the series"),
        Column("label", "text", "what stands above the cycle: 'Cycle 2'"),
        Column("step", "number", "the step she picked; empty when there is no answer", may_be_empty=True),
        Column("missing", "text", "why there is none, in words: 'away', 'skipped'", False, True),
        Column("options", "labels", "the option words from step 1 to K"),
    ),
    ("student", "cycle"),
)
ROW = 74


def student_rows(frame: pd.DataFrame, *, item: str, width: theme.Width = "wide") -> Picture:
    """Draw each focal student's answers to one question over the cycles; an absence leaves the place blank.

    Parameters
    ----------
    frame : DataFrame
        `STUDENT_ROWS`: one row a student and cycle.
    item : str
        The question in short words.
    width : {"wide", "phone"}
        720 or 360 pixels.
    """
    rows = own_rows(STUDENT_ROWS, frame)
    options = rows[0]["options"]
    students: dict[Any, list[dict[str, Any]]] = {}
    for row in sorted(rows, key=lambda row: row["cycle"]):
        students.setdefault(row["student"], []).append(row)
    students = dict(sorted(students.items(), key=lambda pair: str(pair[0])))
    told = describe.students_told(
        item,
        {
            str(code): [(row["label"], _words(row, options)) for row in part]
            for code, part in students.items()
        },
        {str(code): [row["step"] for row in part] for code, part in students.items()},
    )
    return Picture(
        name="student-rows",
        spec=_spec(item, students, options, width, told.levels[0]),
        sentence=told.sentence,
        sentences=told.levels,
        table=_table(students, options),
        description=told.levels[0],
        own_view=True,
    )


def _words(row: dict[str, Any], options: tuple[str, ...]) -> str:
    return options[int(row["step"]) - 1] if row["step"] is not None else row["missing"] or "away"


def _table(students: dict[Any, list[dict[str, Any]]], options: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame(
        {"Student": str(code), **{row["label"]: _words(row, options) for row in part}}
        for code, part in students.items()
    )


def _spec(
    item: str,
    students: dict[Any, list[dict[str, Any]]],
    options: tuple[str, ...],
    width: theme.Width,
    says: str,
) -> dict[str, Any]:
    cycles = {row["cycle"]: row["label"] for part in students.values() for row in part}
    first, last = min(cycles), max(max(cycles), min(cycles) + 1)
    left, right = (124, 318) if width == "phone" else (190, 640)
    sheet = Canvas(theme.PIXELS[width], across=Span((first, last), (left, right)))
    room = (right - left) / (last - first) - 6
    heads = [
        {"cycle": cycle, "text": wrapped(label, room, size=13)} for cycle, label in sorted(cycles.items())
    ]
    top = 12 + sheet.word(item, x=0, y=4, size=15, bold=True, room=sheet.width, hang=True)
    top += 8 + sheet.words(heads, x="cycle", y=top, size=13, colour=theme.QUIET, align="center", hang=True)
    for code, part in students.items():
        _row(sheet, str(code), part, options, top, (left, right))
        top += ROW
    return sheet.spec(says, height=top)


def _row(
    sheet: Canvas,
    code: str,
    part: list[dict[str, Any]],
    options: tuple[str, ...],
    top: float,
    ends: tuple[float, float],
) -> None:
    sheet.rules([{}], x=0, x2=sheet.width, y=top)
    sheet.word(code, x=0, y=top + ROW / 2, size=20, bold=True)
    down = Span((len(options), 1), (top + 15, top + ROW - 15))
    room = ends[0] - 46
    for step in (1, len(options)):
        words, y = options[step - 1], down.at(step)
        sheet.word(words, x=ends[0] - 20, y=y, size=12, colour=theme.QUIET, align="right", room=room)
    plot = sheet.panel(down=down)
    steps = [{"step": step} for step in range(1, len(options) + 1)]
    plot.rules(steps, x=ends[0] - 12, x2=ends[1] + 12, y="step")
    run, there = 0, []
    for row in part:
        run += row["step"] is None
        if row["step"] is not None:
            say = f"{code}, {row['label']}: {_words(row, options)}"
            there.append({"cycle": row["cycle"], "step": row["step"], "run": run, "say": say})
    plot.line(
        [{k: v for k, v in row.items() if k != "say"} for row in there],
        x="cycle",
        y="step",
        colour=theme.STUDENT,
        by="run",
    )
    plot.points(there, x="cycle", y="step", colour=theme.STUDENT, size=140)

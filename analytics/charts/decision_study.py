"""How sure a mean becomes with more students and more lessons: the curve of a decision study."""

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

DECISION_STUDY = Table(
    "decision study",
    (
        Column("students", "whole", "students in each lesson"),
        Column("lessons", "whole", "lessons averaged over"),
        Column("dependability", "number", "0 to 1"),
    ),
    ("students", "lessons"),
)
TARGETS = {0.7: "enough to learn from", 0.8: "enough for research"}
DASHES: tuple[tuple[int, ...] | None, ...] = (None, (8, 4), (2, 3), (10, 3, 2, 3), (5, 2))
FLOOR, CEILING = 0.2, 1.0


def decision_study_curve(frame: pd.DataFrame, *, source: str, width: theme.Width = "wide") -> Picture:
    """Draw dependability against lessons, one line for each number of students, with the two targets.

    Parameters
    ----------
    frame : DataFrame
        `DECISION_STUDY`: one row for each number of students and of lessons.
    source : str
        Whose variance components these are, and of how many classes: stands under the picture.
    width : {"wide", "phone"}
        720 or 360 pixels.
    """
    rows = sorted(own_rows(DECISION_STUDY, frame), key=lambda row: (row["students"], row["lessons"]))
    curves: dict[int, list[tuple[int, float]]] = {}
    for row in rows:
        curves.setdefault(row["students"], []).append((row["lessons"], row["dependability"]))
    told = describe.decision_told(curves, targets=(0.7, 0.8), source=source)
    return Picture(
        name="decision-study",
        spec=_spec(curves, source, width, told.levels[0]),
        sentence=told.sentence,
        sentences=told.levels,
        table=pd.DataFrame(
            {"Students": n, "Lessons": lessons, "Dependability": f"{value:.2f}"}
            for n, points in curves.items()
            for lessons, value in points
        ),
        description=told.levels[0],
    )


def _spec(
    curves: dict[int, list[tuple[int, float]]], source: str, width: theme.Width, says: str
) -> dict[str, Any]:
    phone = width == "phone"
    sheet = Canvas(theme.PIXELS[width])
    left, right = (44.0, 250.0) if phone else (60.0, 560.0)
    top, floor = 34.0, 334.0
    lessons = sorted({lesson for points in curves.values() for lesson, _ in points})
    across = Span((lessons[0], max(lessons[-1], lessons[0] + 1)), (left, right))
    plot = sheet.panel(across=across, down=Span((FLOOR, CEILING), (floor, top)))
    sheet.word("How dependable (1 is perfect)", x=0, y=12, size=13, bold=True)
    ticks = [{"at": value / 10, "text": f"{value / 10:.1f}"} for value in range(2, 11, 2)]
    plot.rules(ticks, x=left, x2=right, y="at")
    plot.words(ticks, x=left - 10, y="at", size=13, colour=theme.QUIET, align="right")
    labels = [{"lessons": lesson, "text": str(lesson)} for lesson in lessons]
    plot.words(labels, x="lessons", y=floor + 8, size=13, colour=theme.QUIET, align="center", hang=True)
    sheet.word("Lessons", x=right, y=floor + 36, size=13, bold=True, align="right")
    for target, words in TARGETS.items():
        plot.rules(
            [{"target": target}], x=left, x2=right, y="target", colour=theme.AGREEMENT, thick=2, dash=(2, 4)
        )
        row = [
            {
                "target": target,
                "text": wrapped(f"{target} {words}", sheet.width - right - 10, size=13, bold=True),
            }
        ]
        plot.words(row, x=right + 10, y="target", size=13, colour=theme.AGREEMENT, bold=True)
    _curves(plot, curves, right)
    high = sheet.word(source, x=0, y=floor + 56, size=13, colour=theme.QUIET, room=sheet.width, hang=True)
    return sheet.spec(says, height=floor + 62 + high)


def _curves(plot: Canvas, curves: dict[int, list[tuple[int, float]]], right: float) -> None:
    ends = _apart({n: points[-1][1] for n, points in curves.items()})
    for k, (n, points) in enumerate(curves.items()):
        rows: list[dict[str, Any]] = [{"lessons": lesson, "value": value} for lesson, value in points]
        plot.line(rows, x="lessons", y="value", colour=theme.STUDENT, dash=DASHES[k % len(DASHES)])
        students = describe.counted(n, "student")
        spoken = [
            {**row, "say": f"{students}, {describe.counted(row['lessons'], 'lesson')}: {row['value']:.2f}"}
            for row in rows
        ]
        plot.points(spoken, x="lessons", y="value", colour=theme.STUDENT, size=60)
        plot.words(
            [{"value": ends[n], "text": students}],
            x=right + 10,
            y="value",
            size=14,
            colour=theme.STUDENT,
            bold=True,
        )


def _apart(ends: dict[int, float]) -> dict[int, float]:
    """Return where each line's label stands, so that labels of lines that end close together do not meet."""
    least = (CEILING - FLOOR) * 18 / 300
    placed: dict[int, float] = {}
    below = 0.0
    for n, value in sorted(ends.items(), key=lambda pair: pair[1]):
        placed[n] = max(value, below + least)
        below = placed[n]
    return placed

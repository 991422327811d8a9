"""How many the teacher thought would pick each answer, beside how many did: for a pooled class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from analytics import describe
from analytics.charts import theme
from analytics.charts.canvas import Canvas, Span
from analytics.charts.legend import Key, draw_legend
from analytics.charts.lettering import wrapped
from analytics.charts.picture import Picture
from analytics.charts.rows import own_rows
from analytics.columns import Column, Table

BY_COUNT = Table(
    "prediction by count",
    (
        Column("item", "text", "the question in short words, in the order asked"),
        Column("step", "whole", "1 for the least favourable option to K for the most"),
        Column("option", "text", "the option's words"),
        Column("predicted", "whole", "how many she expected to pick it"),
        Column("students", "number", "how many did; empty where too few answered to show", may_be_empty=True),
        Column("too_few", "text", "why an item has no counts, in words; empty otherwise", False, True),
    ),
    ("item", "step"),
)
KEYS = [
    Key("diamond", "you predicted", theme.TEACHER, hollow=True),
    Key("box", "students picked", theme.STUDENT_TINT),
]
TALLEST = 64


def prediction_by_counts(frame: pd.DataFrame, *, width: theme.Width = "wide") -> Picture:
    """Draw the predicted count of each answer as an open diamond over the bar of those who picked it.

    Parameters
    ----------
    frame : DataFrame
        `BY_COUNT`: one row an item and option.
    width : {"wide", "phone"}
        720 or 360 pixels.
    """
    questions = _questions(own_rows(BY_COUNT, frame))
    told = describe.counts_told([(q.text, q.too_few, q.counts) for q in questions])
    return Picture(
        name="prediction-by-counts",
        spec=_spec(questions, width, told.levels[0]),
        sentence=told.sentence,
        sentences=told.levels,
        table=_table(questions),
        description=told.levels[0],
    )


@dataclass(frozen=True)
class _Question:
    text: str
    counts: list[tuple[str, int, int]]
    too_few: str


def _questions(rows: list[dict[str, Any]]) -> list[_Question]:
    items: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        items.setdefault(row["item"], []).append(row)
    return [
        _Question(
            item,
            [(row["option"], row["predicted"], int(row["students"] or 0)) for row in _in_order(part)],
            part[0]["too_few"] or "",
        )
        for item, part in items.items()
    ]


def _in_order(part: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(part, key=lambda row: int(row["step"]))


def _table(questions: list[_Question]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Question": q.text,
            "Answer": option,
            "You predicted": predicted,
            "Students": q.too_few or str(students),
        }
        for q in questions
        for option, predicted, students in q.counts
    )


def _spec(questions: list[_Question], width: theme.Width, description: str) -> dict[str, Any]:
    phone = width == "phone"
    sheet = Canvas(theme.PIXELS[width])
    top = draw_legend(sheet, KEYS) + 4
    most = max(max(predicted, students) for q in questions for _, predicted, students in q.counts)
    for question in questions:
        sheet.rules([{}], x=0, x2=sheet.width, y=top)
        room = sheet.width if phone else 240
        high = sheet.word(question.text, x=0, y=top + 10, size=15, room=room, hang=True)
        words = describe.foreseen_words(question.counts, question.too_few)
        if phone:
            high += sheet.word(words, x=0, y=top + 14 + high, size=14, bold=True, room=room, hang=True) + 4
        else:
            sheet.word(words, x=590, y=top + 10, size=15, bold=True, room=130, hang=True)
        bottom = _draw(sheet, question, top + (high + 12 if phone else 4), max(most, 1), phone=phone)
        top = max(bottom, top + high + 20) + 8
    return sheet.spec(description, height=top)


def _draw(sheet: Canvas, question: _Question, top: float, most: int, *, phone: bool) -> float:
    left, right = (44, 316) if phone else (290, 540)
    apart = (right - left) / (len(question.counts) - 1)
    half = min(26.0, apart / 2 - 8) / apart
    floor = top + TALLEST + 24
    plot = sheet.panel(across=Span((1, len(question.counts)), (left, right)))
    plot.rules([{}], x=left - 30, x2=right + 30, y=floor)
    bars, marks, words = [], [], []
    for step, (option, predicted, students) in enumerate(question.counts, 1):
        say = f"{question.text}, {option}: you predicted {predicted}, {students} picked it"
        if not question.too_few:
            bar = {"from": step - half, "to": step + half, "students": students, "say": say}
            bars.append({**bar, "top": floor - TALLEST * students / most})
        marks.append({"step": step, "predicted": predicted, "y": floor - TALLEST * predicted / most})
        picked = [] if question.too_few else [f"{students} picked"]
        parts = [option, f"{predicted} predicted", *picked]
        lines = [line for part in parts for line in wrapped(part, apart - 4, size=13)]
        words.append({"step": step, "text": lines})
    plot.boxes(bars, x="from", x2="to", y="top", y2=floor, colour=theme.STUDENT_TINT, edge=theme.STUDENT)
    plot.points(marks, x="step", y="y", colour=theme.TEACHER, shape="diamond", size=150, hollow=True)
    below = plot.words(words, x="step", y=floor + 12, size=13, colour=theme.QUIET, align="center", hang=True)
    return floor + 14 + below

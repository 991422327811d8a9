"""The table behind gap and distribution pictures: counts of each option, and the teacher's own answer."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import Any

import pandas as pd

from analytics import describe
from analytics.charts.rows import own_rows
from analytics.columns import Column, Table

STEPS = Table(
    "steps",
    (
        Column("item", "text", "the question in short words, unique, in the order asked"),
        Column(
            "step", "whole", "1 for the least favourable option to K for the most (reversed items flipped)"
        ),
        Column("option", "text", "the option's words"),
        Column(
            "students", "number", "students who picked it; empty where too few answered to show", True, True
        ),
        Column("teacher", "flag", "true at the option that the teacher picked herself"),
        Column(
            "word", "text", "one of the four words of the gap; the same in each row of an item", False, True
        ),
        Column("split", "flag", "true where the students stand on both sides and no word fits", False),
        Column("too_few", "text", "why an item has no counts, in words; empty otherwise", False, True),
        Column(
            "mean", "number", "mean step; the same in each row of an item; from 10 students on", False, True
        ),
    ),
    ("item", "step"),
)


@dataclass(frozen=True)
class Question:
    """One question of a gap picture, its options from the least to the most favourable."""

    text: str
    options: tuple[str, ...]
    students: tuple[int, ...]
    teacher: int | None
    word: str
    mean: float | None = None
    too_few: str = ""

    @property
    def n(self) -> int:
        """Students who answered and may be shown."""
        return sum(self.students)

    @property
    def middle(self) -> float | None:
        """The step of the middle student; halfway when two students share the middle."""
        picked = [step for step, count in enumerate(self.students, 1) for _ in range(count)]
        return float(median(picked)) if picked else None

    @property
    def beside(self) -> str:
        """Where the students stand beside the teacher, in counts; without her rating, how many answered."""
        if self.too_few:
            return self.too_few
        if self.teacher is None:
            return describe.counted(self.n, "answer")
        at = self.teacher - 1
        return describe.beside_the_mark(
            sum(self.students[:at]), self.students[at], sum(self.students[at + 1 :])
        )

    @property
    def picked(self) -> str:
        """The words of the teacher's own answer, or nothing."""
        return self.options[self.teacher - 1] if self.teacher else ""


def questions_of(frame: pd.DataFrame) -> list[Question]:
    """Return the questions of a table of steps (`STEPS`), in the order in which they first appear."""
    rows = own_rows(STEPS, frame)
    by_item: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_item.setdefault(row["item"], []).append(row)
    return [_question(text, sorted(part, key=lambda row: row["step"])) for text, part in by_item.items()]


def _question(text: str, part: list[dict[str, Any]]) -> Question:
    first = part[0]
    return Question(
        text=text,
        options=tuple(row["option"] for row in part),
        students=tuple(int(row["students"] or 0) for row in part),
        teacher=next((row["step"] for row in part if row["teacher"]), None),
        word=describe.SPLIT if first["split"] else first["word"] or "",
        mean=first["mean"],
        too_few=first["too_few"] or "",
    )


def share_options(questions: list[Question]) -> bool:
    """Say whether all questions have the same options in the same words."""
    return all(question.options == questions[0].options for question in questions)


def steps_table(questions: list[Question]) -> pd.DataFrame:
    """Return one row a question: the teacher's answer, the students on each option, n and the word.

    Where questions have different options, the options' words stand in the cells instead of the column names.
    """
    shared = share_options(questions)
    rows = []
    for q in questions:
        pairs = list(zip(q.options, q.students, strict=True))
        picks = dict(pairs) if shared else {"Students picked": ", ".join(f"{o}: {c}" for o, c in pairs)}
        start: dict[str, Any] = {"Question": q.text, "You picked": q.picked or "no rating"}
        rows.append({**start, **picks, "Students": q.n, "Beside you": q.beside, "In words": q.word})
    return pd.DataFrame(rows)

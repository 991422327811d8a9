"""Invented classrooms that could be real: seeded, so that docs, demo, tests and benchmarks see the same ones.

Students answer by a graded model: a student's own level, the item, the lesson and chance decide which of four
steps she picks. Teachers see a typical student, a little rosier, more so where it is hard to see from where
they stand.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

AMOUNT = ("Not at all", "A little", "Some", "A lot")
CUTS = np.array([-1.1, 0.0, 1.2])
QUESTIONS = {
    "WC5": ("A chance to share my thinking", -0.3, 1.1),
    "AG1": ("Used my own way to figure it out", 0.3, 0.2),
    "OW1": ("The class used ideas that came from kids", -0.7, 0.9),
    "ID6": ("Felt like someone who can do science", 0.1, -0.4),
}
"""Item -> short words, how much students feel of it, how much more the teacher sees."""


@dataclass(frozen=True)
class Classroom:
    """The tables of one class over the lessons of a series; columns as `analytics.frames` declares them.

    Attributes
    ----------
    items, answers, ratings, predictions : DataFrame
        `ITEMS`, `ANSWERS`, `RATINGS`, `PREDICTIONS_BY_STUDENT`; administrations are numbered from 0.
    cycles : DataFrame
        One row an administration: cycle, label, change, decision.
    """

    items: pd.DataFrame
    answers: pd.DataFrame
    ratings: pd.DataFrame
    predictions: pd.DataFrame
    cycles: pd.DataFrame


def question_items() -> pd.DataFrame:
    """Return ITEMS for the four questions of the examples."""
    return pd.DataFrame(
        {
            "item": list(QUESTIONS),
            "steps": 4,
            "label": [label for label, *_ in QUESTIONS.values()],
            "options": [AMOUNT] * len(QUESTIONS),
            "construct": "voice",
        }
    )


def classroom(
    seed: int,
    *,
    students: int = 5,
    lessons: int = 4,
    gain: float = 0.5,
    coded: bool = True,
    away: float = 0.06,
    level: float = 0.0,
) -> Classroom:
    """Return one invented class.

    Parameters
    ----------
    seed : int
        The same seed gives the same class.
    students, lessons : int
        Students asked; lessons, the first of them before the change.
    gain : float
        How much more students feel with each lesson after the change, in the model's unit (1 is about a
        step).
    coded : bool
        Focal codes A, B, C, ... or keys that change from lesson to lesson.
    away : float
        Chance that a student is not there.
    level : float
        How much this class feels more than others, in the model's unit.

    Examples
    --------
    >>> one = classroom(7)
    >>> sorted(set(one.answers["student"])), int(one.answers["value"].count())
    (['A', 'B', 'C', 'D', 'E'], 78)
    """
    draw = np.random.default_rng(seed)
    own = draw.normal(level, 0.7, size=students)
    answers, ratings, predictions = [], [], []
    for lesson in range(lessons):
        mood = draw.normal(0, 0.25) + gain * lesson
        there = draw.random(students) >= (away if lesson else 0)
        codes = [chr(ord("A") + k) if coded else f"{lesson}-{k}" for k in range(students)]
        for item, (_, felt, seen) in QUESTIONS.items():
            picked = _steps(own + felt + mood + draw.logistic(0, 0.55, size=students))
            skipped = draw.random(students) < 0.02
            answers += [
                (lesson, item, code, None if skip else step, "skipped" if skip else "")
                for code, step, skip, came in zip(codes, picked, skipped, there, strict=True)
                if came
            ]
            view = felt + seen + 0.4 * mood
            ratings.append((lesson, item, _steps(np.array([view + draw.normal(0, 0.3)]))[0]))
            expected = _steps(0.6 * own + view + draw.normal(0, 0.5, size=students))
            predictions += [(lesson, item, code, step) for code, step in zip(codes, expected, strict=True)]
    keys = ["administration", "item", "student"]
    return Classroom(
        items=question_items(),
        answers=pd.DataFrame(answers, columns=[*keys, "value", "missing"]),
        ratings=pd.DataFrame(ratings, columns=[*keys[:2], "value"]),
        predictions=pd.DataFrame(predictions, columns=[*keys, "value"]),
        cycles=_cycles(lessons),
    )


def _steps(felt: npt.NDArray[np.float64]) -> list[int]:
    """Return the step that each student picks: one more for each cut that her feeling passes."""
    return [int(step) for step in 1 + (felt[:, None] > CUTS).sum(axis=1)]


def _cycles(lessons: int) -> pd.DataFrame:
    decisions = ["", *["adapt"] * (lessons - 2), "adopt"]
    return pd.DataFrame(
        {
            "administration": range(lessons),
            "cycle": range(lessons),
            "label": ["Before", *[f"Cycle {k}" for k in range(1, lessons)]],
            "change": ["", "Talk moves in the launch", *[""] * (lessons - 2)],
            "decision": decisions[:lessons],
        }
    )

"""Variance components from answers given over lessons: what a decision study asks for.

Works from pairs of answers and so takes sparse designs as they come: classes of any size, students who missed
a lesson, other students each time. No mixed model is fitted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from analytics.arrays import Cells, Floats, Ints, bad_argument, numbers_or_gaps
from analytics.dependability import Components
from analytics.results import VERSION, TooFew

FEWEST_CLASSES = 10
"""Classes with two or more lessons from which components are estimated."""

Who = Literal["same", "new"]
METHODS: dict[Who, str] = {
    "same": "variance components from mean squared differences of pairs of answers",
    "new": "variance components from mean squared differences of pairs of answers; students are not known"
    " again from lesson to lesson, so what lasts in a student is part of the residual",
}


@dataclass(frozen=True)
class Study:
    """Variance components of answers in classes over lessons.

    Parameters
    ----------
    components : Components or None
        In squared units of the values; estimates below 0 are set to 0. ``lesson`` is 0: no lesson is shared
        by classes.
    below_zero : tuple of str
        The components whose estimate was below 0: there is no sign of them.
    who : {"same", "new"}
        Whether students are known again from lesson to lesson; without that ``student`` is 0.
    classes, lessons, n, dropped : int
        Classes and lessons with an answer; answers used; answers left out because they are missing.
    method, version : str
        Name of the calculation; version of rules and constants.
    too_few : TooFew or None
        Why there are no components.
    """

    components: Components | None
    below_zero: tuple[str, ...]
    who: Who
    classes: int
    lessons: int
    n: int
    dropped: int
    method: str
    version: str
    too_few: TooFew | None


def class_components(
    values: Cells,
    classes: Iterable[Any],
    lessons: Iterable[Any],
    students: Iterable[Any] | None = None,
    *,
    fewest: int = FEWEST_CLASSES,
) -> Study:
    """Return the variance components of answers of students in classes over lessons.

    Parameters
    ----------
    values : list, array or Series of float
        One answer or score; None or NaN where it is missing.
    classes, lessons : list, array or Series
        The class and the lesson of each answer; a lesson belongs to one class.
    students : list, array or Series, optional
        The student of each answer, the same over lessons; leave out where nobody can be known again.
    fewest : int
        Classes with two or more lessons from which components are given.

    Returns
    -------
    Study

    Raises
    ------
    FrameError
        If a value is no number, or ``fewest`` is below 2.

    Notes
    -----
    Half the mean squared difference of two answers estimates, for one student in two lessons, tl + r; for two
    students in one lesson, s + r; for two students in two lessons of one class, s + tl + r; for answers of
    two classes, t + s + tl + r. So each component is a difference of such means. In balanced designs these
    are the estimates of the analysis of variance. Source: the pairwise form of Henderson's first method,
    Searle, Casella and McCulloch (1992), Variance Components, chapter 5.

    Examples
    --------
    >>> draw = np.random.default_rng(11)
    >>> at = np.indices((200, 3, 5)).reshape(3, -1)
    >>> room, lesson, student = at[0], at[0] * 3 + at[1], at[0] * 5 + at[2]
    >>> parts = draw.normal(size=200)[room] + draw.normal(0, 0.6, 600)[lesson]
    >>> values = parts + draw.normal(0, 0.8, 1000)[student] + draw.normal(size=3000)
    >>> found = class_components(values, room, lesson, student).components
    >>> [round(part, 1) for part in (found.teacher, found.student, found.teacher_by_lesson, found.residual)]
    [0.7, 0.6, 0.4, 1.0]
    """
    if fewest < 2:
        raise bad_argument("class components", "fewest", fewest, "Expected 2 or more classes.")
    given = numbers_or_gaps("class components", "values", values)
    there = ~np.isnan(given)
    used = given[there]
    room, lesson = (_codes(keys, there) for keys in (classes, lessons))
    who: Who = "new" if students is None else "same"
    person = np.arange(len(used)) if students is None else _codes(students, there)
    n_rooms, n_lessons = len(np.unique(room)), len(np.unique(lesson))
    too_few = _too_few(used, room, lesson, fewest)
    parts: dict[str, float] = {}
    if too_few is None:
        parts = _parts(used, room, lesson, person)
        if who == "new":
            parts["residual"] += parts.pop("student")
            parts["student"] = 0.0
    kept = {name: max(part, 0.0) for name, part in parts.items()}
    return Study(
        components=Components(lesson=0.0, **kept) if kept else None,
        below_zero=tuple(name for name, part in parts.items() if part < 0),
        who=who,
        classes=n_rooms,
        lessons=n_lessons,
        n=len(used),
        dropped=int(len(given) - len(used)),
        method=METHODS[who],
        version=VERSION,
        too_few=too_few,
    )


def _parts(used: Floats, room: Ints, lesson: Ints, person: Ints) -> dict[str, float]:
    anyone = _pairs(used, np.zeros(len(used), dtype=np.int64))
    same_room, same_lesson = _pairs(used, room), _pairs(used, lesson)
    same_person = _pairs(used, person) if len(np.unique(person)) < len(used) else (0.0, 0.0)
    between = _half_mean(anyone, same_room)
    # Two students, two lessons: all pairs of a class but those of one lesson and those of one student.
    apart = _half_mean(same_room, same_lesson, same_person)
    in_lesson = _half_mean(same_lesson)
    if not same_person[1]:
        return {
            "teacher": between - apart,
            "student": 0.0,
            "teacher_by_lesson": apart - in_lesson,
            "residual": in_lesson,
        }
    in_person = _half_mean(same_person)
    return {
        "teacher": between - apart,
        "student": apart - in_person,
        "teacher_by_lesson": apart - in_lesson,
        "residual": in_person + in_lesson - apart,
    }


def _pairs(used: Floats, group: Ints) -> tuple[float, float]:
    """Return the sum of squared differences over pairs within groups, and how many pairs there are."""
    size = np.bincount(group).astype(float)
    centred = used - used.mean()  # against cancellation
    squares, sums = np.bincount(group, centred**2), np.bincount(group, centred)
    return float((size * squares - sums**2).sum()), float((size * (size - 1) / 2).sum())


def _half_mean(pairs: tuple[float, float], *without: tuple[float, float]) -> float:
    total = pairs[0] - sum(part[0] for part in without)
    count = pairs[1] - sum(part[1] for part in without)
    return total / count / 2


def _too_few(used: Floats, room: Ints, lesson: Ints, fewest: int) -> TooFew | None:
    taught = pd.DataFrame({"room": room, "lesson": lesson}).drop_duplicates()
    told = int((taught.groupby("room").size() >= 2).sum())
    if told < fewest:
        return TooFew("classes with two or more lessons", told, fewest)
    if np.bincount(lesson).max(initial=0) < 2:
        return TooFew("lessons with two or more answers", 0, 1)
    if len(np.unique(used)) < 2:
        return TooFew("different answers", 1, 2)
    return None


def _codes(keys: Iterable[Any], there: np.ndarray[Any, np.dtype[np.bool_]]) -> Ints:
    cells = pd.Series(list(keys), dtype=object)
    if len(cells) != len(there) or cells.isna().any():
        raise bad_argument("class components", "keys", len(cells), f"Expected {len(there)} keys, none empty.")
    return np.asarray(pd.factorize(cells[there])[0], dtype=np.int64)

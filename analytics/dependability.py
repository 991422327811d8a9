"""How sure are we yet: what so many students over so many lessons are worth.

A decision study takes variance components that were estimated elsewhere, and says how dependable the mean of
other numbers of students and lessons would be. :mod:`analytics.gstudy` estimates them from answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Literal

import numpy as np
import pandas as pd

from analytics.arrays import bad_argument, whole_numbers
from analytics.results import result_table

FORMATIVE, RESEARCH = 0.7, 0.8
"""Dependability to aim for: to learn from one's own lessons; to make a claim."""

Students = Literal["same", "new"]
METHOD = "decision study, students within teacher x lessons"


@dataclass(frozen=True)
class Components:
    """Variance components of ratings by students over lessons, in any one unit.

    Parameters
    ----------
    teacher : float
        Between teachers: what is to be told apart.
    lesson : float
        Between lessons (occasions) that all teachers share.
    student : float
        Between students of one teacher, the same over lessons.
    teacher_by_lesson : float
        Between lessons of one teacher.
    residual : float
        What is left: one student in one lesson, and error.
    """

    teacher: float
    lesson: float
    student: float
    teacher_by_lesson: float
    residual: float


def decision_study(
    components: Components,
    *,
    students: Sequence[int] = (3, 5, 8, 30),
    lessons: Sequence[int] = (1, 2, 3, 4, 6, 8),
    who: Students = "same",
) -> pd.DataFrame:
    """Return how dependable the mean of so many students over so many lessons is.

    Parameters
    ----------
    components : Components
        Variance components; none below 0, ``teacher`` above 0.
    students, lessons : sequence of int
        Numbers to try, 1 or more.
    who : {"same", "new"}
        The same students in every lesson, or others each time.

    Returns
    -------
    DataFrame
        ``students, lessons, relative, absolute, standard_error, n`` (answers: students x lessons),
        ``dropped, method, version, too_few``. ``relative``: may teachers' order be trusted; ``absolute``: may
        the number itself be trusted, also against an aim. ``standard_error``: of the mean as a number, in the
        unit of the square root of the components. Nobody is ordered here: the words are those of the theory.

    Raises
    ------
    FrameError
        If a component is below 0, ``teacher`` is not above 0, or a number is not whole.

    Notes
    -----
    relative = t / (t + s / n_s + tl / n_l + r / (n_s n_l)); absolute adds l / n_l to the denominator. With
    new students each time s is divided by n_s n_l. Source: Brennan (2001), Generalizability Theory.

    Examples
    --------
    Published components of ratings of teaching by students (Bijlsma, thesis, Table 2.2):

    >>> published = Components(1.0, lesson=0.368, student=0.275, teacher_by_lesson=0.423, residual=0.411)
    >>> study = decision_study(published, students=[5], lessons=[1, 4])
    >>> study[["relative", "absolute"]].round(2).values.tolist()
    [[0.64, 0.52], [0.85, 0.79]]
    """
    _check_components(components)
    if who not in ("same", "new"):
        raise bad_argument("decision study", "who", who, "Expected same or new.")
    sizes = whole_numbers("decision study", "students", students, lowest=1)
    turns = whole_numbers("decision study", "lessons", lessons, lowest=1)
    n_s, n_l = np.repeat(sizes, len(turns)).astype(float), np.tile(turns, len(sizes)).astype(float)
    c = components
    between_students = c.student / (n_s if who == "same" else n_s * n_l)
    relative_error = between_students + c.teacher_by_lesson / n_l + c.residual / (n_s * n_l)
    absolute_error = relative_error + c.lesson / n_l
    columns = {
        "students": n_s.astype(np.int64),
        "lessons": n_l.astype(np.int64),
        "relative": c.teacher / (c.teacher + relative_error),
        "absolute": c.teacher / (c.teacher + absolute_error),
        "standard_error": np.sqrt(absolute_error),
        "n": (n_s * n_l).astype(np.int64),
        "dropped": np.zeros(len(n_s), dtype=np.int64),
    }
    out = result_table(columns, f"{METHOD}, {who} students each time")
    return out.assign(too_few="")


def lessons_needed(
    components: Components, students: int, *, target: float = FORMATIVE, who: Students = "same"
) -> int | None:
    """Return the fewest lessons with so many students whose relative dependability reaches the target.

    Returns
    -------
    int or None
        None where no number of lessons reaches it: the same few students stay the same few students.

    Examples
    --------
    >>> published = Components(1.0, lesson=0.368, student=0.275, teacher_by_lesson=0.423, residual=0.411)
    >>> [lessons_needed(published, n, target=target) for n, target in ((5, 0.7), (5, 0.9), (1, 0.8))]
    [2, 10, None]
    """
    _check_components(components)
    _check_target(target)
    (n,) = whole_numbers("decision study", "students", [students], lowest=1).tolist()
    c = components
    allowed = c.teacher * (1 - target) / target
    lasting = c.student / n if who == "same" else 0.0
    fading = c.teacher_by_lesson + c.residual / n + (c.student / n if who == "new" else 0.0)
    if fading == 0:
        return 1 if lasting <= allowed else None
    return max(1, _up(fading / (allowed - lasting))) if lasting < allowed else None


def class_mean_dependability(icc1: float, students: int) -> float:
    """Return how dependable the mean of so many students is in one lesson: Spearman-Brown of ICC(1).

    Parameters
    ----------
    icc1 : float
        Share of the variance of single answers that lies between classes, 0 to 1.
    students : int
        Students whose answers are averaged.

    Notes
    -----
    n ICC(1) / (1 + (n - 1) ICC(1)). It speaks of this one lesson: for a teacher over lessons it is too high.

    Examples
    --------
    >>> [round(class_mean_dependability(0.11, n), 2) for n in (3, 5, 8, 30)]
    [0.27, 0.38, 0.5, 0.79]
    """
    _check_icc(icc1)
    (n,) = whole_numbers("decision study", "students", [students], lowest=1).tolist()
    return float(n * icc1 / (1 + (n - 1) * icc1))


def students_needed(icc1: float, *, target: float = FORMATIVE) -> int | None:
    """Return the fewest students whose mean in one lesson reaches the target; None where ICC(1) is 0.

    Examples
    --------
    >>> students_needed(0.185), students_needed(0.185, target=RESEARCH)
    (11, 18)
    """
    _check_icc(icc1)
    _check_target(target)
    if icc1 in (0, 1):
        return 1 if icc1 else None
    return max(1, _up(target / (1 - target) * (1 - icc1) / icc1))


def _up(number: float) -> int:
    """Round up, but not for the last binary digit."""
    return ceil(round(number, 9))


def _check_components(components: Components) -> None:
    for name, value in vars(components).items():
        if isinstance(value, bool | str) or not 0 <= value < np.inf:
            raise bad_argument("decision study", name, value, "Expected a variance of 0 or more.")
    if components.teacher == 0:
        says = "Without variance between teachers nothing is told apart."
        raise bad_argument("decision study", "teacher", 0, says)


def _check_target(target: float) -> None:
    if not 0 < target < 1:
        raise bad_argument("decision study", "target", target, "Expected a share between 0 and 1.")


def _check_icc(icc1: float) -> None:
    if not 0 <= icc1 <= 1:
        raise bad_argument("decision study", "icc1", icc1, "Expected a share from 0 to 1.")

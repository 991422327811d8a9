"""How many students and teachers stand behind a set of answers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.columns import Bools, Ints


@dataclass(frozen=True)
class Givers:
    """Who gave each of several answers, as codes.

    Every array has one entry an answer. ``student`` tells coded students apart within their class, over all
    administrations; of a pooled response only class and administration count. ``block`` stands for item and
    mode, which no figure and no attack ever crosses.
    """

    block: Ints
    teacher: Ints
    room: Ints
    administration: Ints
    student: Ints
    pooled: Bools

    def __len__(self) -> int:
        return len(self.block)


@dataclass(frozen=True)
class Tally:
    """Who stands behind each of several sets of answers.

    ``students`` counts distinct ones (pooled: the largest single administration of each class), ``teachers``
    those with an answer, ``answers`` the answers, ``most`` the answers of the teacher who gave most, and
    ``rest`` the fewest students that are left when as many teachers as the policy calls insiders leave
    (never all of them).
    """

    students: Ints
    teachers: Ints
    answers: Ints
    most: Ints
    rest: Ints

    def followed_by(self, other: Tally) -> Tally:
        """Return the counts of these sets, and then of others."""
        mine, theirs = vars(self).values(), vars(other).values()
        return Tally(*(np.concatenate(both) for both in zip(mine, theirs, strict=True)))


def tally(rows: Givers, which: Ints, sets: Ints, count: int, insiders: int) -> Tally:
    """Count who stands behind sets of answers.

    Parameters
    ----------
    rows : Givers
        All answers.
    which : array of int
        Positions in ``rows``.
    sets : array of int
        The set of each of those answers, 0 to ``count`` - 1; -1 for none.
    count : int
        Number of sets.
    insiders : int
        How many teachers leave for ``rest``.
    """
    inside = sets >= 0
    which, sets = which[inside], sets[inside]
    teachers = int(rows.teacher.max(initial=0)) + 1
    pairs, pair = np.unique(sets * teachers + rows.teacher[which], return_inverse=True)
    of_set = pairs // teachers
    students = distinct_students(rows, which, pair, len(pairs))
    answers = np.bincount(pair, minlength=len(pairs))
    by_size = np.lexsort((-students, of_set))
    number = np.bincount(of_set, minlength=count)
    start = np.concatenate(([0], np.cumsum(number)))[of_set[by_size]]
    leaves = np.arange(len(by_size)) - start < np.minimum(insiders, number[of_set[by_size]] - 1)
    gone = np.bincount(of_set[by_size][leaves], students[by_size][leaves], minlength=count)
    total = np.bincount(of_set, students, minlength=count).astype(np.int64)
    most = np.zeros(count, dtype=np.int64)
    np.maximum.at(most, of_set, answers)
    return Tally(
        students=total,
        teachers=number,
        answers=np.bincount(of_set, answers, minlength=count).astype(np.int64),
        most=most,
        rest=total - gone.astype(np.int64),
    )


def distinct_students(rows: Givers, which: Ints, sets: Ints, count: int) -> Ints:
    """Return the distinct students behind each set; pooled: each class's largest single administration."""
    pooled = rows.pooled[which]
    found = np.zeros(count, dtype=np.int64)
    if not pooled.all():
        known, of = which[~pooled], sets[~pooled]
        people = int(rows.student.max(initial=0)) + 1
        found += np.bincount(_unique(of * people + rows.student[known]) // people, minlength=count)
    if pooled.any():
        found += _largest_administrations(rows, which[pooled], sets[pooled], count)
    return found


def _largest_administrations(rows: Givers, which: Ints, sets: Ints, count: int) -> Ints:
    given = int(rows.administration.max(initial=0)) + 1
    rooms = int(rows.room.max(initial=0)) + 1
    pairs, first, number = np.unique(
        sets * given + rows.administration[which], return_index=True, return_counts=True
    )
    places, place = np.unique((pairs // given) * rooms + rows.room[which][first], return_inverse=True)
    largest = np.zeros(len(places), dtype=np.int64)
    np.maximum.at(largest, place, number)
    return np.bincount(places // rooms, largest, minlength=count).astype(np.int64)


def _unique(values: Ints) -> Ints:
    """Return the distinct values; sorting beats hashing at these sizes."""
    ordered = np.sort(values)
    return ordered[np.concatenate(([True], ordered[1:] != ordered[:-1]))] if len(ordered) else ordered

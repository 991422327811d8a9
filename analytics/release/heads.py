"""How many different children stand behind a few groups of answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

import numpy as np

from analytics.columns import Ints
from analytics.release.counting import Givers


class Heads:
    """Counts the distinct students behind any groups of answers, some teachers' classes left out.

    Parameters
    ----------
    givers : Givers
        Who gave each answer.
    answers, group : array of int
        Positions of the answers, all coded or all pooled, and the group of each.
    """

    def __init__(self, givers: Givers, answers: Ints, group: Ints) -> None:
        self.pooled = bool(givers.pooled[answers].any())
        order = np.argsort(group, kind="stable")
        columns = (givers.teacher, givers.room, givers.administration, givers.student)
        self._given = np.stack([column[answers[order]] for column in columns], axis=1)
        self._start = np.searchsorted(group[order], np.arange(int(group.max(initial=-1)) + 2))
        self.teacher_of: dict[int, int] = {}
        self._rooms: dict[int, set[int]] = {}
        self._students: dict[int, dict[int, set[int]]] = {}
        self._turnout: dict[int, Counter[tuple[int, int]]] = {}

    def _read(self, at: int) -> None:
        """Take in one group, the first time that it is asked for."""
        rooms: set[int] = set()
        students: dict[int, set[int]] = {}
        turnout: Counter[tuple[int, int]] = Counter()
        for teacher, room, given, student in self._given[self._start[at] : self._start[at + 1]].tolist():
            self.teacher_of[room] = teacher
            rooms.add(room)
            if self.pooled:
                turnout[room, given] += 1
            else:
                students.setdefault(room, set()).add(student)
        self._rooms[at], self._students[at], self._turnout[at] = rooms, students, turnout

    def rooms(self, group: int, without: Collection[int] = ()) -> list[int]:
        """Return the classes behind a group."""
        if group not in self._rooms:
            self._read(group)
        return sorted(room for room in self._rooms[group] if self.teacher_of[room] not in without)

    def count(self, groups: Iterable[int], without: Collection[int] = ()) -> int:
        """Return the distinct students behind several groups, except those of the teachers ``without``.

        Coded students count once over all administrations; pooled ones by the largest single administration
        of each class.
        """
        groups = list(groups)
        for group in groups:
            if group not in self._rooms:
                self._read(group)
        if not self.pooled:
            kept = (
                students
                for group in groups
                for room, students in self._students[group].items()
                if self.teacher_of[room] not in without
            )
            return len(set().union(*kept))
        turnout: Counter[tuple[int, int]] = Counter()
        for group in groups:
            turnout.update(self._turnout[group])
        largest: dict[int, int] = {}
        for (room, _), number in turnout.items():
            if self.teacher_of[room] not in without:
                largest[room] = max(largest.get(room, 0), number)
        return sum(largest.values())

    def of_one_class(
        self, groups: Iterable[int], smallest_group: int, without: Collection[int] = ()
    ) -> list[tuple[int, ...]]:
        """Return sets of groups of one class that hold, over all its lessons, too few students.

        The same four children answer in every cycle: their sum over three cycles is as private as one answer.
        """
        by_room: dict[int, list[int]] = {}
        for group in groups:
            rooms = self.rooms(group, without)
            if len(rooms) == 1:
                by_room.setdefault(rooms[0], []).append(group)
        sets: set[tuple[int, ...]] = set()
        for together in by_room.values():
            for start in together:
                grown = [start]
                for other in together:
                    if other not in grown and self.count([*grown, other], without) < smallest_group:
                        grown.append(other)
                if len(grown) > 1:
                    sets.add(tuple(sorted(grown)))
        return sorted(sets)

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
        self.teacher_of: dict[int, int] = {}
        self._rooms: dict[int, set[int]] = {}
        self._students: dict[int, dict[int, set[int]]] = {}
        self._turnout: dict[int, Counter[tuple[int, int]]] = {}
        columns = (
            group,
            *(getattr(givers, name)[answers] for name in ("teacher", "room", "administration", "student")),
        )
        for at, teacher, room, given, student in np.stack(columns).T.tolist():
            self.teacher_of[room] = teacher
            self._rooms.setdefault(at, set()).add(room)
            if self.pooled:
                self._turnout.setdefault(at, Counter())[room, given] += 1
            else:
                self._students.setdefault(at, {}).setdefault(room, set()).add(student)

    def rooms(self, group: int, without: Collection[int] = ()) -> list[int]:
        """Return the classes behind a group."""
        return sorted(room for room in self._rooms[group] if self.teacher_of[room] not in without)

    def count(self, groups: Iterable[int], without: Collection[int] = ()) -> int:
        """Return the distinct students behind several groups, except those of the teachers ``without``.

        Coded students count once over all administrations; pooled ones by the largest single administration
        of each class.
        """
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

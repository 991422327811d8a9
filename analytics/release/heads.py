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
        order = np.argsort(group, kind="stable")
        answers, group = answers[order], group[order]
        groups = int(group.max(initial=-1)) + 1
        self.pooled = bool(givers.pooled[answers].any())
        self._start = np.searchsorted(group, np.arange(groups + 1)).tolist()
        self._teacher: list[int] = givers.teacher[answers].tolist()
        room = givers.room[answers]
        self._room: list[int] = room.tolist()
        # Every class has codes of its own; of a pooled response only the administration counts.
        self._head: list[int] = (givers.administration if self.pooled else givers.student)[answers].tolist()
        self._teacher_of = dict(zip(self._room, self._teacher, strict=True))
        self._rooms: list[list[int]] = [[] for _ in range(groups)]
        every = int(room.max(initial=0)) + 1
        for pair in np.unique(group * every + room).tolist():
            self._rooms[pair // every].append(pair % every)

    def rooms(self, group: int, without: Collection[int] = ()) -> list[int]:
        """Return the classes behind a group, except those of the teachers ``without``."""
        return [room for room in self._rooms[group] if self._teacher_of[room] not in without]

    def count(self, groups: Iterable[int], without: Collection[int] = ()) -> int:
        """Return the distinct students behind several groups, except those of the teachers ``without``.

        Coded students count once over all administrations; pooled ones by the largest single administration
        of each class.
        """
        behind = [
            place
            for group in groups
            for place in range(self._start[group], self._start[group + 1])
            if not without or self._teacher[place] not in without
        ]
        if not self.pooled:
            return len({self._head[place] for place in behind})
        turnout = Counter((self._room[place], self._head[place]) for place in behind)
        largest: dict[int, int] = {}
        for (room, _), number in turnout.items():
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

"""What insiders work out by adding and subtracting: people who put in what they know of their own classes."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from analytics.columns import Bools, Floats, Ints
from analytics.release.linear import Leak, is_solved, leak_of
from analytics.release.space import ZERO, Space


def solved_by_insiders(
    space: Space, coalitions: Iterable[tuple[int, ...]], smallest_group: int
) -> list[Leak]:
    """Return sets of fewer than ``smallest_group`` students of others that insiders work out together.

    Looks at single groups and at any groups of one class; the first find of a coalition stands for all.

    Parameters
    ----------
    space : Space
        The equations.
    coalitions : iterable of tuple of int
        Teachers who put in what they know of their own classes.
    smallest_group : int
        The policy's.
    """
    left = space.left
    small = np.flatnonzero(space.who.students < smallest_group).tolist()
    sets = _Sets(left, [(group,) for group in small] + space.heads.of_one_class(small, smallest_group))
    in_room: dict[int, list[int]] = {}
    for group in small:
        for room in space.heads.rooms(group):
            in_room.setdefault(room, []).append(group)
    found = []
    for some in _alike_in_size(space, coalitions):
        first = sets.first_solved(some)
        shared = [
            set() if groups else _shared_sets(space, asked, in_room, smallest_group)
            for asked, groups in zip(some, first, strict=True)
        ]
        listed = sorted(set().union(*shared))
        own = np.array([[groups in sets for groups in listed] for sets in shared])
        second = _Sets(left, listed).first_solved(some, own)
        for (coalition, known, _), alone, beside in zip(some, first, second, strict=True):
            if alone or beside:
                found.append(leak_of(space, alone or beside, coalition, known))
    return found


def _shared_sets(
    space: Space, asked: _Asked, in_room: dict[int, list[int]], smallest_group: int
) -> set[tuple[int, ...]]:
    """Return sets with groups of a coalition's own and other students, too few of whom are strangers.

    Groups that a coalition shares with other teachers hold fewer strangers than they hold students.
    """
    coalition, known, touched = asked
    mixed = set(touched).difference(known.tolist())
    fewer = [group for group in mixed if space.heads.count([group], coalition) < smallest_group]
    if not fewer:
        return set()
    rooms = {room for group in fewer for room in space.heads.rooms(group, coalition)}
    beside = {group for room in rooms for group in in_room.get(room, ())}
    near = space.heads.of_one_class(sorted(beside.union(fewer)), smallest_group, coalition)
    return {(group,) for group in fewer}.union(near)


_Asked = tuple[tuple[int, ...], Ints, list[int]]
"""A coalition, the groups that are wholly its own, and all groups with a student of its own."""


def _alike_in_size(space: Space, coalitions: Iterable[tuple[int, ...]]) -> Iterable[list[_Asked]]:
    """Sort coalitions by how many groups they know, and hand them out in handfuls."""
    by_size: dict[int, list[_Asked]] = {}
    for coalition in coalitions:
        touched = sorted({group for teacher in coalition for group in space.groups_of.get(teacher, ())})
        known = [group for group in touched if space.taught[group] <= set(coalition)]
        by_size.setdefault(len(known), []).append((coalition, np.array(known, dtype=np.int64), touched))
    for asked in by_size.values():
        for start in range(0, len(asked), 64):
            yield asked[start : start + 64]


class _Sets:
    """Sets of groups, and how far each is from being solved before anybody puts anything in."""

    def __init__(self, left: Floats, sets: list[tuple[int, ...]]) -> None:
        self.left, self.sets = left, sets
        size = np.array([len(groups) for groups in sets], dtype=np.int64)
        # Shorter sets are filled up with a group that is in none and that nobody explains.
        self.at = np.full((len(sets), int(size.max(initial=0))), len(left), dtype=np.int64)
        self.low = np.zeros(len(sets))
        for count in np.unique(size):
            some = np.flatnonzero(size == count)
            at = np.array([sets[place] for place in some])
            self.at[some, :count] = at
            self.low[some] = np.linalg.eigvalsh(left[at[:, :, None], at[:, None, :]])[:, 0]

    def first_solved(self, asked: list[_Asked], own: Bools | None = None) -> list[tuple[int, ...]]:
        """Return for each coalition, all knowing equally many groups, the first set that it solves, or ().

        ``own`` (coalitions, sets) says who is asked about which sets; where it is not given, everybody is
        asked about all but those that hold a touched group.
        """
        if not self.sets:
            return [()] * len(asked)
        half = _explained(self.left, np.array([known for _, known, _ in asked]))
        explained = np.zeros((len(asked), len(self.left) + 1))
        np.einsum("cij,cij->cj", half, half, out=explained[:, :-1])
        # What is put in can take no more from the least eigenvalue than from the trace.
        near = explained[:, self.at].sum(axis=2) > self.low - ZERO
        near &= self._untouched(asked) if own is None else own
        found: list[tuple[int, ...]] = [()] * len(asked)
        for place, one in zip(*np.nonzero(near), strict=True):
            groups = list(self.sets[one])
            taken = half[place][:, groups]
            if not found[place] and is_solved(self.left[np.ix_(groups, groups)] - taken.T @ taken):
                found[place] = self.sets[one]
        return found

    def _untouched(self, asked: list[_Asked]) -> Bools:
        used = np.zeros((len(asked), len(self.left) + 1), dtype=np.bool_)
        for place, (_, _, touched) in enumerate(asked):
            used[place, touched] = True
        return np.asarray(~used[:, self.at].any(axis=2), dtype=np.bool_)


def _explained(left: Floats, known: Ints) -> Floats:
    """Return, for each coalition and group, coordinates of what the coalition's groups determine of it."""
    coalitions, count = known.shape
    if not count:
        return np.zeros((coalitions, 0, len(left)))
    values, vectors = np.linalg.eigh(left[known[:, :, None], known[:, None, :]])
    root = np.where(values > ZERO, 1 / np.sqrt(np.maximum(values, ZERO)), 0)
    return np.asarray((vectors * root[:, None, :]).transpose(0, 2, 1) @ left[known], dtype=np.float64)

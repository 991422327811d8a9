"""Who might put together what they know of their own classes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from math import comb

import numpy as np

from analytics.columns import Ints
from analytics.release.policy import Policy
from analytics.release.space import Space, distinct_rows
from analytics.release.views import View

MOST_COALITIONS = 2000
"""Up to so many, all coalitions of teachers are asked about each item."""

FEW_GROUPS = 24
"""Beyond so many groups, a sum or a difference of two is taken to have many teachers."""

MANY_TEACHERS = 36
"""Up to so many, the linear program is solved for every teacher, alone and with whoever knows more."""


def coalitions(space: Space, views: Sequence[View], policy: Policy) -> list[View]:
    """Return who might put their classes together.

    Every person with whom classes were shared, with every teacher; and any ``insiders`` teachers. Where
    those would be more than :data:`MOST_COALITIONS`, every person and teacher alone, and such as stand
    together in a sum, or between two sums, of so few teachers that the others could be fewer students than
    the smallest group.
    """
    everyone = sorted(space.groups_of)
    number = min(policy.insiders, len(everyone) - 1)
    if comb(len(everyone), number) <= MOST_COALITIONS:
        shared = [(*view, teacher) for view in views for teacher in everyone if teacher not in view]
        return [*views, *shared, *combinations(everyone, number)]
    few = _few_teachers(space)
    reach = policy.smallest_group - 1
    near = {
        group
        for teachers in few
        if number < len(teachers) <= number + reach
        for group in combinations(sorted(teachers), number)
    }
    joined = {
        (*view, teacher)
        for view in views
        for teachers in few
        if not teachers.isdisjoint(view) and len(teachers.difference(view)) <= reach + 1
        for teacher in teachers.difference(view)
    }
    # Who stands with two others finds with one of them whatever she finds alone.
    partners = Counter(teacher for group in near for teacher in group)
    alone = [(teacher,) for teacher in everyone if partners[teacher] < 2]
    return [*views, *sorted(joined), *alone, *sorted(near)]


def _few_teachers(space: Space) -> set[frozenset[int]]:
    """Return the teachers behind each sum, and behind each difference of two sums, that has few of them."""
    sums = space.matrix[distinct_rows(space.matrix)[0]]
    inside = sums > 0
    groups = np.arange(len(space.size))
    found = set()
    shared = sums @ sums.T
    size = sums.sum(axis=1)
    apart = size[:, None] + size[None, :] - 2 * shared
    # Groups are of one class and lesson or more: so few of them cannot be told to have many teachers.
    first, second = np.nonzero(np.triu((apart <= FEW_GROUPS) & (apart > 0) & (shared > 0), k=1))
    sets = [groups[row] for row in inside if row.sum() <= FEW_GROUPS]
    sets += [groups[inside[a] != inside[b]] for a, b in zip(first, second, strict=True)]
    for some in sets:
        found.add(frozenset().union(*(space.taught[group] for group in some)))
    return found


def sharing(space: Space, views: Sequence[View]) -> list[tuple[View, Ints]]:
    """Return for whom the linear program is solved, and with which statements (places in the space).

    Every teacher and whoever knows several classes, alone and together, and all statements. In a network of
    more than :data:`MANY_TEACHERS` it is those who know several classes, each with a teacher of the same sum,
    and the sums of at most a third of so many teachers: larger ones tell them hardly more.
    """
    everyone = set(space.groups_of)
    places = np.arange(len(space.statements))
    if len(everyone) <= MANY_TEACHERS:
        alone: list[View] = [(teacher,) for teacher in sorted(everyone)]
        joined = [(*view, teacher) for view in views for teacher in sorted(everyone.difference(view))]
        return [(group, places) for group in [*alone, *views, *joined]]
    taught = [
        set().union(*(space.taught[group] for group in np.flatnonzero(row))) for row in space.matrix > 0
    ]
    few = [place for place in places.tolist() if len(taught[place]) <= MANY_TEACHERS // 3]
    found: list[tuple[View, Ints]] = []
    for view in views:
        own = [place for place in few if not taught[place].isdisjoint(view)]
        near = set().union(*(taught[place] for place in own)).difference(view)
        if own:
            found.append((view, np.array(own, dtype=np.int64)))
        for teacher in sorted(near):
            inside = [place for place in few if teacher in taught[place] or place in own]
            found.append(((*view, teacher), np.array(inside, dtype=np.int64)))
    return found

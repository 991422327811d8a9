"""What can be worked out by adding and subtracting: the exact part of the audit.

Take every released figure of one item as an equation: the answers of these students add up to that. A set of
students is *solved* when some combination of the equations leaves just that set: when its vector over the
groups of answers lies in the row space of the figures. Nothing here looks at an answer: what can be solved
depends only on who stands behind which figure, so what is withheld on this ground tells nothing about the
answers.

People who know their own classes are taken out first: their groups become known numbers.

References
----------
Langsrud (2024), Secondary cell suppression by Gaussian elimination, Privacy in Statistical Databases, LNCS
14915, rests on the same row-space argument and withholds in the same order, from the most wanted cell down.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from analytics.columns import Bools, Floats, Ints
from analytics.release.space import ZERO, Space, distinct_rows


@dataclass(frozen=True)
class Leak:
    """A set of answers that can be worked out, and by whom.

    ``answers`` are positions, ``vector`` weighs the groups, ``known`` are groups that the ``insiders``
    (teachers) put in as numbers.
    """

    answers: Ints
    vector: Floats
    insiders: tuple[int, ...] = ()
    known: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))


def solved_sets(space: Space, smallest_group: int, passes: Bools) -> list[Leak]:
    """Return what an outsider can work out and should not.

    These are groups that would not be released on their own (``passes`` is False for them) and combinations
    of groups, added, subtracted or weighted, that hold fewer than ``smallest_group`` students: any groups of
    one class, any two groups, and sums and differences of three or four.
    """
    length = space.lengths()
    exposed = length < ZERO
    found = [leak_of(space, (group,)) for group in np.flatnonzero(exposed & ~passes).tolist()]
    small = np.flatnonzero(~exposed & (space.who.students < smallest_group))
    tiny = small[space.who.students[small] <= smallest_group - 3]
    sets = _pairs(space, small, length[small]) + _signed_sums(space, tiny)
    sets = [groups for groups in sets if space.heads.count(groups) < smallest_group]
    hit: set[int] = set()
    for groups in space.heads.of_one_class(small.tolist(), smallest_group) + sets:
        if hit.isdisjoint(groups) and is_solved(space.residual(groups)):
            hit.update(groups)
            found.append(leak_of(space, groups))
    return found


def solved_cells(space: Space, cells: Iterable[Ints]) -> list[Leak]:
    """Return the withheld cells, each given as positions of its answers, whose sum can be worked out."""
    found = []
    for answers in cells:
        vector = space.whole_groups(answers)
        if vector is not None and space.left_over(vector) < ZERO:
            found.append(Leak(answers, vector))
    return found


def culprits(space: Space, leaks: Sequence[Leak], out: Bools) -> list[int]:
    """Return the statements to take back so that an outsider can work out none of these leaks.

    Statements are let out again one after the other; one that would complete a leak stays back.

    Parameters
    ----------
    space : Space
        The equations, in the order in which they are let out.
    leaks : sequence of Leak
        Solved sets, without insiders.
    out : array of bool
        Statements of the space, by place, that are out already and cannot be taken back.
    """
    first, kind = distinct_rows(space.matrix)
    rows = space.matrix[first] @ space.basis.T
    aims = np.array([leak.vector for leak in leaks]) @ space.basis.T
    aims /= np.linalg.norm(aims, axis=1, keepdims=True)
    # Up to the first that stays back, what a row leaves over is its own direction of the basis.
    ends = np.argmax(1 - np.cumsum(aims**2, axis=1) < ZERO, axis=1)
    mendable = ~out[space.pivots[ends]]
    if not mendable.any():
        return []
    start = int(ends[mendable].min())
    aims, place_of = aims[ends >= start, start:], np.searchsorted(first, space.pivots[start])
    rows = rows[place_of:, start:]
    back: list[int] = []
    for place, row in enumerate(rows, start=int(place_of)):
        length = float(np.sqrt((row**2).sum()))
        if length < 1e-5:
            continue
        row = row / length
        along = aims @ row
        completes = (aims**2).sum(axis=1) - along**2 < ZERO
        # Of figures of the same answers, those that are out already stand first.
        if completes.any() and not out[first[place]]:
            back.extend(space.statements[kind == place].tolist())
            continue
        aims = aims[~completes] - np.multiply.outer(along[~completes], row)
        later = rows[place - place_of + 1 :]
        later -= np.multiply.outer(later @ row, row)
    return back


def last_used(space: Space, leak: Leak, out: Bools) -> int | None:
    """Return the last statement, of those that can still be taken back, that an insiders' leak needs.

    With what the insiders know put in, the leak is a combination of the statements up to that one; None if
    all of them are out already.
    """
    combined = leak.vector.copy()
    if len(leak.known):
        own = np.flatnonzero(leak.vector)
        across = space.residual(leak.known, own) @ leak.vector[own]
        combined[leak.known] -= (
            np.linalg.pinv(space.residual(leak.known), rcond=1e-9, hermitian=True) @ across
        )
    used = space.pivots[np.abs(space.basis @ combined) > 1e-5]
    free = used[~out[used]]
    return int(space.statements[free[-1]]) if len(free) else None


def leak_of(
    space: Space, groups: tuple[int, ...], coalition: tuple[int, ...] = (), known: Ints | None = None
) -> Leak:
    """Return the leak of one group, or of the combination of several that is solved."""
    given = np.empty(0, dtype=np.int64) if known is None else known
    vector = np.zeros(len(space.size))
    vector[list(groups)] = 1.0
    if len(groups) > 1:
        residual = _given(space, list(groups), given)
        if residual is not None:
            # The direction that what is left over of these groups has lost.
            vector[list(groups)] = np.linalg.eigh(residual)[1][:, 0]
    answers = space.answers[np.isin(space.group, groups)]
    outside = ~np.isin(space.givers.teacher[answers], coalition)
    return Leak(answers[outside], vector, coalition, given)


def is_solved(residual: Floats) -> bool:
    """Say whether some sum of groups with these residual products is left with nothing over."""
    return bool(np.linalg.eigvalsh(residual)[0] < ZERO)


def _given(space: Space, groups: list[int], known: Ints) -> Floats | None:
    """Return the residual products of some groups, those ``known`` taken as given; None if none is solved."""
    both = space.residual([*groups, *known])
    values, vectors = np.linalg.eigh(both)
    count = len(groups)
    if not (np.abs(vectors[:count, values < ZERO]) > 1e-4).any():
        return None
    here, across, there = both[:count, :count], both[:count, count:], both[count:, count:]
    if not len(known):
        return here
    return np.asarray(here - across @ np.linalg.pinv(there, rcond=1e-9, hermitian=True) @ across.T)


def _pairs(space: Space, small: Ints, length: Floats) -> list[tuple[int, ...]]:
    """Return pairs of small groups of which a weighted sum is solved although neither is."""
    # Of two groups with a solved sum, one at least has half of its length in the row space.
    close = length <= 0.5 + ZERO
    near = small[close]
    if not len(near):
        return []
    apart = np.outer(length[close], length) - space.residual(near, small) ** 2
    first, second = np.nonzero(apart < ZERO)
    pairs = {(int(near[a]), int(small[b])) for a, b in zip(first, second, strict=True) if near[a] != small[b]}
    return sorted({(min(pair), max(pair)) for pair in pairs})


def _signed_sums(space: Space, tiny: Ints) -> list[tuple[int, ...]]:
    """Return triples and quadruples that may add up to nothing, each with a plus or a minus sign.

    Signed sums of two match those of one or two others where they agree along one random direction.
    """
    if len(tiny) < 3:
        return []
    draw = np.random.default_rng(7).normal(size=len(space.size))
    single = np.abs((draw - space.basis.T @ (space.basis @ draw))[tiny])
    a, b = np.triu_indices(len(tiny), k=1)
    sums = np.concatenate((single[a] + single[b], np.abs(single[a] - single[b])))
    ends = np.concatenate((np.stack((a, b)), np.stack((a, b))), axis=1)
    order = np.argsort(sums)
    size = sums[order]
    found: set[frozenset[int]] = set()
    left, right = np.searchsorted(size, single - 1e-9), np.searchsorted(size, single + 1e-9)
    for place in np.flatnonzero(right > left):
        found |= {
            frozenset({int(place), *map(int, ends[:, match])}) for match in order[left[place] : right[place]]
        }
    for place in np.flatnonzero(np.diff(size) < 1e-9):
        found.add(frozenset({*map(int, ends[:, order[place]]), *map(int, ends[:, order[place + 1]])}))
    return sorted(tuple(sorted(int(tiny[at]) for at in places)) for places in found if len(places) > 2)

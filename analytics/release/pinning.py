"""Which sets of answers the linear program pins, for an outsider and for those who know some classes."""

from __future__ import annotations

from collections import defaultdict
from copy import deepcopy
from dataclasses import replace

import numpy as np

from analytics.columns import Bools, Floats, Ints
from analytics.release.attack import pinned
from analytics.release.contributions import Rows
from analytics.release.counting import tally
from analytics.release.figures import Known
from analytics.release.linear import Leak
from analytics.release.policy import Policy
from analytics.release.programs import Scale, end_problem, favourable_problem, option_problem, total_problem
from analytics.release.space import Space

MANY_GROUPS = 400
"""Up to so many groups of answers, all figures are read together, in one program."""


class Free:
    """Sets of answers that somebody could not pin: with fewer figures she cannot either."""

    def __init__(self) -> None:
        self._found: dict[str, set[int]] = defaultdict(set)

    def open(self, how: str, space: Space, aims: Floats) -> Bools:
        """Say which sets have not been found free in this way."""
        found = self._found[how]
        return np.array([name not in found for name in space.names(aims)], dtype=np.bool_)

    def add(self, how: str, space: Space, aims: Floats) -> None:
        """Note sets that were found free in this way."""
        self._found[how].update(space.names(aims))


def pinned_sets(
    space: Space, rows: Rows, hidden: list[Ints], known: Known, policy: Policy, free: Free | None = None
) -> list[Leak]:
    """Return the sets that the linear program pins to one value.

    These are groups of too few students, withheld cells, and groups of any size in which everybody answered
    alike: where that is forced, each student's answer is known.

    Parameters
    ----------
    space : Space
        Groups and figures of one item and mode.
    rows : Rows
        The answers of this release.
    hidden : list of array of int
        Withheld cells as positions of their answers.
    known : Known
        What each figure gives away.
    policy : Policy
        The thresholds.
    free : Free, optional
        What the same attacker could not pin with all these figures and more; what she cannot pin now is
        added.
    """
    free = free or Free()
    if not (space.answers < len(rows)).any():
        return []
    scale = _scale(space, rows)
    one = np.eye(len(space.size))
    small = space.who.students < policy.smallest_group
    cells = [vector for vector in map(space.whole_groups, hidden) if vector is not None]
    private = np.array([*one[small], *cells]).reshape(-1, len(space.size))
    counts = _true_counts(space, rows, scale)
    read = _read_together if len(space.size) <= MANY_GROUPS else _read_apart
    aims, held = read(space, known, scale, private, ~small, counts, free)
    return [Leak(space.answers[aim[space.group] > 0], aim) for aim in np.unique(aims[held], axis=0)]


def _read_together(
    space: Space, known: Known, scale: Scale, private: Floats, large: Bools, counts: Floats, free: Free
) -> tuple[Floats, Bools]:
    """Return sets of groups, and which of them one program for all options pins.

    Of the private sets, how many are favourable or what they add up to may not be pinned; of larger groups in
    which everybody is at one option, or on one side of the border, whether that is so.
    """
    options = np.arange(scale.top + 1, dtype=np.float64)
    favourable = (options >= scale.favourable_from).astype(np.float64)
    private = private[free.open("together", space, private)]
    weights = [(private, weight, np.full(len(private), np.nan)) for weight in (favourable, options)]
    sides = [favourable, 1 - favourable, *np.eye(scale.top + 1)]
    size = space.size.astype(np.float64)
    for number, there in enumerate(sides):
        alike = np.eye(len(size))[np.flatnonzero(large & (counts @ there == size))]
        alike = alike[free.open(f"side {number}", space, alike)]
        # Those who are not there: none, in truth; one is enough.
        weights.append((alike, 1.0 - there, np.ones(len(alike))))
    truth = np.concatenate([_add(aims, counts @ weight) for aims, weight, _ in weights])
    # Unknowns leave out the lowest option, whose answers are what is missing to the size.
    unknown = np.vstack([np.kron(aims, weight[1:] - weight[0]) for aims, weight, _ in weights])
    rest = np.concatenate([weight[0] * (aims @ size) for aims, weight, _ in weights])
    enough = np.concatenate([second for _, _, second in weights])
    if not len(enough):
        return private, np.zeros(0, dtype=np.bool_)
    held = pinned(option_problem(space, known, scale), unknown, truth - rest, enough - rest)
    by_favourable, by_total, *by_side = np.split(held, np.cumsum([len(aims) for aims, _, _ in weights])[:-1])
    free.add("together", space, private[~by_favourable & ~by_total])
    for number, (pins, (alike, _, _)) in enumerate(zip(by_side, weights[2:], strict=True)):
        free.add(f"side {number}", space, alike[~pins])
    return np.vstack([aims for aims, _, _ in weights]), held


def _read_apart(
    space: Space, known: Known, scale: Scale, private: Floats, large: Bools, counts: Floats, free: Free
) -> tuple[Floats, Bools]:
    """Return the same from a program for each kind of figure, joined where they bear on one group.

    In networks of many groups one program for all takes seconds a question; there figures leave more room.
    """
    options = np.arange(scale.top + 1)
    favourable, total = counts @ (options >= scale.favourable_from), counts @ options
    private = private[free.open("apart", space, private)]
    alike = np.flatnonzero(large & ((favourable == 0) | (favourable == space.size)))
    alike = alike[free.open("alike apart", space, np.eye(len(space.size))[alike])]
    aims = np.array([*private, *np.eye(len(space.size))[alike]]).reshape(-1, len(space.size))
    second = np.full(len(aims), np.nan)
    held = pinned(favourable_problem(space, known, scale), aims, _add(aims, favourable), second)
    # A group in which all are favourable is given away, too, by a sum that leaves no room for one who is not:
    # turned round, the sum has to be able to reach what is left when one answer crosses the border.
    none = favourable[alike] == 0
    sign = np.ones(len(aims))
    sign[len(private) :] = np.where(none, 1, -1)
    low, high = _inside(space, known, counts)
    least = scale.favourable_from + np.maximum(low[alike] - 1, 0)
    most = scale.top * (space.size[alike] - 1) - np.maximum(high[alike] - 1, 0) + scale.favourable_from - 1
    second[len(private) :] = np.where(none, least, -most)
    turned = aims * sign[:, None]
    held |= pinned(total_problem(space, known, scale), turned, _add(turned, total), second)
    count = len(private)
    free.add("apart", space, private[~held[:count]])
    free.add("alike apart", space, aims[count:][~held[count:]])
    at_ends = _pinned_at_ends(space, known, large, counts)
    return np.vstack((aims, at_ends)), np.concatenate((held, np.ones(len(at_ends), dtype=np.bool_)))


def _pinned_at_ends(space: Space, known: Known, large: Bools, counts: Floats) -> Floats:
    """Return groups in which everybody picked the option at one end, where distributions force that."""
    found = [np.empty((0, len(space.size)))]
    for there, told in zip(counts.T[[0, -1]], () if known.at_ends is None else known.at_ends, strict=False):
        groups = np.flatnonzero(large & (there == space.size) & _behind(space, told))
        aims = np.eye(len(space.size))[groups]
        if len(groups):
            unknown = np.full(len(groups), np.nan)
            found.append(aims[pinned(end_problem(space, told), aims, there[groups], unknown)])
    return np.vstack(found)


def _behind(space: Space, told: Ints) -> Bools:
    """Say which groups stand behind a figure that tells something."""
    return np.asarray((space.matrix[told[space.statements] >= 0] > 0).any(axis=0), dtype=np.bool_)


def seen_by(
    space: Space, known: Known, rows: Rows, coalition: tuple[int, ...], places: Ints, policy: Policy
) -> tuple[Space, Rows, list[Ints], Known]:
    """Return the figures as they look to teachers who take the answers of their own classes out of them.

    ``places`` chooses statements of the space. The result is what :func:`pinned_sets` takes. What only the
    ledger knows of others stays in. What it alone knows of their own classes they remember and we do not: a
    figure is taken to say as much of the others as it might for any answers of those who were erased.
    """
    chosen = space.matrix[places]
    inside = (chosen.sum(axis=0) > 0)[space.group]
    mine = np.isin(space.givers.teacher[space.answers], coalition)
    here = space.answers < len(rows)
    count, at = len(space.size), space.statements[places]

    def added(some: Bools, values: Bools | Ints | None = None) -> Ints:
        weights = None if values is None else values[space.answers[some]]
        by_group = np.bincount(space.group[some], weights, minlength=count)
        return np.asarray(chosen @ by_group, dtype=np.int64)

    def sums(some: Bools) -> tuple[Ints, Ints, Ints]:
        ends = np.stack([added(some, rows.step == 0), added(some, rows.step == rows.top)])
        return added(some, rows.favourable), added(some, rows.step), ends

    favourable, total, ends = sums(mine & here)
    rest = known.only(at).without(favourable=favourable, total=total, at_ends=ends)
    # Figures of none but erased children tell nothing of anybody who is here.
    if (mine & ~here).any() and here.any():
        erased, others = added(mine & ~here), added(~mine & ~here)
        rest = _remembering(rest, erased, others, sums(~mine & here), _scale(space, rows))
    left = deepcopy(known)
    left.least[at], left.most[at] = rest.least, rest.most
    left.total_least[at], left.total_most[at] = rest.total_least, rest.total_most
    if left.at_ends is not None and rest.at_ends is not None:
        left.at_ends[:, at] = rest.at_ends
    others, group = np.unique(space.group[inside & ~mine], return_inverse=True)
    group, answers = np.asarray(group, dtype=np.int64), space.answers[inside & ~mine]
    seen = replace(
        space,
        answers=answers,
        group=group,
        statements=space.statements[places],
        matrix=chosen[:, others],
        size=np.bincount(group, minlength=len(others)),
        who=tally(space.givers, answers, group, len(others), policy.insiders),
    )
    return seen, rows, [], left


def _remembering(
    rest: Known, erased: Ints, others: Ints, sums: tuple[Ints, Ints, Ints], scale: Scale
) -> Known:
    """Return what is left of figures for somebody who knows so many ``erased`` answers behind each.

    ``sums`` are those of the answers left that we know, ``others`` counts those left that we do not. Of all
    values that the erased ones can have had, each limit takes the one that leaves least room.
    """

    def limits(least: Ints, most: Ints, left: Ints, step: int) -> tuple[Ints, Ints]:
        low, high = left, left + step * others
        erased_least = np.clip(least - high, 0, step * erased)
        erased_most = np.clip(most - low, 0, step * erased)
        touched = erased > 0
        return (
            np.where(touched, np.minimum(low, least - erased_least), least),
            np.where(touched, np.maximum(high, most - erased_most), most),
        )

    favourable, total, ends = sums
    at_ends = rest.at_ends
    if at_ends is not None:
        told = np.where(others > 0, -1, ends)
        at_ends = np.where((erased > 0) & (at_ends >= 0), told, at_ends)
    return Known(
        *limits(rest.least, rest.most, favourable, 1),
        *limits(rest.total_least, rest.total_most, total, scale.top),
        at_ends,
    )


def _scale(space: Space, rows: Rows) -> Scale:
    first = space.answers[space.answers < len(rows)][0]
    return Scale(int(rows.top[first]), int(rows.favourable_from[first]))


def _inside(space: Space, known: Known, counts: Floats) -> tuple[Ints, Ints]:
    """Return how many answers of each group surely lie above the lowest option, and below the highest.

    None, where no distribution tells of the group's answers at that end; where one does, it is taken to tell
    exactly, which it may not: rather a figure too few than a child too many.
    """
    low, high = np.zeros((2, len(space.size)), dtype=np.int64)
    ends = () if known.at_ends is None else known.at_ends
    for there, told, beside in zip(counts.T[[0, -1]], ends, (low, high), strict=False):
        behind = _behind(space, told) & ~np.isnan(there)
        beside[behind] = (space.size - there)[behind]
    return low, high


def _add(aims: Floats, values: Floats) -> Floats:
    """Return weighted sums of values; NaN where one of those used is."""
    missing = np.isnan(values)
    return np.where(np.abs(aims) @ missing > 0, np.nan, aims @ np.where(missing, 0, values))


def _true_counts(space: Space, rows: Rows, scale: Scale) -> Floats:
    """Return the answers of each group at each option; NaN where only the ledger knows one of them."""
    own = space.answers < len(rows)
    width = scale.top + 1
    at = space.group[own] * width + rows.step[space.answers[own]]
    counts = np.bincount(at, minlength=len(space.size) * width).reshape(-1, width).astype(np.float64)
    counts[counts.sum(axis=1) != space.size] = np.nan
    return counts

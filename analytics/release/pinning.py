"""Which sets of answers the linear program pins, for an outsider and for those who know some classes."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

import numpy as np

from analytics.columns import Bools, Floats, Ints
from analytics.release.attack import Scale, end_problem, favourable_problem, pinned, total_problem
from analytics.release.contributions import Rows
from analytics.release.counting import tally
from analytics.release.figures import Known
from analytics.release.linear import Leak
from analytics.release.policy import Policy
from analytics.release.space import Space


def pinned_sets(space: Space, rows: Rows, hidden: list[Ints], known: Known, policy: Policy) -> list[Leak]:
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
    """
    one = np.eye(len(space.size))
    small = space.who.students < policy.smallest_group
    cells = [vector for vector in map(space.whole_groups, hidden) if vector is not None]
    private = [*one[small], *cells]
    favourable, total = _true_sums(space, rows)
    alike = np.flatnonzero(~small & ((favourable == 0) | (favourable == space.size)))
    own = space.answers[space.answers < len(rows)]
    aims = np.array([*private, *one[alike]])
    if not len(own):
        return []
    if not len(aims):
        return _pinned_at_ends(space, rows, known, ~small)
    scale = Scale(int(rows.top[own[0]]), int(rows.favourable_from[own[0]]))
    second = np.full(len(aims), np.nan)
    held = pinned(favourable_problem(space, known, scale), aims, _add(aims, favourable), second)
    # A group in which all are favourable is given away, too, by a sum that leaves no room for one who is not:
    # turned round, the sum has to be able to reach what is left when one answer crosses the border.
    none = favourable[alike] == 0
    sign = np.ones(len(aims))
    sign[len(private) :] = np.where(none, 1, -1)
    low, high = _inside(space, rows, known, scale)
    least = scale.favourable_from + np.maximum(low[alike] - 1, 0)
    most = scale.top * (space.size[alike] - 1) - np.maximum(high[alike] - 1, 0) + scale.favourable_from - 1
    second[len(private) :] = np.where(none, least, -most)
    turned = aims * sign[:, None]
    held |= pinned(total_problem(space, known, scale), turned, _add(turned, total), second)
    found = [Leak(space.answers[aims[place][space.group] > 0], aims[place]) for place in np.flatnonzero(held)]
    return found + _pinned_at_ends(space, rows, known, ~small)


def _pinned_at_ends(space: Space, rows: Rows, known: Known, large: Bools) -> list[Leak]:
    """Return groups in which everybody picked the option at one end, where distributions force that."""
    found = []
    step = np.full(len(space.givers), -1, dtype=np.int64)
    step[: len(rows)] = rows.step
    top = int(rows.top[space.answers[space.answers < len(rows)][0]])
    for end, told in zip((0, top), () if known.at_ends is None else known.at_ends, strict=False):
        there = np.bincount(space.group, step[space.answers] == end, minlength=len(space.size))
        behind = (space.matrix[told[space.statements] >= 0] > 0).any(axis=0)
        groups = np.flatnonzero(large & (there == space.size) & behind)
        if len(groups):
            aims = np.eye(len(space.size))[groups]
            truth, unknown = space.size[groups].astype(np.float64), np.full(len(groups), np.nan)
            held = pinned(end_problem(space, told), aims, truth, unknown)
            found += [
                Leak(space.answers[space.group == group], one)
                for group, one in zip(groups[held], aims[held], strict=True)
            ]
    return found


def seen_by(
    space: Space, known: Known, rows: Rows, coalition: tuple[int, ...], places: Ints, policy: Policy
) -> tuple[Space, Rows, list[Ints], Known]:
    """Return the figures as they look to teachers who take the answers of their own classes out of them.

    ``places`` chooses statements of the space. The result is what :func:`pinned_sets` takes. Answers that
    only the ledger knows stay in.
    """
    chosen = space.matrix[places]
    inside = (chosen.sum(axis=0) > 0)[space.group]
    mine = np.isin(space.givers.teacher[space.answers], coalition) & (space.answers < len(rows))
    count = len(space.size)

    def taken(values: Ints) -> Ints:
        by_group = np.bincount(space.group[mine], values[space.answers[mine]], minlength=count)
        return np.asarray(chosen @ by_group, dtype=np.int64)

    ends = [taken((rows.step == 0).astype(np.int64)), taken((rows.step == rows.top).astype(np.int64))]
    at = space.statements[places]
    rest = known.only(at).without(
        favourable=taken(rows.favourable.astype(np.int64)), total=taken(rows.step), at_ends=np.stack(ends)
    )
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


def _inside(space: Space, rows: Rows, known: Known, scale: Scale) -> tuple[Ints, Ints]:
    """Return how many answers of each group surely lie above the lowest option, and below the highest.

    None, where no distribution tells of the group's answers at that end; where one does, it is taken to tell
    exactly, which it may not: rather a figure too few than a child too many.
    """
    step = np.full(len(space.givers), -1, dtype=np.int64)
    step[: len(rows)] = rows.step
    low, high = np.zeros((2, len(space.size)), dtype=np.int64)
    for end, told, beside in zip(
        (0, scale.top), () if known.at_ends is None else known.at_ends, (low, high), strict=False
    ):
        there = np.bincount(space.group, step[space.answers] == end, minlength=len(space.size))
        behind = (space.matrix[told[space.statements] >= 0] > 0).any(axis=0)
        beside[behind] = (space.size - there)[behind]
    return low, high


def _add(aims: Floats, values: Floats) -> Floats:
    """Return weighted sums of values; NaN where one of those used is."""
    missing = np.isnan(values)
    return np.where(np.abs(aims) @ missing > 0, np.nan, aims @ np.where(missing, 0, values))


def _true_sums(space: Space, rows: Rows) -> tuple[Floats, Floats]:
    """Return favourable answers and sum of steps of each group; NaN where only the ledger knows one."""
    own = space.answers < len(rows)
    count = len(space.size)

    def add(values: Ints) -> Floats:
        return np.bincount(space.group[own], values[space.answers[own]], minlength=count).astype(np.float64)

    whole = add(np.ones(len(rows), dtype=np.int64)) == space.size
    favourable, total = add(rows.favourable.astype(np.int64)), add(rows.step)
    return np.where(whole, favourable, np.nan), np.where(whole, total, np.nan)

"""The planned comparison: lessons before a change against lessons after it, exact at any length.

A PDSA change has a known date, so that date is tested, and not whatever pattern happens to show. All ways in
which the lessons could have fallen before and after are counted, with ties at their mid-rank, so the level
holds for three lessons as for thirty. What the plan cannot show, it says beforehand
(:func:`analytics.planning.smallest_change`).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb
from typing import Literal

import numpy as np

from analytics.arrays import Cells, Floats, Ints, bad_argument, numbers_or_gaps
from analytics.results import VERSION, TooFew
from analytics.runs import ON_THE_LINE

MOST_LESSONS = 100
"""Lessons, before and after together, up to which all arrangements are counted."""

Expect = Literal["fall", "rise", "either"]
METHOD = "exact permutation test of the rank sum, ties at mid-ranks"


@dataclass(frozen=True)
class BeforeAfter:
    """What a planned change did to a number.

    Parameters
    ----------
    n_before, n_after, dropped : int
        Lessons compared; lessons left out because their value is missing.
    unpaired : int
        Lessons left out because they fill no whole block (only with ``block`` above 1).
    shift : float or None
        Typical change, after minus before: median of all differences between an after and a before lesson
        (Hodges and Lehmann 1963), in the unit of the values.
    mean_change : float or None
        Mean after minus mean before.
    p : float or None
        Exact p value for what was expected.
    p_fall, p_rise : float or None
        Chance of so low (so high) a rank sum after the change, if the change did nothing.
    smallest_p : float or None
        The smallest p value that these numbers of lessons can ever give without ties.
    arrangements : int
        Ways in which the lessons (or blocks) could have fallen before and after.
    expect, level, block : str, float, int
        What was asked.
    method, version : str
        Name of the test; version of rules and constants.
    too_few : TooFew or None
        Why there is no p value. ``shift`` and ``mean_change`` describe the lessons all the same.
    """

    n_before: int
    n_after: int
    dropped: int
    unpaired: int
    shift: float | None
    mean_change: float | None
    p: float | None
    p_fall: float | None
    p_rise: float | None
    smallest_p: float | None
    arrangements: int
    expect: Expect
    level: float
    block: int
    method: str
    version: str
    too_few: TooFew | None


def before_after(
    before: Cells, after: Cells, *, expect: Expect = "either", level: float = 0.05, block: int = 1
) -> BeforeAfter:
    """Return the exact test of lessons before a planned change against lessons after it.

    Parameters
    ----------
    before, after : list, array or Series of float
        One number a lesson in order of time; None or NaN where there is none.
    expect : {"fall", "rise", "either"}
        What the plan said would happen. Say it before looking: ``either`` can show less.
    level : float
        Below this p value a change would be claimed; decides only when there are too few lessons to tell.
    block : int
        Lessons that are kept together when arrangements are counted. Lessons close in time are alike: with a
        correlation of 0.3 between neighbours the plain test errs in 6 to 10 % of series in place of 5 %.
        Blocks are cut from the change outward; what fills no block is left out and counted.

    Returns
    -------
    BeforeAfter

    Raises
    ------
    FrameError
        If a value is no number, or there are more than 100 lessons.

    Notes
    -----
    W is the sum of the mid-ranks after the change. Of all C(n1 + n2, n2) arrangements of the ranks, p_fall is
    the share with a sum of W or less, p_rise with W or more, and ``either`` the share at least as far from
    the mean of all arrangements. Source: Lehmann (1975), Nonparametrics, chapters 1.2 and 1.4. SciPy's exact
    Mann-Whitney test ignores ties, which Likert medians have all the time; hence our own count.

    Examples
    --------
    >>> result = before_after([1.2, 1.0, 1.4, 1.2], [0.6, 0.8, 1.0, 0.4], expect="fall")
    >>> round(result.shift, 3), round(result.p, 4), result.arrangements
    (-0.5, 0.0286, 70)
    >>> str(before_after([1.2, 1.0], [0.6, 0.8], expect="fall").too_few)
    'Too few lessons: 4, and this needs at least 6. Even the clearest change could only give p = 0.17.'
    """
    _check_choices(expect, level, block)
    first = numbers_or_gaps("before and after", "before", before)
    second = numbers_or_gaps("before and after", "after", after)
    early, late = first[~np.isnan(first)], second[~np.isnan(second)]
    dropped = len(first) + len(second) - len(early) - len(late)
    if len(early) + len(late) > MOST_LESSONS:
        says = f"Arrangements are counted up to {MOST_LESSONS} lessons."
        raise bad_argument("before and after", "after", len(early) + len(late), says)
    blocks = (len(early) // block, len(late) // block)
    used_early, used_late = early[len(early) - blocks[0] * block :], late[: blocks[1] * block]
    too_few = too_few_lessons(*blocks, expect, level, block)
    below = above = far = None
    if too_few is None:
        below, above, far = _exact(used_early, used_late, block)
    return BeforeAfter(
        n_before=len(used_early),
        n_after=len(used_late),
        dropped=dropped,
        unpaired=len(early) + len(late) - len(used_early) - len(used_late),
        shift=_hodges_lehmann(used_early, used_late),
        mean_change=float(used_late.mean() - used_early.mean()) if min(blocks) else None,
        p={"fall": below, "rise": above, "either": far}[expect],
        p_fall=below,
        p_rise=above,
        smallest_p=smallest_p(*blocks, expect) if min(blocks) else None,
        arrangements=comb(sum(blocks), blocks[1]),
        expect=expect,
        level=level,
        block=block,
        method=METHOD if block == 1 else f"{METHOD}, blocks of {block} lessons kept together",
        version=VERSION,
        too_few=too_few,
    )


def smallest_p(n_before: int, n_after: int, expect: Expect = "either") -> float:
    """Return the smallest p value that so many lessons before and after can give, without ties.

    Examples
    --------
    >>> [round(smallest_p(n, n, "fall"), 3) for n in (2, 3, 4)]
    [0.167, 0.05, 0.014]
    """
    return min(1.0, (2 if expect == "either" else 1) / comb(n_before + n_after, n_after))


def too_few_lessons(before: int, after: int, expect: Expect, level: float, block: int = 1) -> TooFew | None:
    """Return why no change could be shown, and how many lessons could show one; None if these can."""
    best = smallest_p(before, after, expect) if before and after else 1.0
    if best <= level:
        return None
    need = [before, after]
    while smallest_p(need[0], need[1], expect) > level or not min(need):
        need[need[0] > need[1]] += 1
    hint = f"Even the clearest change could only give p = {best:.2g}."
    return TooFew("lessons", (before + after) * block, sum(need) * block, hint)


def mid_ranks_doubled(values: Floats) -> Ints:
    """Return twice the mid-rank of every value, a whole number; values a rounding apart are tied.

    Examples
    --------
    >>> mid_ranks_doubled(np.array([0.3, 0.1 + 0.2, 5.0, 0.1])).tolist()
    [5, 5, 8, 2]
    """
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    nearest = ON_THE_LINE * max(float(np.abs(values).max(initial=0.0)), 0.0)
    starts = np.concatenate([[True], np.diff(ordered) > nearest])
    begin = np.flatnonzero(starts)
    end = np.append(begin[1:], len(values))
    ranks = np.empty(len(values), dtype=np.int64)
    ranks[order] = (begin + end + 1)[np.cumsum(starts) - 1]
    return ranks


def rank_sum_counts(ranks: Ints, chosen: int) -> Floats:
    """Return how many choices of ``chosen`` of the whole-number ranks have each sum, from 0 upward.

    Examples
    --------
    >>> rank_sum_counts(np.array([1, 2, 3]), 2).tolist()
    [0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0]
    """
    counts = np.zeros((chosen + 1, int(ranks.sum()) + 1))
    counts[0, 0] = 1.0
    for rank in ranks.tolist():
        # From the fullest choice down, so that no rank is chosen twice.
        for size in range(chosen, 0, -1):
            counts[size, rank:] += counts[size - 1, : counts.shape[1] - rank]
    return np.asarray(counts[chosen])


def _exact(early: Floats, late: Floats, block: int) -> tuple[float, float, float]:
    """Return the chance of a rank sum this low, this high, and this far from the middle."""
    ranks = mid_ranks_doubled(np.concatenate([early, late])).reshape(-1, block).sum(axis=1)
    blocks = len(late) // block
    counts = rank_sum_counts(ranks, blocks)
    total, observed = counts.sum(), int(ranks[len(ranks) - blocks :].sum())
    # Whole numbers: the mean of all sums is blocks * sum / len, so compare len * sum with blocks * total.
    away = np.abs(len(ranks) * np.arange(len(counts)) - blocks * int(ranks.sum()))
    far = counts[away >= away[observed]].sum()
    return (
        float(counts[: observed + 1].sum() / total),
        float(counts[observed:].sum() / total),
        float(far / total),
    )


def _hodges_lehmann(early: Floats, late: Floats) -> float | None:
    if not (len(early) and len(late)):
        return None
    return float(np.median(np.subtract.outer(late, early)))


def _check_choices(expect: str, level: float, block: int) -> None:
    if expect not in ("fall", "rise", "either"):
        raise bad_argument("before and after", "expect", expect, "Expected fall, rise or either.")
    if not 0 < level <= 1:
        raise bad_argument("before and after", "level", level, "Expected a chance above 0 and up to 1.")
    if block != int(block) or block < 1:
        raise bad_argument("before and after", "block", block, "Expected 1 or more lessons.")

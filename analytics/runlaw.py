"""The exact law of runs: how likely so long a run and so few crossings are when nothing changes.

A series is read as a row of marks, above or below a centre line. Three lines, three laws:

* ``fixed``: the line was known beforehand (an aim, a long history): every mark is a fair coin.
* ``own``: the line is the median of the very same points: as many marks above as below, in any order.
* ``frozen``: the line is the median of a few baseline points, extended over later ones.

The number of rows with given crossings and longest run is a count of ordered sums (compositions): k runs of
length 1 to l that make m points. All counts are carried times 2**-m, so nothing overflows and, as only
positive numbers are added, nothing cancels.

Sources: Wentzel-Larsen and Anhoej (2019), PLoS ONE 14(10) e0223233, for the fixed line and the own median;
the frozen line is our own extension, by the law of exchangeable points (module text of ``_later_above``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import comb
from typing import Literal

import numpy as np

from analytics.arrays import Floats, Ints, bad_argument

MOST_POINTS = 500
"""Useful points up to which the exact law is worked out; 2**-m stays a normal number far beyond."""

MOST_FROZEN = 100
"""The same for a frozen line, whose law costs more."""

Centre = Literal["fixed", "own", "frozen"]
Baseline = tuple[int, int, int]
"""Baseline points in all, and those above and below the line."""


@dataclass(frozen=True)
class RunChance:
    """How likely a row of marks like this one is when nothing changes.

    Parameters
    ----------
    longest_run : float
        Chance of a longest run of this length or longer.
    crossings : float
        Chance of this many crossings or fewer.
    both, either : float
        Chance of both at once; chance of at least one of the two.
    joint : float
        Chance of exactly this longest run together with exactly these crossings.
    law : str
        ``fixed``, ``own`` or ``frozen``: what the chance takes for granted about the centre line.
    """

    longest_run: float
    crossings: float
    both: float
    either: float
    joint: float
    law: Centre


def run_chance(
    crossings: int,
    longest: int,
    *,
    above: int,
    below: int,
    centre: Centre = "fixed",
    baseline: Baseline | None = None,
) -> RunChance:
    """Return the exact chance of these crossings and this longest run.

    Parameters
    ----------
    crossings, longest : int
        Changes of side, 0 or more; length of the longest run, 1 or more.
    above, below : int
        Useful points above and below the line. For ``fixed`` only their sum matters; for ``own`` the law is
        that of all orders of these marks, which is also right when ties on the median make them unequal.
    centre : {"fixed", "own", "frozen"}
        How the line came about.
    baseline : tuple of int, optional
        For ``frozen``: baseline points in all, and those above and below the line.

    Returns
    -------
    RunChance

    Raises
    ------
    FrameError
        If no row of marks has these numbers, or there are more useful points than :func:`most_points`.

    Notes
    -----
    fixed: P(C = c, L <= l) = 2 A(c+1, n; l) / 2**n, where A(k, m; l) counts the ordered sums of k parts of 1
    to l that make m. own: [A(k1, a; l) A(k2, b; l) + A(k2, a; l) A(k1, b; l)] / C(a+b, a) with k1 and k2 the
    halves of c + 1 rounded up and down.

    Examples
    --------
    >>> chance = run_chance(2, 8, above=9, below=3)
    >>> f"{chance.longest_run:.3f} {chance.crossings:.3f} {chance.joint:.4f}"
    '0.023 0.033 0.0044'
    """
    points = above + below
    if not (1 <= longest <= points and 0 <= crossings < points and min(above, below) >= 0):
        says = f"No {points} points have such a longest run with {crossings} crossings."
        raise bad_argument("run law", "longest", longest, says)
    if points > most_points(centre):
        says = f"The exact law is worked out up to {most_points(centre)} useful points."
        raise bad_argument("run law", "above", points, says)
    at_most = _crossings_given_longest(longest, above, below, centre, baseline)
    shorter = _crossings_given_longest(longest - 1, above, below, centre, baseline)
    every = _crossings_given_longest(points, above, below, centre, baseline)
    few = float(every[: crossings + 1].sum())
    long_run = float(every.sum() - shorter.sum())
    both = few - float(shorter[: crossings + 1].sum())
    joint = float(at_most[crossings] - shorter[crossings])
    long_run, few, both, joint = (min(max(chance, 0.0), 1.0) for chance in (long_run, few, both, joint))
    return RunChance(long_run, few, both, min(long_run + few - both, 1.0), joint, centre)


def most_points(centre: Centre) -> int:
    """Return up to how many useful points the exact law of this kind of line is worked out."""
    return MOST_FROZEN if centre == "frozen" else MOST_POINTS


def run_law(above: int, below: int, *, centre: Centre = "fixed", baseline: Baseline | None = None) -> Floats:
    """Return the joint law as a table: row c, column l holds P(crossings = c, longest run = l).

    Parameters are those of :func:`run_chance`; column 0 is empty because a run has at least one point.

    Examples
    --------
    Of the 8 rows of three marks, 2 never cross, 4 cross once, 2 cross twice:

    >>> (8 * run_law(2, 1)).round().astype(int).tolist()
    [[0, 0, 0, 2], [0, 0, 4, 0], [0, 2, 0, 0]]
    """
    points = above + below
    columns = [
        _crossings_given_longest(longest, above, below, centre, baseline) for longest in range(points + 1)
    ]
    return np.diff(np.column_stack(columns), axis=1, prepend=0.0)


def _crossings_given_longest(
    longest: int, above: int, below: int, centre: Centre, baseline: Baseline | None
) -> Floats:
    """Return P(C = c, L <= longest) for c = 0, 1, ..., n - 1."""
    if centre == "fixed":
        return _fixed(longest, above + below)
    if centre == "own":
        return _own(longest, above, below)
    if baseline is None:
        says = "A frozen line needs the baseline's points: all, above and below."
        raise bad_argument("run law", "baseline", None, says)
    return _frozen(longest, baseline, above + below - baseline[1] - baseline[2])


@lru_cache(maxsize=64)
def _orderings(longest: int, size: int) -> Floats:
    """Return [k, m]: 2**-m times the number of ordered sums of k parts of 1 to ``longest`` that make m."""
    part = np.zeros(size + 1)
    part[1 : longest + 1] = 0.5 ** np.arange(1, min(longest, size) + 1)
    table = np.zeros((size + 1, size + 1))
    table[0, 0] = 1.0
    for runs in range(1, size + 1):
        table[runs] = np.convolve(table[runs - 1], part)[: size + 1]
    return table


def _table(longest: int, points: int) -> Floats:
    """Return a table that is large enough, of few different sizes so that series of like length share it."""
    size = 32
    while size < points:
        size *= 2
    return _orderings(min(longest, size), size)


@lru_cache(maxsize=4096)
def _fixed(longest: int, points: int) -> Floats:
    return 2.0 * _table(longest, points)[1 : points + 1, points]


@lru_cache(maxsize=4096)
def _own(longest: int, above: int, below: int) -> Floats:
    points = above + below
    table = _table(longest, max(above, below, 1))
    runs = np.arange(1, points + 1)
    more, fewer = _part(table, (runs + 1) // 2), _part(table, runs // 2)
    # Python divides whole numbers of any length correctly, so this is the count of orders times 2**-points.
    orders = comb(points, above) / 2**points
    return np.asarray((more[:, above] * fewer[:, below] + fewer[:, above] * more[:, below]) / orders)


def _part(table: Floats, runs: Ints) -> Floats:
    """Return the rows for these numbers of runs; more runs than the table holds cannot happen."""
    rows = table[np.minimum(runs, len(table) - 1)]
    return np.where((runs < len(table))[:, None], rows, 0.0)


@lru_cache(maxsize=4096)
def _frozen(longest: int, baseline: Baseline, later: int) -> Floats:
    """Return the law of baseline marks in any order, followed by later marks in any order."""
    points, above, below = baseline
    if not above + below:
        chance_above = _later_above(points, later)
        laws = [chance * _own(longest, j, later - j) for j, chance in enumerate(chance_above)]
        return np.asarray(np.sum(laws, axis=0))
    if not later:
        return _own(longest, above, below)
    ends = _by_last_run(longest, above, below)
    starts = _later_by_first_run(longest, points, later)
    # A run that spans the border is one run: its two parts together may not be longer than allowed.
    law = np.zeros(above + below + later)
    total = starts.sum(axis=1)
    up_to = starts.cumsum(axis=1)
    for side in (0, 1):
        law[1:] += np.convolve(ends[side].sum(axis=0), total[1 - side])
        for length in range(1, longest):
            law[:-1] += np.convolve(ends[side, length], up_to[side, longest - length])
    return law


def _by_last_run(longest: int, above: int, below: int) -> Floats:
    """Return [side, r, c]: P(last run is on this side and r long, c crossings, no run too long).

    All orders of the marks are equally likely; read backwards, it is the law of the first run.
    """
    return _mixed_by_last_run(longest, above + below, np.array([above]), np.array([1.0]))


@lru_cache(maxsize=512)
def _later_by_first_run(longest: int, baseline: int, later: int) -> Floats:
    """Return the law of the later marks by side and length of their first run."""
    return _mixed_by_last_run(longest, later, np.arange(later + 1), _later_above(baseline, later))


def _mixed_by_last_run(longest: int, points: int, above: Ints, chance: Floats) -> Floats:
    """Return the law by side and length of the last run, for numbers of marks above the line by chance."""
    table = _table(longest, points)
    crossings, length = np.arange(points), np.arange(longest + 1)
    own_runs, other_runs = table[crossings // 2], table[(crossings + 1) // 2]
    weight = chance / np.array([comb(points, int(marks)) / 2**points for marks in above])
    law = np.zeros((2, longest + 1, points))
    for side, own in enumerate((above, points - above)):
        fits = (length >= 1) & (length <= own[:, None])
        rest = np.where(fits, own[:, None] - length, 0)
        share = np.where(fits, 0.5**length * weight[:, None], 0.0)
        # c crossings, a mixtures, r lengths of the last run.
        law[side] = np.einsum("car,ca,ar->rc", own_runs[:, rest], other_runs[:, points - own], share)
    return law


@lru_cache(maxsize=1024)
def _later_above(baseline: int, later: int) -> Floats:
    """Return P(j of the later points lie above the median of the baseline points), j = 0, 1, ..., later.

    Baseline and later points are exchangeable: their common order is any order. With an odd number of
    baseline points the median is one of them and the law is exact (negative hypergeometric). With an even
    number it is the midpoint of two, and a later point between those two is taken to lie above it with chance
    1/2: exact where values are spread evenly between the two, within 0.01 for bell-shaped values.
    """
    half = (baseline + 1) // 2
    orders = comb(baseline + later, baseline)
    # beyond[m]: orders of m later points and the baseline points on one side of the median.
    beyond = np.array([comb(m + half - 1, half - 1) / orders**0.5 for m in range(later + 1)])
    if baseline % 2:
        return np.asarray(beyond * beyond[::-1])
    law = np.zeros(later + 1)
    for between in range(later + 1):
        apart = beyond[: later + 1 - between] * beyond[: later + 1 - between][::-1]
        law += np.convolve(apart, [comb(between, heads) / 2**between for heads in range(between + 1)])
    return law

"""What a plan of so many lessons before and after can show, worked out before the first lesson is taught."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.optimize import brentq

from analytics.arrays import Floats, bad_argument
from analytics.change import Expect, rank_sum_counts, smallest_p, too_few_lessons
from analytics.results import VERSION, TooFew

MOST_LESSONS = 15
"""Lessons before, and lessons after, up to which the power of a plan is worked out."""

GRID = np.linspace(-6.0, 6.0, 361)
METHOD = "exact power of the rank-sum test for a shift of bell-shaped values"


@dataclass(frozen=True)
class SmallestChange:
    """The smallest true change that a plan will show with the wanted chance.

    Parameters
    ----------
    n_before, n_after : int
        Lessons planned.
    in_sd : float or None
        The change, in standard deviations between lessons where nothing changes.
    in_points : float or None
        The same in the unit of the values, where their standard deviation was given.
    smallest_p : float
        The smallest p value that the plan can give.
    expect, level, power : str, float, float
        What was asked: the side, the p value from which a change is claimed, the chance of claiming it.
    method, version : str
        Name of the calculation; version of rules and constants.
    too_few : TooFew or None
        Why no change, however large, could be shown.
    """

    n_before: int
    n_after: int
    in_sd: float | None
    in_points: float | None
    smallest_p: float
    expect: Expect
    level: float
    power: float
    method: str
    version: str
    too_few: TooFew | None


def smallest_change(
    n_before: int,
    n_after: int,
    *,
    sd: float | None = None,
    expect: Expect = "fall",
    level: float = 0.05,
    power: float = 0.8,
) -> SmallestChange:
    """Return the smallest change that so many lessons before and after can show.

    Parameters
    ----------
    n_before, n_after : int
        Lessons, 1 to 15 each.
    sd : float, optional
        Standard deviation between lessons where nothing changes, in the unit of the values. Take it from
        many classes: that of three baseline lessons is a guess.
    expect : {"fall", "rise", "either"}
        What the plan says will happen.
    level : float
        A change is claimed at this p value or below.
    power : float
        Chance with which a change of this size is to be claimed.

    Returns
    -------
    SmallestChange

    Raises
    ------
    FrameError
        If a number of lessons, ``sd``, ``level`` or ``power`` is outside its range.

    Notes
    -----
    The power is that of independent, normally distributed lessons: the chances of all orders in which the
    lessons can fall, by repeated integration over the ordered values, to 1e-3. Likert values with many
    ties, or lessons that are alike, show less.

    Examples
    --------
    >>> plan = smallest_change(4, 6, sd=0.4)
    >>> round(plan.in_sd, 1), round(plan.in_points, 1)
    (2.0, 0.8)
    >>> str(smallest_change(2, 2).too_few)
    'Too few lessons: 4, and this needs at least 6. Even the clearest change could only give p = 0.17.'
    """
    _check_plan(n_before, n_after, sd, level, power)
    too_few = too_few_lessons(n_before, n_after, expect, level)
    in_sd = None if too_few else _solve(n_before, n_after, expect, level, power)
    return SmallestChange(
        n_before=n_before,
        n_after=n_after,
        in_sd=in_sd,
        in_points=in_sd * sd if in_sd is not None and sd is not None else None,
        smallest_p=smallest_p(n_before, n_after, expect),
        expect=expect,
        level=level,
        power=power,
        method=METHOD,
        version=VERSION,
        too_few=too_few,
    )


def chance_to_show(
    n_before: int, n_after: int, shift: float, *, expect: Expect = "fall", level: float = 0.05
) -> float:
    """Return the power: how likely the plan is to show a change of ``shift`` standard deviations.

    ``shift`` is the size of the change in the expected direction; with ``either`` its direction is free.

    Examples
    --------
    >>> [round(chance_to_show(n, n, 2.0), 2) for n in (3, 4, 6)]
    [0.62, 0.66, 0.92]
    """
    _check_plan(n_before, n_after, None, level, 0.5)
    low, high = _critical(n_before, n_after, expect, level)
    law = _order_law(n_before, n_after, abs(shift))
    # Written for a rise: pairs in which the later lesson is the higher one.
    return float(law[: low + 1].sum() + law[high:].sum())


def _critical(before: int, after: int, expect: Expect, level: float) -> tuple[int, int]:
    """Return up to which, and from which, number of won pairs a change is claimed (-1: never)."""
    counts = rank_sum_counts(np.arange(1, before + after + 1), after)[after * (after + 1) // 2 :]
    pairs = before * after
    tail = np.cumsum(counts[: pairs + 1]) / counts.sum()
    allowed = level / 2 if expect == "either" else level
    # The law is symmetric, so the upper tail mirrors the lower; the margin absorbs the rounding of 1/20.
    low = int(np.sum(tail <= allowed * (1 + 1e-12))) - 1
    return (low if expect == "either" else -1), pairs - low


@lru_cache(maxsize=256)
def _order_law(before: int, after: int, shift: float) -> Floats:
    """Return P(number of pairs whose later lesson is higher = u), u = 0, 1, ..., before * after.

    reached[j][u] holds, for every z of a grid, the chance that i before and j after lessons are the lowest
    ones, in order, all below z, with u pairs won; adding an after lesson wins a pair with each before lesson
    that is already there.
    """
    grid = np.linspace(GRID[0], GRID[-1] + shift, len(GRID) + int(shift / (GRID[1] - GRID[0])))
    step = grid[1] - grid[0]
    density = np.exp(-(grid**2) / 2) / np.sqrt(2 * np.pi)
    later = np.exp(-((grid - shift) ** 2) / 2) / np.sqrt(2 * np.pi)
    pairs = before * after
    reached: list[Floats] = []
    for i in range(before + 1):
        row: list[Floats] = []
        for j in range(after + 1):
            if i == j == 0:
                start = np.zeros((pairs + 1, len(grid)))
                start[0] = 1.0
                row.append(start)
                continue
            rate = np.zeros((pairs + 1, len(grid)))
            if i:
                rate += density * reached[j]
            if j:
                rate[i:] += later * row[j - 1][: pairs + 1 - i]
            row.append(_integral(rate, step))
        reached = row
    law = reached[after][:, -1]
    return np.asarray(law / law.sum())  # The sum is 1 / (before! after!) but for the error of the grid.


def _integral(rate: Floats, step: float) -> Floats:
    """Return the running integral along the last axis, by the cubic through four neighbours."""
    around = np.pad(rate, ((0, 0), (1, 1)))  # Beyond the grid there is nothing.
    pieces = 13 * (around[:, 1:-2] + around[:, 2:-1]) - around[:, :-3] - around[:, 3:]
    total = np.zeros_like(rate)
    np.cumsum(pieces * (step / 24), axis=1, out=total[:, 1:])
    return total


def _solve(before: int, after: int, expect: Expect, level: float, power: float) -> float:
    """Return the shift at which the power is the wanted one, to 1e-3 standard deviations."""

    def lacking(shift: float) -> float:
        return chance_to_show(before, after, shift, expect=expect, level=level) - power

    high = 1.5
    while lacking(high) < 0:
        high *= 2
    return float(brentq(lacking, 0.0, high, xtol=1e-3))


def _check_plan(before: int, after: int, sd: float | None, level: float, power: float) -> None:
    for name, lessons in (("n_before", before), ("n_after", after)):
        if not 1 <= lessons <= MOST_LESSONS or lessons != int(lessons):
            raise bad_argument("plan", name, lessons, f"Expected 1 to {MOST_LESSONS} lessons.")
    if sd is not None and not 0 < sd < np.inf:
        raise bad_argument("plan", "sd", sd, "Expected a standard deviation above 0.")
    if not 0 < level < 1:
        raise bad_argument("plan", "level", level, "Expected a chance between 0 and 1.")
    if not level < power < 1:
        raise bad_argument("plan", "power", power, "Expected a chance between the level and 1.")

"""Counting runs in many series at once, without a loop over series.

Values stand in one long array, one series after the other in order of time; ``group`` rises along it and says
which series each value belongs to. No value is missing here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.arrays import Bools, Floats, Ints

ON_THE_LINE = 1e-10
"""Distance from the line, as a share of the series' largest value, up to which a point lies on it: two means
of the same answers may differ in their last binary digit."""


@dataclass(frozen=True)
class Runs:
    """Counts, one a series; ``sides`` has one mark a value: 1 above, 0 on, -1 below the line."""

    sides: Ints
    useful: Ints
    above: Ints
    longest: Ints
    crossings: Ints


def count_runs(value: Floats, group: Ints, groups: int, line: Floats) -> Runs:
    """Return useful points, longest run and crossings of every series about its line.

    Examples
    --------
    >>> value, group = np.array([3.0, 4, 1, 2, 9, 9]), np.array([0, 0, 0, 0, 1, 1])
    >>> runs = count_runs(value, group, 2, np.array([2.0, 5.0]))
    >>> runs.useful.tolist(), runs.longest.tolist(), runs.crossings.tolist()
    ([3, 2], [2, 2], [1, 0])
    """
    largest = np.zeros(groups)
    np.maximum.at(largest, group, np.abs(value))
    away = value - line[group]
    # Without a line (NaN) no point is useful.
    off = np.abs(away) > ON_THE_LINE * largest[group]
    sides = np.where(off, np.sign(np.where(off, away, 0.0)), 0.0).astype(np.int64)
    mark, owner = sides[sides != 0], group[sides != 0]
    starts = np.ones(len(mark), dtype=bool)
    starts[1:] = (mark[1:] != mark[:-1]) | (owner[1:] != owner[:-1])
    begin = np.flatnonzero(starts)
    longest = np.zeros(groups, dtype=np.int64)
    np.maximum.at(longest, owner[begin], np.diff(np.append(begin, len(mark))))
    return Runs(
        sides=sides,
        useful=per_group(owner, groups),
        above=per_group(owner[mark > 0], groups),
        longest=longest,
        crossings=np.maximum(per_group(owner[begin], groups) - 1, 0),
    )


def medians(value: Floats, group: Ints, groups: int, chosen: Bools | None = None) -> Floats:
    """Return the median of the chosen values of every series, NaN where there is none.

    Examples
    --------
    >>> medians(np.array([3.0, 1, 2, 9]), np.array([0, 0, 0, 2]), 3).tolist()
    [2.0, nan, 9.0]
    """
    if chosen is not None:
        value, group = value[chosen], group[chosen]
    count = per_group(group, groups)
    start = np.cumsum(count) - count
    ordered = np.append(value[np.lexsort((value, group))], np.nan)  # The last cell serves empty series.
    low = np.where(count > 0, start + (count - 1) // 2, -1)
    high = np.where(count > 0, start + count // 2, -1)
    return np.asarray((ordered[low] + ordered[high]) / 2)


def per_group(group: Ints, groups: int) -> Ints:
    """Return how many rows each series has."""
    return np.bincount(group, minlength=groups).astype(np.int64)

"""What a released cell shows: bands, steps, means with blunt ends, distributions with merged segments.

Two views of the same rule live here. *Shown* is what people read. *Known* is what somebody who subtracts can
make of it, in answers: the lowest and highest number of favourable answers and the lowest and highest sum of
steps. The audit works with *known*, and takes a mean or a whole percentage as if it were exact.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analytics.columns import Bools, Ints

BANDS, STEPS, FULL = 1, 2, 3
"""What a cell may show, from its number of students; 0 is nothing."""

LOW_BAND, HIGH_BAND = 20, 80
"""Ends of the bands and of the steps, in per cent favourable."""

COARSE = 5
"""What percentages and means are rounded to below the policy's ``whole_from`` students; 1 above. Sums of few
answers that are known to the last one can be subtracted from one another too well."""

MEAN_LOW, MEAN_HIGH = 10, 90
"""A mean at or beyond these is shown as "10 or less" and "90 or more": nearer to the end of the scale it
would say that nearly everyone answered alike, and so what each of them answered."""


@dataclass(frozen=True)
class Sums:
    """What the answers of each cell add up to.

    ``favourable`` counts answers, ``total`` adds steps (0 for the least favourable option), ``top`` is the
    highest step, ``favourable_from`` the first favourable step, ``smaller_side`` the distinct students on the
    side, favourable or not, that has fewer of them. ``grain`` is what percentages and means are rounded to,
    ``at_ends`` (two rows) counts the answers at the lowest and at the highest option, -1 where these are no
    segments of their own.
    """

    answers: Ints
    favourable: Ints
    total: Ints
    top: Ints
    favourable_from: Ints
    smaller_side: Ints
    grain: Ints
    at_ends: Ints


@dataclass(frozen=True)
class Known:
    """What a reader of the figures knows of each cell, as whole numbers from a lowest to a highest.

    ``at_ends`` counts the answers at the lowest and at the highest option, in two rows; -1 where they are not
    known.
    """

    least: Ints
    most: Ints
    total_least: Ints
    total_most: Ints
    at_ends: Ints | None = None

    def only(self, chosen: Ints) -> Known:
        """Return what is known of some of the cells."""
        ends = None if self.at_ends is None else self.at_ends[:, chosen]
        totals = self.total_least[chosen], self.total_most[chosen]
        return Known(self.least[chosen], self.most[chosen], *totals, ends)

    def without(self, *, favourable: Ints, total: Ints, at_ends: Ints) -> Known:
        """Return what is known of the rest, when some answers behind each cell are known."""
        ends = self.at_ends
        if ends is not None:
            ends = np.where(ends < 0, -1, ends - at_ends)
        return Known(
            np.maximum(self.least - favourable, 0),
            self.most - favourable,
            self.total_least - total,
            self.total_most - total,
            ends,
        )


def known(sums: Sums, detail: Ints, smallest_segment: int) -> Known:
    """Return what the figures of each cell give away; all of 0 to everything where nothing is shown.

    Examples
    --------
    Two of nine favourable are "between 20 and 80 %", which could be two to seven:

    >>> one = np.ones(1, dtype=np.int64)
    >>> nine = Sums(9 * one, 2 * one, 12 * one, 3 * one, 2 * one, 2 * one, 5 * one, np.zeros((2, 1), int))
    >>> given = known(nine, one * BANDS, 3)
    >>> [int(given.least[0]), int(given.most[0]), int(given.total_most[0])]
    [2, 7, 27]
    """
    n, f = sums.answers, sums.favourable
    low, high = share_range(sums, detail, smallest_segment)
    least = np.where(
        low > LOW_BAND, -(-low * n // 100), np.where(low == LOW_BAND, n * LOW_BAND // 100 + 1, 0)
    )
    most = np.where(high < 100, -(-high * n // 100) - 1, n)
    most = np.where((low == 0) & (high == LOW_BAND), n * LOW_BAND // 100, most)
    exact = _exact(sums, detail, smallest_segment)
    blind = detail == 0
    least = np.where(blind, 0, np.where(exact, f, least))
    most = np.where(blind, n, np.where(exact, f, most))
    scale = n * sums.top
    mean_low, mean_high = mean_ends(sums, detail)
    total_least = np.where(mean_high > 0, -(-MEAN_HIGH * scale // 100), sums.total)
    total_most = np.where(mean_low > 0, MEAN_LOW * scale // 100, sums.total)
    total_least = np.where((detail < STEPS) | (mean_low > 0), 0, total_least)
    total_most = np.where((detail < STEPS) | (mean_high > 0), scale, total_most)
    ends = np.where(detail == FULL, sums.at_ends, -1)
    return Known(least, most, total_least, total_most, ends)


def share_range(sums: Sums, detail: Ints, smallest_segment: int) -> tuple[Ints, Ints]:
    """Return the shown share as a range in per cent; equal ends are a whole percentage.

    Ranges are (0, 20) for 20 % or less, (80, 100) for 80 % or more, (20, 80) for the middle band and, from
    the policy's ``steps_from`` on, the step of ten around it: from its lower end to just below its upper.
    """
    n, f = np.maximum(sums.answers, 1), sums.favourable
    low = np.full(len(n), LOW_BAND, dtype=np.int64)
    high = np.full(len(n), HIGH_BAND, dtype=np.int64)
    stepped = (detail == STEPS) | (detail == FULL)
    step = 10 * (10 * f // n)
    low = np.where(stepped, step, low)
    high = np.where(stepped, step + 10, high)
    exact = _exact(sums, detail, smallest_segment)
    percent = rounded(f, n, sums.grain)
    low, high = np.where(exact, percent, low), np.where(exact, percent, high)
    at_low = ~exact & (100 * f <= LOW_BAND * n)
    at_high = ~exact & (100 * f >= HIGH_BAND * n)
    low = np.where(at_low, 0, np.where(at_high, HIGH_BAND, low))
    high = np.where(at_low, LOW_BAND, np.where(at_high, 100, high))
    return low, high


def mean_ends(sums: Sums, detail: Ints) -> tuple[Ints, Ints]:
    """Return the end that stands in place of a mean: "or less" first, "or more" second, 0 where none does."""
    scale = sums.answers * sums.top
    low = (detail >= STEPS) & (100 * sums.total <= MEAN_LOW * scale)
    high = (detail >= STEPS) & (100 * sums.total >= MEAN_HIGH * scale)
    return np.where(low, MEAN_LOW, 0), np.where(high, MEAN_HIGH, 0)


def mean(sums: Sums, grain: Ints) -> Ints:
    """Return the mean on the 0-100 scale to the nearest ``grain``."""
    return rounded(sums.total, sums.answers * sums.top, grain)


def rounded(part: Ints, whole: Ints, grain: Ints) -> Ints:
    """Return a part of a whole in per cent to the nearest ``grain``, halves up, in whole-number arithmetic.

    Examples
    --------
    >>> rounded(np.array([7, 7]), np.array([12, 12]), np.array([1, 5])).tolist()
    [58, 60]
    """
    size = np.maximum(whole, 1) * grain
    return np.asarray(grain * ((200 * part + size) // (2 * size)), dtype=np.int64)


def words(low: int, high: int) -> str:
    """Return a shown share in words.

    Examples
    --------
    >>> [words(0, 20), words(20, 80), words(80, 100), words(40, 50), words(63, 63)]
    ['20 % or less', 'between 20 and 80 %', '80 % or more', '40 to 50 %', '63 %']
    """
    if low == high:
        return f"{low} %"
    if low == 0:
        return f"{high} % or less"
    if high == 100:
        return f"{low} % or more"
    return f"between {low} and {high} %" if high - low > 10 else f"{low} to {high} %"


def segments(
    counts: Ints, favourable_from: int, smallest: int, grain: int, students: Callable[[int, int], int]
) -> tuple[tuple[int, int, int], ...]:
    """Merge the options of one item until each segment holds enough students.

    The segment with fewest students joins its smaller neighbour, on its own side of the favourable border
    where it has one there, until every segment has ``smallest`` students. Where the share is "20 % or less"
    or "80 % or more", the options of the smaller side are one segment with the next option from the start.
    What would be a single segment says nothing and is not shown.

    Parameters
    ----------
    counts : array of int
        Answers at each step, least favourable first.
    favourable_from : int
        The first favourable step.
    smallest : int
        Students that a segment needs.
    grain : int
        What percentages are rounded to.
    students : function
        Gives the distinct students whose answers lie between two steps, both included.

    Returns
    -------
    tuple of (int, int, int)
        First and last option, counted from 1 for the least favourable, and the percentage of answers.

    Examples
    --------
    >>> answers = np.array([2, 6, 9, 12])
    >>> segments(answers, 2, 3, 1, lambda low, high: int(answers[low:high + 1].sum()))
    ((1, 2, 28), (3, 3, 31), (4, 4, 41))
    >>> answers = np.array([1, 2, 9, 12])
    >>> segments(answers, 2, 3, 1, lambda low, high: int(answers[low:high + 1].sum()))
    ((1, 3, 50), (4, 4, 50))
    """
    parts = _options(counts, favourable_from)
    size = {part: students(*part) for part in parts}
    while len(parts) > 1:
        number, low = min((size[part], place) for place, part in enumerate(parts))
        if number >= smallest:
            break
        neighbours = [place for place in (low - 1, low + 1) if 0 <= place < len(parts)]
        side = parts[low][0] >= favourable_from
        other = min(
            neighbours,
            key=lambda place: ((parts[place][0] >= favourable_from) != side, size[parts[place]], place),
        )
        first, last = sorted((low, other))
        joined = (parts[first][0], parts[last][1])
        parts[first : last + 1] = [joined]
        size[joined] = students(*joined)
    if len(parts) == 1:
        return ()
    answers = np.array([counts[first : last + 1].sum() for first, last in parts])
    percent = rounded(answers, counts.sum(), np.array(grain)).tolist()
    return tuple((first + 1, last + 1, size) for (first, last), size in zip(parts, percent, strict=True))


def at_end(favourable: Ints, answers: Ints) -> Bools:
    """Say where the share favourable lies at one of its blunt ends, 20 % or less and 80 % or more."""
    ends = (100 * favourable <= LOW_BAND * answers) | (100 * favourable >= HIGH_BAND * answers)
    return np.asarray(ends, dtype=np.bool_)


def ends_apart(favourable: Ints, answers: Ints, top: Ints, favourable_from: Ints) -> Bools:
    """Say (two rows) where the lowest and the highest option are not merged by a blunt share."""
    low, high = 100 * favourable <= LOW_BAND * answers, 100 * favourable >= HIGH_BAND * answers
    lowest = ~high & ~(low & (favourable_from <= 1))
    highest = ~low & ~(high & (favourable_from >= top))
    return np.stack((lowest, highest))


def _options(counts: Ints, favourable_from: int) -> list[tuple[int, int]]:
    """Return the options as segments; where the share is blunt, no segment may end where it is measured."""
    single = [(step, step) for step in range(len(counts))]
    favourable = counts[favourable_from:].sum()
    if not at_end(favourable, counts.sum()):
        return single
    first, last = (
        (0, favourable_from) if 2 * favourable > counts.sum() else (favourable_from - 1, len(counts) - 1)
    )
    first = max(first, 0)
    return [*single[:first], (first, last), *single[last + 1 :]]


def _exact(sums: Sums, detail: Ints, smallest_segment: int) -> Bools:
    """Say where a percentage is shown: not at the ends, nor where one side is so small that it is merged."""
    inside = (detail == FULL) & (sums.smaller_side >= smallest_segment)
    return np.asarray(inside & ~at_end(sums.favourable, sums.answers), dtype=np.bool_)

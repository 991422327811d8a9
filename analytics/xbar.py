"""Whole classes of changing size: the mean of a lesson (xbar) and how far students lie apart in it (s).

The limits rest on the spread *between students inside* a lesson. Lessons differ for more reasons than that,
so the xbar limits are too narrow for lesson-to-lesson noise: read :func:`analytics.spc.i_prime` for change
over time, and the s chart for what it alone tells, whether students come to agree more, or less.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, lgamma, sqrt
from typing import Literal

import numpy as np

from analytics.arrays import Cells, Floats, FrameError, Ints, numbers_or_gaps
from analytics.limits import FEWEST_POINTS, ControlChart, Cuts, Line, control_chart

Spread = Literal["pooled", "mean"]
SPREADS: dict[Spread, str] = {
    "pooled": "s pooled over lessons (Montgomery 6.31)",
    "mean": "mean of s over lessons of equal size (Montgomery 6.29)",
}


@dataclass(frozen=True)
class XbarS:
    """The two charts of one series of whole classes, and how s was averaged."""

    xbar: ControlChart
    s: ControlChart
    spread: Spread


def c4(n: int) -> float:
    """Return c4(n): the mean of s in standard deviations, for n values from a normal distribution.

    c4(n) = sqrt(2 / (n - 1)) Gamma(n / 2) / Gamma((n - 1) / 2).

    Examples
    --------
    >>> [round(c4(n), 4) for n in (2, 5, 25)]
    [0.7979, 0.94, 0.9896]
    """
    return sqrt(2 / (n - 1)) * exp(lgamma(n / 2) - lgamma((n - 1) / 2))


def xbar_s(
    lessons: Sequence[Cells],
    *,
    baseline: int | None = None,
    recalculate_from: Sequence[int] = (),
    fewest: int = FEWEST_POINTS,
) -> XbarS:
    """Return the xbar and s charts of lessons with changing numbers of answers.

    Parameters
    ----------
    lessons : sequence of list, array or Series of float
        The answers of each lesson, in order of time; a missing answer is None or NaN. A lesson with fewer
        than 2 answers has no spread: it is left out of both charts, and counted as dropped.
    baseline, recalculate_from, fewest
        As :func:`analytics.spc.xmr`.

    Returns
    -------
    XbarS

    Raises
    ------
    FrameError
        If an answer is no number (column ``lesson 1``, ``lesson 2``, ...), or there is no lesson.

    Notes
    -----
    centre = sum(n_i mean_i) / sum(n_i). s = sqrt(sum((n_i - 1) s_i^2) / sum(n_i - 1)) where sizes differ
    (Montgomery 6.30, 6.31), the mean of s_i where they are all equal (6.29). Limits: centre +- A3 s with
    A3 = 3 / (c4 sqrt(n_i)); B3 s and B4 s with B3, B4 = 1 -+ 3 sqrt(1 - c4^2) / c4, B3 not below 0.

    Examples
    --------
    >>> import numpy as np
    >>> draw = np.random.default_rng(7)
    >>> sizes = (20, 24, 18, 22, 25, 21, 23, 19, 24, 22, 20, 23)
    >>> charts = xbar_s([draw.integers(1, 5, size) for size in sizes])
    >>> charts.spread, round(charts.xbar.stretches[0].centre, 2), round(charts.s.stretches[0].centre, 2)
    ('pooled', 2.56, 1.14)
    """
    if not len(lessons):
        raise FrameError("xbar_s", "Expected at least one lesson.", column="lessons")
    answers = [
        numbers_or_gaps("xbar_s", f"lesson {place}", cells) for place, cells in enumerate(lessons, start=1)
    ]
    answered = [cells[~np.isnan(cells)] for cells in answers]
    told = np.array([len(cells) >= 2 for cells in answered])
    size = np.array([len(cells) if is_told else 2 for cells, is_told in zip(answered, told, strict=True)])
    mean = np.array(
        [cells.mean() if is_told else np.nan for cells, is_told in zip(answered, told, strict=True)]
    )
    deviation = np.array([cells.std(ddof=1) if len(cells) >= 2 else np.nan for cells in answered])
    spread: Spread = "mean" if len(set(size[told].tolist())) <= 1 else "pooled"
    bias = np.array([c4(n) for n in size.tolist()])

    def xbar_line(used: Ints, places: Ints) -> Line:
        centre = float(np.average(mean[used], weights=size[used]))
        typical = _typical(deviation[used], size[used], spread)
        return Line(centre, typical / (bias * np.sqrt(size))[places])

    def s_line(used: Ints, places: Ints) -> Line:
        typical = _typical(deviation[used], size[used], spread)
        return Line(typical, typical * (np.sqrt(1 - bias**2) / bias)[places])

    cuts = Cuts(baseline, tuple(recalculate_from), fewest)
    constants, method = {"sigmas": 3.0}, f"xbar-s: {SPREADS[spread]}"
    return XbarS(
        xbar=control_chart("xbar", mean, cuts, xbar_line, constants=constants, method=method),
        s=control_chart("s", deviation, cuts, s_line, constants=constants, method=method, ends=(0.0, np.inf)),
        spread=spread,
    )


def _typical(deviation: Floats, size: Ints, spread: Spread) -> float:
    if spread == "mean":
        return float(deviation.mean())
    return float(np.sqrt(np.average(deviation**2, weights=size - 1)))

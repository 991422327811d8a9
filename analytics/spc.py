"""Control charts: how far lessons wander from each other when nothing special happens.

=========== ===================================================== =============================
chart       for                                                   limits
=========== ===================================================== =============================
``xmr``     one number a lesson, number of students about the     mean +- 2.66 x mean moving
            same                                                  range
``i_prime`` one mean a lesson, number of students changes         mean +- 3 x mean s / sqrt(n)
``p``       share of favourable answers: teams and regions        p +- 3 sqrt(p (1 - p) / n)
``p_prime`` the same with thousands of answers                    p limits x sigma_z
=========== ===================================================== =============================

Means and spread of whole classes stand in :mod:`analytics.xbar`. No limits are drawn from fewer than 12
points. Rule and constants stand on every result: the tools of the field differ in both.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from analytics.arrays import Cells, Floats, FrameError, Ints, bad_argument, numbers_or_gaps, same_length
from analytics.limits import FEWEST_POINTS, ControlChart, Cuts, Line, control_chart
from analytics.moving_range import D2, SCREENED, beside, mean_apart, screen_constant, steps

XmRConstant = Literal["2.66", "3/1.128"]


def xmr(
    values: Cells,
    *,
    constant: XmRConstant = "2.66",
    screen: bool = False,
    baseline: int | None = None,
    recalculate_from: Sequence[int] = (),
    fewest: int = FEWEST_POINTS,
) -> ControlChart:
    """Return the individuals chart (XmR).

    Parameters
    ----------
    values : list, array or Series of float
        One number a lesson in order of time; None or NaN where there is none.
    constant : {"2.66", "3/1.128"}
        Factor of the mean moving range: 2.66 (NHS, Wheeler) or 3/1.128 = 2.6596 (Montgomery, qicharts2).
    screen : bool
        Leave out moving ranges above 3.267 times their mean, once (Nelson 1982).
    baseline : int, optional
        Work mean and limits out from this many first places of every stretch only.
    recalculate_from : sequence of int
        Places (from 0) at which mean and limits are worked out anew; no moving range crosses them.
    fewest : int
        Points with a value from which limits are drawn.

    Returns
    -------
    ControlChart

    Raises
    ------
    FrameError
        If a value is no number, or a choice is outside its range.

    Notes
    -----
    limits = mean +- constant x mean(abs(y_i - y_(i-1))); a missing value leaves out both its moving ranges.
    Source: Montgomery, Introduction to Statistical Quality Control, section 6.4 (6.33).

    Examples
    --------
    >>> chart = xmr([5, 6, 4, 5, 7, 5, 4, 6, 5, 5, 6, 4, 5, 9])
    >>> stretch = chart.stretches[0]
    >>> round(stretch.centre, 2), round(stretch.lower[0], 2), round(stretch.upper[0], 2), chart.outside[-1]
    (5.43, 1.34, 9.52, 0)
    """
    given = numbers_or_gaps("xmr", "values", values)
    if constant not in ("2.66", "3/1.128"):
        raise bad_argument("xmr", "constant", constant, "Expected 2.66 or 3/1.128.")
    factor = 2.66 if constant == "2.66" else 3 / D2

    def line_of(used: Ints, places: Ints) -> Line:
        mean, screened = mean_apart(np.abs(steps(given, used)), screen)
        sigma = None if mean is None else np.full(len(places), factor * mean / 3)
        return Line(float(given[used].mean()), sigma, screened)

    constants = {"moving range": factor} | screen_constant(screen)
    method = f"XmR: mean +- {constant} x mean moving range{SCREENED if screen else ''}"
    cuts = Cuts(baseline, tuple(recalculate_from), fewest)
    return control_chart("xmr", given, cuts, line_of, constants=constants, method=method)


def i_prime(
    values: Cells,
    n: Cells,
    *,
    screen: bool = False,
    baseline: int | None = None,
    recalculate_from: Sequence[int] = (),
    fewest: int = FEWEST_POINTS,
) -> ControlChart:
    """Return the I' chart: individuals whose number of answers changes from lesson to lesson.

    Parameters
    ----------
    values : list, array or Series of float
        One mean (or gap of means) a lesson in order of time; None or NaN where there is none.
    n : list, array or Series of int
        Answers behind each mean, 1 or more; may be empty where the value is missing.
    screen, baseline, recalculate_from, fewest
        As :func:`xmr`; the screen acts on s_i.

    Returns
    -------
    ControlChart

    Raises
    ------
    FrameError
        If a value is no number, or a mean rests on fewer than 1 answer.

    Notes
    -----
    s_i = sqrt(pi/2) x abs(y_i - y_(i-1)) / sqrt(1/n_i + 1/n_(i-1)); centre = sum(n_i y_i) / sum(n_i);
    limits = centre +- 3 x mean(s) / sqrt(n_i). With equal n this is XmR with the factor 3 sqrt(pi)/2.
    Source: Taylor (2017), Normalized individuals control chart, variation.com.

    Examples
    --------
    >>> means = [2.1, 2.4, 2.0, 2.6, 2.2, 2.5, 2.3, 2.1, 2.7, 2.2, 2.4, 2.3]
    >>> stretch = i_prime(means, [3, 8, 5, 3, 8, 8, 5, 3, 3, 8, 5, 5]).stretches[0]
    >>> [round(limit, 2) for limit in stretch.upper[:3]]
    [3.45, 3.01, 3.19]
    """
    given = numbers_or_gaps("i_prime", "values", values)
    size = _sizes("i_prime", given, n)

    def line_of(used: Ints, places: Ints) -> Line:
        apart = np.abs(steps(given, used)) / np.sqrt(beside(1 / size, used))
        mean, screened = mean_apart(np.sqrt(np.pi / 2) * apart, screen)
        sigma = None if mean is None else mean / np.sqrt(size[places])
        return Line(float(np.average(given[used], weights=size[used])), sigma, screened)

    constants = {"sqrt(pi/2)": float(np.sqrt(np.pi / 2))} | screen_constant(screen)
    method = f"I' (Taylor 2017): weighted mean +- 3 x mean s / sqrt(n){SCREENED if screen else ''}"
    cuts = Cuts(baseline, tuple(recalculate_from), fewest)
    return control_chart("i_prime", given, cuts, line_of, constants=constants, method=method)


def p(
    favourable: Cells,
    n: Cells,
    *,
    baseline: int | None = None,
    recalculate_from: Sequence[int] = (),
    fewest: int = FEWEST_POINTS,
) -> ControlChart:
    """Return the p chart of a share of favourable answers.

    Parameters
    ----------
    favourable, n : list, array or Series of int
        Favourable answers and all answers, one a month or release. A point is missing where ``favourable`` is
        empty or ``n`` is 0.
    baseline, recalculate_from, fewest
        As :func:`xmr`.

    Returns
    -------
    ControlChart
        Shares from 0 to 1.

    Raises
    ------
    FrameError
        If a count is not whole, below 0, or there are more favourable answers than answers.

    Notes
    -----
    centre = sum(favourable) / sum(n); limits = centre +- 3 sqrt(centre (1 - centre) / n_i), cut at 0 and 1.
    With 5 answers the limits are 0 and 1 most of the time: a chart for teams and regions, not for a class.
    Source: Montgomery, section 7.2 (7.8).

    Examples
    --------
    >>> stretch = p([30, 34, 28, 31, 36, 33, 29, 35, 32, 30, 33, 31], [50] * 12).stretches[0]
    >>> round(stretch.centre, 3), round(stretch.lower[0], 3), round(stretch.upper[0], 3)
    (0.637, 0.433, 0.841)
    """
    share, size = _shares("p", favourable, n)

    def line_of(used: Ints, places: Ints) -> Line:
        centre, sigma = _binomial(share, size, used)
        return Line(centre, sigma[places])

    cuts = Cuts(baseline, tuple(recalculate_from), fewest)
    method = "p: share +- 3 sqrt(p (1 - p) / n), cut at 0 and 1"
    return control_chart("p", share, cuts, line_of, constants={"sigmas": 3.0}, method=method, ends=(0.0, 1.0))


def p_prime(
    favourable: Cells,
    n: Cells,
    *,
    screen: bool = False,
    baseline: int | None = None,
    recalculate_from: Sequence[int] = (),
    fewest: int = FEWEST_POINTS,
) -> ControlChart:
    """Return Laney's p' chart: a p chart whose limits follow the wandering between points.

    Parameters
    ----------
    favourable, n, baseline, recalculate_from, fewest
        As :func:`p`.
    screen : bool
        As :func:`xmr`; acts on the distances between neighbouring z.

    Returns
    -------
    ControlChart
        Shares from 0 to 1.

    Raises
    ------
    FrameError
        As :func:`p`.

    Notes
    -----
    z_i = (p_i - centre) / sigma_i, sigma_i as in the p chart; sigma_z = mean(abs(z_i - z_(i-1))) / 1.128;
    limits = centre +- 3 sigma_i sigma_z, cut at 0 and 1. With thousands of answers a plain p chart calls
    every point special. Source: Laney (2002), Quality Engineering 14, 531-537.

    Examples
    --------
    >>> shares = [300, 350, 280, 330, 360, 310, 290, 350, 320, 300, 340, 310]
    >>> stretch = p_prime(shares, [500] * 12).stretches[0]
    >>> round(stretch.lower[0], 3), round(stretch.upper[0], 3)
    (0.422, 0.858)
    """
    share, size = _shares("p_prime", favourable, n)

    def line_of(used: Ints, places: Ints) -> Line:
        centre, sigma = _binomial(share, size, used)
        if not 0 < centre < 1:  # All answers agree: nothing wanders.
            return Line(centre, sigma[places])
        mean, screened = mean_apart(np.abs(steps((share - centre) / sigma, used)), screen)
        return Line(centre, None if mean is None else sigma[places] * mean / D2, screened)

    constants = {"d2": D2, "sigmas": 3.0} | screen_constant(screen)
    method = f"p' (Laney 2002): p limits x mean moving range of z / 1.128{SCREENED if screen else ''}"
    cuts = Cuts(baseline, tuple(recalculate_from), fewest)
    return control_chart("p_prime", share, cuts, line_of, constants=constants, method=method, ends=(0.0, 1.0))


def _sizes(table: str, given: Floats, n: Cells) -> Floats:
    size = numbers_or_gaps(table, "n", n)
    same_length(table, values=given, n=size)
    wrong = ~np.isnan(given) & ~(size >= 1)
    if wrong.any():
        row = int(np.argmax(wrong))
        found = None if np.isnan(size[row]) else size[row].item()
        raise FrameError(
            table, "Expected 1 or more answers behind a value.", column="n", row=row, value=found
        )
    return np.where(size >= 1, size, np.nan)


def _shares(table: str, favourable: Cells, n: Cells) -> tuple[Floats, Floats]:
    count, size = numbers_or_gaps(table, "favourable", favourable), numbers_or_gaps(table, "n", n)
    same_length(table, favourable=count, n=size)
    size = np.where(np.isnan(count), np.nan, size)
    faults = {
        "favourable": (count < 0) | (count != np.floor(count)) & ~np.isnan(count) | (count > size),
        "n": ~np.isnan(count) & ~((size >= 0) & (size == np.floor(size))),
    }
    for (column, wrong), cells in zip(faults.items(), (count, size), strict=True):
        if wrong.any():
            row = int(np.argmax(wrong))
            says = "Expected whole counts from 0, and no more favourable answers than answers."
            raise FrameError(table, says, column=column, row=row, value=cells[row].item())
    size = np.where(size > 0, size, np.nan)
    return count / size, size


def _binomial(share: Floats, size: Floats, used: Ints) -> tuple[float, Floats]:
    centre = float(np.average(share[used], weights=size[used]))
    return centre, np.sqrt(centre * (1 - centre) / size)

"""How much a gap chosen for its size falls back by itself, and what changed beyond that."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analytics.arrays import Cells, bad_argument, numbers, same_length
from analytics.columns import Floats, FrameError
from analytics.results import reasons, result_table

SMALLEST_SET = 3
"""Fewest gaps from which their common mean and true spread can be judged."""


def regression_guard(
    first: Cells,
    second: Cells | None = None,
    *,
    error_variance: Cells | None = None,
    reliability: float | None = None,
) -> pd.DataFrame:
    r"""Return how far each gap is expected to fall back by itself, and what changed beyond that.

    Questions (or classes) are often chosen *because* their gap was largest; the same question asked again
    next week shows a smaller gap even if nothing was done.

    Parameters
    ----------
    first : array of float, shape (gaps,)
        All the gaps among which some were chosen, not only the chosen ones, in steps.
    second : array of float, shape (gaps,), optional
        The same gaps one cycle later.
    error_variance : array of float, shape (gaps,), optional
        Variance of each first gap due to chance; with n students of sample variance v it is v / n.
    reliability : float, optional
        Share of the differences between gaps that is there again next time (0 to 1), for example the
        correlation of two baseline lessons. Give this or ``error_variance``, not both.

    Returns
    -------
    DataFrame
        One row a gap: ``gap``, ``n`` (gaps in the set), ``dropped`` (0), ``reliability``, ``expected`` (next
        time, if nothing is done), ``expected_change``; with ``second`` also ``change`` and ``beyond`` (change
        less expected change: only this may count as improvement); ``too_few``, ``method``, ``version``.

    Raises
    ------
    FrameError
        If a value is missing or text, a variance is below 0, lengths differ, the reliability is not between 0
        and 1, or none or both of the two ways to know it are given.

    Notes
    -----
    :math:`E[g'_i] = m + r_i (g_i - m)`, with :math:`m` the mean of the set (Galton; Stigler 1997, Statistical
    Methods in Medical Research 6, 103-114). From error variances :math:`v_i`:
    :math:`r_i = \tau^2 / (\tau^2 + v_i)`, with the moment estimate of :math:`\tau^2` and the
    precision-weighted mean m of DerSimonian and Laird (1986, Controlled Clinical Trials 7, 177-188). With one
    ``reliability`` m is the plain mean.

    Misleads when ``error_variance`` leaves out the chance in the teacher's own rating: then the expected drop
    is too small. From 8 gaps the estimated drop is on average a tenth too large, which errs on the side of
    claiming less. It is an expectation for the set: a single gap may well move the other way.

    Examples
    --------
    >>> guard = regression_guard([1.4, 0.2, 0.1, 0.3], [0.8, 0.2, 0.3, 0.2], reliability=0.5)
    >>> guard[["expected", "expected_change", "beyond"]].round(2).values.tolist()[0]
    [0.95, -0.45, -0.15]
    """
    gap = numbers("regression guard", "first", first)
    mean, kept, few = _set_of(gap, error_variance, reliability)
    expected = np.where(few, np.nan, mean + kept * (gap - mean))
    columns: dict[str, Any] = {
        "gap": gap,
        "n": np.full(len(gap), len(gap)),
        "dropped": np.zeros(len(gap), dtype=np.int64),
        "reliability": np.where(few, np.nan, kept),
        "expected": expected,
        "expected_change": expected - gap,
    }
    if second is not None:
        later = numbers("regression guard", "second", second)
        same_length("regression guard", first=gap, second=later)
        columns |= {"change": later - gap, "beyond": later - expected}
    short = np.full(len(gap), few)
    columns["too_few"] = reasons(len(gap), (short, f"fewer than {SMALLEST_SET} gaps: no common mean"))
    return result_table(columns, "regression to the mean: m + r (gap - m)")


def _set_of(gap: Floats, error_variance: Cells | None, reliability: float | None) -> tuple[float, Any, bool]:
    """Return the set's mean, the share of each deviation that stays, and whether there are too few gaps."""
    if (error_variance is None) == (reliability is None):
        says = "Give either error_variance or reliability."
        raise bad_argument("regression guard", "reliability", reliability, says)
    few = len(gap) < SMALLEST_SET
    if error_variance is None:
        if reliability is None or not 0 <= reliability <= 1:
            raise bad_argument("regression guard", "reliability", reliability, "Expected 0 to 1.")
        return float(gap.mean()) if len(gap) else 0.0, np.full(len(gap), float(reliability)), few
    variance = numbers("regression guard", "error_variance", error_variance)
    same_length("regression guard", first=gap, error_variance=variance)
    if (variance <= 0).any():
        row = int(np.argmax(variance <= 0))
        value = float(variance[row])
        raise FrameError(
            "regression guard", "Expected above 0.", column="error_variance", row=row, value=value
        )
    if few:
        return 0.0, np.zeros(len(gap)), few
    mean, between = moment_variance(gap, variance)
    return mean, between / (between + variance), few


def moment_variance(values: Floats, error_variance: Floats) -> tuple[float, float]:
    """Return the precision-weighted mean and the variance between values beyond their errors (moments)."""
    weight = 1 / error_variance
    fixed = (weight * values).sum() / weight.sum()
    q = (weight * (values - fixed) ** 2).sum()
    scale = weight.sum() - (weight**2).sum() / weight.sum()
    between = max(0.0, float((q - (len(values) - 1)) / scale))
    weight = 1 / (error_variance + between)
    return float((weight * values).sum() / weight.sum()), between

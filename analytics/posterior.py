"""The mean and the distribution of a small class, with bands that stay honest at three to eight answers.

A bootstrap or t interval from five answers holds the truth less often than it says, and has no width at all
when all five agree. A Dirichlet posterior over the options (half an answer on each before the first one comes
in) keeps its word from three answers on, and always has a width.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.special import betaincinv

from analytics.arrays import Cells, bad_argument, same_length
from analytics.columns import Floats
from analytics.dirichlet import mean_below, mean_quantiles, unseen_total
from analytics.gap import counts_or_shares
from analytics.intervals import check_level, how_sure
from analytics.results import Estimate, Interval, TooFew, reasons, result_table

SMALLEST_FOR_MEAN = 3
"""Fewest answers for a band around a mean; with one or two the counts are all there is to say."""
LEVEL = 0.90
"""The band of the teacher's view."""
PRIOR_WEIGHT = 3.0
"""A prior from releases counts as much as this many answers (2 to 4 keep the stated coverage)."""

LESSON = "Dirichlet posterior of the mean: lessons like this one"
TODAY = "Dirichlet-multinomial posterior of the mean: this class today"


def mean_interval(
    counts: Cells,
    *,
    lowest: int = 1,
    prior: Cells | None = None,
    prior_weight: float = PRIOR_WEIGHT,
    level: float = LEVEL,
    class_size: int | None = None,
    smallest: int = SMALLEST_FOR_MEAN,
) -> Interval:
    r"""Return a band for the mean answer, honest with a handful of answers.

    Parameters
    ----------
    counts : array of int, shape (K,)
        Students at each option, lowest first, after reversal.
    lowest : int
        Code of the lowest option.
    prior : array of float, shape (K,), optional
        A released distribution of answers to the same item (shares or counts). Without it, half an answer on
        each option.
    prior_weight : float
        How many answers the released distribution counts for; without ``prior`` it plays no part.
    level : float
        Between 0 and 1.
    class_size : int, optional
        Students in the class. Then the band answers another question: the mean of *this class today*, of whom
        some did not answer; without it, the mean in *lessons like this one*.
    smallest : int
        With fewer answers there is no band.

    Returns
    -------
    Interval
        ``value`` (the posterior mean; with half an answer on each option it lies a little nearer to the
        middle than the mean of the answers), ``low``, ``high``, as option codes; or ``too_few``.

    Raises
    ------
    FrameError
        If counts are not whole numbers of 0 or more, the prior does not fit them, or more answered than there
        are in the class.

    Notes
    -----
    The shares have the posterior Dirichlet(:math:`a`), :math:`a_k = n_k + 1/2`, or :math:`n_k + w\,q_k` with
    a released distribution q (Gelman et al. 2013, Bayesian Data Analysis, 3.4). The band is equal-tailed for
    :math:`\mu = \sum_k v_k p_k` and exact (:mod:`analytics.dirichlet`). For a class of N, the N - n students
    who did not answer follow a Dirichlet-multinomial (Ericson 1969, JRSS B 31, 195-233); with all N answers
    the band has no width, as it should.

    Misleads when those who did not answer differ from those who did, and when read as a band for one student.

    Examples
    --------
    >>> found = mean_interval([1, 2, 4, 1])
    >>> [round(end, 2) for end in (found.value, found.low, found.high)]
    [2.6, 2.13, 3.04]
    """
    check_level(level)
    given = whole_counts(counts)
    n = int(given.sum())
    method = LESSON if class_size is None else TODAY
    if n < max(smallest, 1):
        hint = "Look at the counts."
        return Interval(None, n, 0, method, TooFew("answers", n, max(smallest, 1), hint), level=level)
    weights = given + starting_weights(len(given), prior, prior_weight)
    ends = np.array([(1 - level) / 2, (1 + level) / 2])
    if class_size is None:
        mean = float(weights @ np.arange(len(given)) / weights.sum())
        low, high = mean_quantiles(np.tile(weights, (2, 1)), ends)
    else:
        mean, low, high = _today(given, weights, class_size, ends)
    return Interval(
        lowest + mean, n, 0, method, low=float(lowest + low), high=float(lowest + high), level=level
    )


def share_intervals(
    counts: Cells, *, prior: Cells | None = None, prior_weight: float = PRIOR_WEIGHT, level: float = LEVEL
) -> pd.DataFrame:
    r"""Return the posterior share of each option with its band.

    Parameters
    ----------
    counts, prior, prior_weight, level
        As :func:`mean_interval`.

    Returns
    -------
    DataFrame
        One row an option, lowest first: ``step`` (0 to K - 1), ``count``, ``n``, ``dropped``, ``share``
        (posterior mean, 0 to 1), ``low``, ``high``, ``level``, ``too_few``, ``method``, ``version``.

    Raises
    ------
    FrameError
        As :func:`mean_interval`.

    Notes
    -----
    Each share alone is Beta(:math:`a_k`, :math:`\sum a - a_k`); mean :math:`a_k / \sum a`. The bands are one
    at a time: that all K hold together is less likely than ``level``. With 5 answers they cover nearly
    everything, which is why a small class is drawn as dots.

    Examples
    --------
    >>> share_intervals([0, 1, 3, 1])[["share", "low", "high"]].round(2).values.tolist()[2]
    [0.5, 0.21, 0.79]
    """
    check_level(level)
    given = whole_counts(counts)
    n = int(given.sum())
    weights = given + starting_weights(len(given), prior, prior_weight)
    rest = weights.sum() - weights
    sure = (weights > 0) & (rest > 0) & (n > 0)
    a, b = np.where(sure, weights, 1), np.where(sure, rest, 1)
    edge = np.where(rest > 0, 0.0, 1.0)
    columns: dict[str, Any] = {
        "step": np.arange(len(given)),
        "count": given.astype(np.int64),
        "n": np.full(len(given), n),
        "dropped": np.zeros(len(given), dtype=np.int64),
        "share": weights / weights.sum() if n else np.full(len(given), np.nan),
    }
    for name, end in (("low", (1 - level) / 2), ("high", (1 + level) / 2)):
        columns[name] = np.where(sure, betaincinv(a, b, end), edge if n else np.nan)
    columns["level"] = np.full(len(given), level)
    columns["too_few"] = reasons(len(given), (np.full(len(given), n == 0), "nobody answered"))
    return result_table(columns, "Dirichlet posterior of each share")


def chance_below(
    counts: Cells,
    mark: float,
    *,
    lowest: int = 1,
    prior: Cells | None = None,
    prior_weight: float = PRIOR_WEIGHT,
    smallest: int = SMALLEST_FOR_MEAN,
) -> Estimate:
    """Return how likely the mean in lessons like this one lies below a mark, such as the teacher's rating.

    Parameters
    ----------
    counts, lowest, prior, prior_weight, smallest
        As :func:`mean_interval`.
    mark : float
        In option codes after reversal.

    Returns
    -------
    Estimate
        ``value`` from 0 to 1, or ``too_few``.

    Raises
    ------
    FrameError
        As :func:`mean_interval`, or if the mark is not on the scale.

    Notes
    -----
    The distribution function of :func:`mean_interval` at ``mark``: "in 7 of 10 lessons like this one the
    average would lie below your 3".

    Examples
    --------
    >>> round(chance_below([1, 2, 4, 1], 3).value, 2)
    0.93
    """
    given = whole_counts(counts)
    n = int(given.sum())
    if not lowest <= mark <= lowest + len(given) - 1:
        says = f"Expected a mark from {lowest} to {lowest + len(given) - 1}."
        raise bad_argument("posterior", "mark", mark, says)
    if n < max(smallest, 1):
        return Estimate(None, n, 0, LESSON, TooFew("answers", n, max(smallest, 1), "Look at the counts."))
    weights = given + starting_weights(len(given), prior, prior_weight)
    return Estimate(float(mean_below(weights[None], np.array([float(mark - lowest)]))[0]), n, 0, LESSON)


def say_mean(found: Interval, *, class_size: int | None = None) -> str:
    """Say a mean and its band in one sentence.

    Examples
    --------
    >>> say_mean(mean_interval([1, 2, 4, 1]))
    'With 8 answers, the average in lessons like this one is very likely between 2.1 and 3.0.'
    >>> say_mean(mean_interval([4, 8, 12, 4], class_size=28), class_size=28)
    'All 28 answered: the average of this class today is 2.6, with nothing left to guess.'
    """
    if found.value is None or found.low is None or found.high is None:
        return str(found.too_few)
    if class_size is not None and found.n == class_size:
        today = f"the average of this class today is {found.value:.1f}"
        return f"All {found.n} answered: {today}, with nothing left to guess."
    what = "in lessons like this one" if class_size is None else f"of all {class_size} today"
    ends = f"{found.low:.1f} and {found.high:.1f}"
    return f"With {found.n} answers, the average {what} is {how_sure(found.level)} between {ends}."


def _today(given: Floats, weights: Floats, class_size: int, ends: Floats) -> tuple[float, float, float]:
    """Return mean and band (steps) of a finite class, of whom ``given`` answered."""
    n = int(given.sum())
    if isinstance(class_size, bool) or not isinstance(class_size, int | np.integer) or class_size < n:
        says = f"Expected a whole number of {n} or more: so many answered."
        raise bad_argument("posterior", "class_size", class_size, says)
    left, seen = int(class_size) - n, float(given @ np.arange(len(given)))
    chance = unseen_total(weights, left)
    total = np.cumsum(chance)
    low, high = np.searchsorted(total, ends - 1e-12)
    mean = left * float(weights @ np.arange(len(weights)) / weights.sum())
    return (seen + mean) / class_size, (seen + low) / class_size, (seen + high) / class_size


def whole_counts(counts: Cells) -> Floats:
    """Return students by option as floats; refuse anything but whole numbers for 2 options or more."""
    given = counts_or_shares("counts", counts)
    if len(given) < 2 or (given != np.floor(given)).any():
        says = "Expected a whole number of students for each of 2 options or more."
        raise bad_argument("distributions", "counts", given.tolist(), says)
    return given


def starting_weights(options: int, prior: Cells | None, prior_weight: float) -> Floats:
    """Return what stands on each option before the first answer."""
    if prior is None:
        return np.full(options, 0.5)
    given = counts_or_shares("prior", prior)
    same_length("distributions", counts=np.zeros(options), prior=given)
    if not prior_weight > 0 or not given.sum():
        says = "Expected a distribution that is not empty, and a weight above 0."
        raise bad_argument("distributions", "prior", given.tolist(), says)
    return np.asarray(prior_weight * given / given.sum(), dtype=np.float64)

"""Do raters agree beyond chance: kappas for two raters, or for a fixed number of them.

A coefficient of chance-corrected agreement falls when one category dominates, although raters agree nearly
always: the shares of exact and within-one agreement therefore stand beside it. Below 0.6 raters need to talk.
For missing ratings and other metrics see :mod:`analytics.krippendorff`, for scores :mod:`analytics.icc`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from analytics.arrays import (
    Cells,
    Floats,
    bad_argument,
    numbers_or_gaps,
    same_length,
    score_table,
)
from analytics.results import VERSION, TooFew

FEWEST_RATED = 2
"""Things rated twice from which agreement is worked out: below 30 mind the interval."""

Weights = Literal["none", "linear", "quadratic"]


@dataclass(frozen=True)
class Kappa:
    """Chance-corrected agreement.

    Parameters
    ----------
    value : float or None
        1 for full agreement, 0 for what chance would give.
    low, high : float or None
        Ends of the interval (Cohen's kappa only).
    level : float
        Its level.
    exact, within_one : float or None
        Share of pairs of ratings that are equal, and that are at most 1 apart.
    n, dropped : int
        Things rated by all; things left out because a rating is missing.
    raters : int
        Raters.
    method, version : str
        Name of the coefficient; version of rules and constants.
    too_few : TooFew or None
        Why there is no number.
    """

    value: float | None
    low: float | None
    high: float | None
    level: float
    exact: float | None
    within_one: float | None
    n: int
    dropped: int
    raters: int
    method: str
    version: str
    too_few: TooFew | None


def cohen_kappa(first: Cells, second: Cells, *, weights: Weights = "none", level: float = 0.95) -> Kappa:
    """Return the agreement of two raters beyond chance.

    Parameters
    ----------
    first, second : list, array or Series of float
        Codes that each rater gave to the same things; None or NaN where one gave none.
    weights : {"none", "linear", "quadratic"}
        Count only equal codes as agreement, or give credit that falls with their distance, or its square.
        For a rubric with ordered steps use ``quadratic``.
    level : float
        Level of the interval.

    Returns
    -------
    Kappa

    Raises
    ------
    FrameError
        If a code is no number, the two do not match in length, or a choice is unknown.

    Notes
    -----
    kappa = (sum w p - sum w e) / (1 - sum w e), with shares p of pairs of codes, e = product of the raters'
    own shares, and w = 1 - distance / largest distance (or its square). Interval from the large-sample
    standard error. Sources: Cohen (1960), (1968); Fleiss, Cohen and Everitt (1969), Psychological Bulletin
    72, 323-327.

    Examples
    --------
    >>> first, second = [1, 2, 3, 4, 2, 3, 1, 4, 2, 3], [1, 2, 3, 3, 2, 4, 1, 4, 1, 3]
    >>> found = cohen_kappa(first, second, weights="quadratic")
    >>> round(found.value, 2), found.exact, found.within_one
    (0.87, 0.7, 1.0)
    """
    if weights not in ("none", "linear", "quadratic"):
        raise bad_argument("kappa", "weights", weights, "Expected none, linear or quadratic.")
    _check_level(level)
    one, two = (
        numbers_or_gaps("kappa", name, cells) for name, cells in (("first", first), ("second", second))
    )
    same_length("kappa", first=one, second=two)
    both = ~np.isnan(one) & ~np.isnan(two)
    used = np.column_stack([one[both], two[both]])
    method = "Cohen's kappa" + ("" if weights == "none" else f", {weights} weights")
    too_few = _too_few(used)
    if too_few is not None:
        return _kappa(used, len(one), (None, None, None), level, method, too_few)
    value, error = _weighted_kappa(used, weights)
    reach = float(stats.norm.ppf((1 + level) / 2)) * error
    return _kappa(used, len(one), (value, value - reach, value + reach), level, method, None)


def fleiss_kappa(ratings: pd.DataFrame | npt.ArrayLike) -> Kappa:
    """Return the agreement of a fixed number of raters beyond chance; codes are names, not steps.

    Parameters
    ----------
    ratings : DataFrame or array, things x raters
        Codes; things that a rater left out are dropped and counted. For missing ratings or ordered codes use
        :func:`analytics.krippendorff.krippendorff_alpha`.

    Returns
    -------
    Kappa
        Without an interval. ``exact`` and ``within_one`` are over all pairs of raters.

    Raises
    ------
    FrameError
        If a code is no number.

    Notes
    -----
    kappa = (mean agreement of pairs - e) / (1 - e), e = sum of squared shares of the codes over all raters.
    Source: Fleiss (1971), Psychological Bulletin 76, 378-382.

    Examples
    --------
    >>> round(fleiss_kappa([[1, 1, 1], [2, 2, 1], [3, 3, 3], [1, 1, 2], [2, 2, 2]]).value, 2)
    0.58
    """
    table, _ = score_table("kappa", ratings)
    used = table[~np.isnan(table).any(axis=1)]
    method = "Fleiss' kappa"
    too_few = _too_few(used) if used.shape[1] >= 2 else TooFew("raters", used.shape[1], 2)
    if too_few is not None:
        return _kappa(used, len(table), (None, None, None), 0.95, method, too_few)
    raters = used.shape[1]
    counts = (used[:, :, None] == np.unique(used)).sum(axis=1)
    pairs = float(((counts**2).sum(axis=1) - raters).mean() / (raters * (raters - 1)))
    chance = float(((counts.sum(axis=0) / used.size) ** 2).sum())
    value = (pairs - chance) / (1 - chance)
    return _kappa(used, len(table), (value, None, None), 0.95, method, None)


def _weighted_kappa(used: Floats, weights: Weights) -> tuple[float, float]:
    """Return kappa and its large-sample standard error."""
    codes, place = np.unique(used, return_inverse=True)
    place = place.reshape(used.shape)
    shares = np.zeros((len(codes), len(codes)))
    np.add.at(shares, (place[:, 0], place[:, 1]), 1 / len(used))
    apart = np.abs(np.subtract.outer(codes, codes)) / (codes[-1] - codes[0])
    credit = {"none": np.eye(len(codes)), "linear": 1 - apart, "quadratic": 1 - apart**2}[weights]
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    seen, chance = float((credit * shares).sum()), float(rows @ credit @ columns)
    own = (credit @ columns)[:, None] + (rows @ credit)[None, :]
    spread = (shares * (credit * (1 - chance) - own * (1 - seen)) ** 2).sum()
    variance = (spread - (seen * chance - 2 * chance + seen) ** 2) / (len(used) * (1 - chance) ** 4)
    return (seen - chance) / (1 - chance), float(np.sqrt(max(variance, 0.0)))


def _kappa(
    used: Floats,
    rows: int,
    value: tuple[float | None, float | None, float | None],
    level: float,
    method: str,
    too_few: TooFew | None,
) -> Kappa:
    """Put a result together, with the plain shares of agreement where there is a coefficient."""
    one, two = np.triu_indices(used.shape[1], 1)
    apart = np.abs(used[:, one] - used[:, two])
    return Kappa(
        *value,
        level,
        exact=None if too_few else float((apart == 0).mean()),
        within_one=None if too_few else float((apart <= 1).mean()),
        n=len(used),
        dropped=rows - len(used),
        raters=used.shape[1],
        method=method,
        version=VERSION,
        too_few=too_few,
    )


def _too_few(used: Floats) -> TooFew | None:
    if len(used) < FEWEST_RATED:
        return TooFew("things rated by all", len(used), FEWEST_RATED)
    if len(np.unique(used)) < 2:
        return TooFew("different ratings", 1, 2)
    return None


def _check_level(level: float) -> None:
    if not 0 < level < 1:
        raise bad_argument("kappa", "level", level, "Expected a share between 0 and 1.")

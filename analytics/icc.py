"""Intraclass correlations of judges: how alike ratings of the same targets are.

The six forms of Shrout and Fleiss (1979) for judges who all rate the same targets. Classes of changing size,
ICC(1) and ICC(2), stand in :mod:`analytics.class_icc`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from analytics.arrays import Floats, bad_argument, score_table
from analytics.results import TooFew, result_table

FORMS = ("ICC1", "ICC2", "ICC3", "ICC1k", "ICC2k", "ICC3k")


def icc(ratings: pd.DataFrame | npt.ArrayLike, *, level: float = 0.95) -> pd.DataFrame:
    """Return the six intraclass correlations of Shrout and Fleiss with their limits.

    Parameters
    ----------
    ratings : DataFrame or array, targets x judges
        One row a target; targets that a judge did not rate are left out and counted.
    level : float
        Level of the limits.

    Returns
    -------
    DataFrame
        ``form, value, low, high, f, df1, df2, p, n`` (targets), ``dropped, judges, method, version,
        too_few``. ICC1: other judges for each target; ICC2: judges drawn at random, agreement; ICC3: these
        judges only, consistency; with ``k``: the mean of all judges. Where judges agree to the last digit F
        is infinite, and limits, F and p are empty.

    Raises
    ------
    FrameError
        If a rating is no number.

    Notes
    -----
    ICC1 = (B - W) / (B + (k - 1) W); ICC2 = (B - E) / (B + (k - 1) E + k (J - E) / n); ICC3 = (B - E) / (B +
    (k - 1) E); means of k: (B - W) / B, (B - E) / (B + (J - E) / n), (B - E) / B, with mean squares between
    targets B, within targets W, between judges J, residual E. Source: Shrout and Fleiss (1979), Psychological
    Bulletin 86, 420-428.

    Examples
    --------
    >>> ratings = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    >>> icc(ratings).set_index("form")["value"].round(2).to_dict()
    {'ICC1': 0.17, 'ICC2': 0.29, 'ICC3': 0.71, 'ICC1k': 0.44, 'ICC2k': 0.62, 'ICC3k': 0.91}
    """
    check_level(level)
    table, judges = score_table("icc", ratings)
    used = table[~np.isnan(table).any(axis=1)]
    n = len(used)
    reason = _ratings_too_few(used)
    empty = {
        "value": np.nan,
        "low": np.nan,
        "high": np.nan,
        "f": np.nan,
        "df1": np.nan,
        "df2": np.nan,
        "p": np.nan,
    }
    rows = [empty] * len(FORMS) if reason else _six_forms(used, level)
    columns: dict[str, Any] = {"form": list(FORMS)} | {name: [row[name] for row in rows] for name in empty}
    columns |= {"n": n, "dropped": len(table) - n, "judges": len(judges)}
    columns = {
        name: cells if isinstance(cells, list) else [cells] * len(FORMS) for name, cells in columns.items()
    }
    return result_table(columns, "Shrout and Fleiss (1979)").assign(too_few=reason)


def _ratings_too_few(used: Floats) -> str:
    n, k = used.shape
    if n < 2:
        return str(TooFew("targets rated by all", n, 2))
    if k < 2:
        return str(TooFew("judges", k, 2))
    means = used.mean(axis=1)
    if np.ptp(means) <= 1e-12 * np.abs(used).max():
        return str(TooFew("targets that differ", 1, 2))
    return ""


def _six_forms(used: Floats, level: float) -> list[dict[str, float]]:
    n, k = used.shape
    mean, by_target, by_judge = used.mean(), used.mean(axis=1), used.mean(axis=0)
    total = ((used - mean) ** 2).sum()
    targets, judges = k * ((by_target - mean) ** 2).sum(), n * ((by_judge - mean) ** 2).sum()
    b, w = targets / (n - 1), (total - targets) / (n * (k - 1))
    j, e = judges / (k - 1), max((total - targets - judges) / ((n - 1) * (k - 1)), 0.0)
    one = one_way(b, w, n - 1, n * (k - 1), k, level)
    three = one_way(b, e, n - 1, (n - 1) * (k - 1), k, level)
    single = (b - e) / (b + (k - 1) * e + k * (j - e) / n)
    low, high = _random_judges_limits(single, (b, j, e), (n, k), level)
    two = three | {"value": single, "low": low, "high": high}

    def mean_of(form: dict[str, float]) -> dict[str, float]:
        single = {end: form[end] for end in ("value", "low", "high")}
        total = {end: 1 + (k - 1) * value for end, value in single.items()}
        return form | {end: k * single[end] / total[end] if total[end] > 0 else np.nan for end in single}

    return [one, two, three, mean_of(one), mean_of(two), mean_of(three)]


def one_way(b: float, w: float, df1: int, df2: int, k: float, level: float) -> dict[str, float]:
    """Return value, limits and F test of (B - W) / (B + (k - 1) W)."""
    value = (b - w) / (b + (k - 1) * w)
    form = {"value": value, "df1": df1, "df2": df2}
    if w <= 1e-12 * b:
        return form | dict.fromkeys(("low", "high", "f", "p"), np.nan)
    f, tail = b / w, (1 + level) / 2
    low, high = f / stats.f.ppf(tail, df1, df2), f * stats.f.ppf(tail, df2, df1)
    ends = {name: float((end - 1) / (end + k - 1)) for name, end in (("low", low), ("high", high))}
    return form | ends | {"f": float(f), "p": float(stats.f.sf(f, df1, df2))}


def _random_judges_limits(
    value: float, squares: tuple[float, float, float], shape: tuple[int, int], level: float
) -> tuple[float, float]:
    """Return the limits of ICC2, with Satterthwaite's degrees of freedom."""
    (b, j, e), (n, k) = squares, shape
    if e <= 1e-12 * b:
        return np.nan, np.nan
    ratio, rest = k * value * j / e, n * (1 + (k - 1) * value) - k * value
    freedom = (k - 1) * (n - 1) * (ratio + rest) ** 2 / ((n - 1) * ratio**2 + rest**2)
    upper, lower = (stats.f.ppf((1 + level) / 2, *df) for df in ((n - 1, freedom), (freedom, n - 1)))
    error = k * j + (k * n - k - n) * e
    low = n * (b - upper * e) / (upper * error + n * b)
    high = n * (lower * b - e) / (error + n * lower * b)
    return float(low), float(high)


def check_level(level: float) -> None:
    """Refuse a level that is not a share."""
    if not 0 < level < 1:
        raise bad_argument("icc", "level", level, "Expected a share between 0 and 1.")

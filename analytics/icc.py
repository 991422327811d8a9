"""Intraclass correlations: how alike ratings of the same thing, or answers of the same class, are.

Six forms for judges who rate the same targets (Shrout and Fleiss 1979), and ICC(1) and ICC(2) for classes of
changing size: how alike students of one class answer, and how sure the mean of a class is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import optimize, stats

from analytics.arrays import Cells, Floats, FrameError, Ints, bad_argument, numbers_or_gaps, score_table
from analytics.results import VERSION, TooFew, result_table

FEWEST_CLASSES = 10
"""Classes with two or more answers from which ICC(1) and ICC(2) are given."""

LOW_ICC1 = 0.05
"""An item whose ICC(1) is below this says little about the class."""

FORMS = ("ICC1", "ICC2", "ICC3", "ICC1k", "ICC2k", "ICC3k")
METHODS = {
    "anova": "ICC(1) and ICC(2) from one-way analysis of variance, size n0; interval from F",
    "reml": "ICC(1) by restricted maximum likelihood, ICC(2) at size n0",
}


@dataclass(frozen=True)
class ClassIcc:
    """ICC(1) and ICC(2) of one number over classes.

    Parameters
    ----------
    icc1 : float or None
        Share of the variance of single answers that lies between classes. Below 0 (anova) where classes
        differ less than chance would make them.
    icc2 : float or None
        How dependable the mean of a class of typical size is: Spearman-Brown of ``icc1`` at size n0.
    low, high, icc2_low, icc2_high : float or None
        Ends of the intervals (anova only); approximate where sizes differ.
    level : float
        Their level.
    f, p : float or None
        F ratio and p value of "classes do not differ" (anova only).
    between, within : float or None
        Variance between classes and between students of one class.
    classes, n, dropped : int
        Classes, answers used, answers left out because they are missing.
    n0 : float or None
        Typical class size: (N - sum(n_i^2) / N) / (J - 1), equal to n where all sizes are.
    flag : bool or None
        Whether ``icc1`` is below 0.05: the item says little about the class.
    method, version : str
        Name of the calculation; version of rules and constants.
    too_few : TooFew or None
        Why there is no number.
    """

    icc1: float | None
    icc2: float | None
    low: float | None
    high: float | None
    icc2_low: float | None
    icc2_high: float | None
    level: float
    f: float | None
    p: float | None
    between: float | None
    within: float | None
    classes: int
    n: int
    dropped: int
    n0: float | None
    flag: bool | None
    method: str
    version: str
    too_few: TooFew | None


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
    _check_level(level)
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


def icc_classes(
    values: Cells,
    classes: Iterable[Any],
    *,
    method: Literal["anova", "reml"] = "anova",
    level: float = 0.95,
    fewest: int = FEWEST_CLASSES,
) -> ClassIcc:
    """Return ICC(1) and ICC(2) for classes of changing size.

    Parameters
    ----------
    values : list, array or Series of float
        One answer or score a student, one lesson each; None or NaN where it is missing.
    classes : list, array or Series
        The class of each student.
    method : {"anova", "reml"}
        Mean squares, or restricted maximum likelihood (never below 0; better with very unequal sizes).
    level : float
        Level of the intervals.
    fewest : int
        Classes with two or more answers from which numbers are given.

    Returns
    -------
    ClassIcc

    Raises
    ------
    FrameError
        If a value is no number, a class is missing, or there is not one class a value.

    Notes
    -----
    anova: ICC(1) = (B - W) / (B + (n0 - 1) W), ICC(2) = (B - W) / B. R's package multilevel takes the mean
    size in place of n0. reml: the likelihood of a random intercept, profiled over the share between classes.
    Sources: Bliese (2000), in Klein and Kozlowski, Multilevel Theory, 349-381; Searle (1971), Linear Models.

    Examples
    --------
    >>> draw = np.random.default_rng(3)
    >>> classes = np.repeat(np.arange(40), 6)
    >>> found = icc_classes(draw.normal(size=40)[classes] + 2 * draw.normal(size=240), classes)
    >>> round(found.icc1, 2), round(found.icc2, 2), found.classes
    (0.25, 0.67, 40)
    """
    _check_level(level)
    if method not in METHODS:
        raise bad_argument("icc classes", "method", method, f"Expected {' or '.join(METHODS)}.")
    given = numbers_or_gaps("icc classes", "values", values)
    there = ~np.isnan(given)
    groups = _groups(classes, len(given))[there]
    used = given[there]
    _, group = np.unique(groups, return_inverse=True)
    sizes = np.bincount(group) if len(group) else np.zeros(0, dtype=np.int64)
    too_few = _too_few(used, sizes, fewest)
    found = None if too_few else (_anova if method == "anova" else _reml)(used, group, sizes, level)
    numbers = found or dict.fromkeys(_NUMBERS)
    icc1 = numbers["icc1"]
    return ClassIcc(
        **numbers,
        level=level,
        classes=len(sizes),
        n=len(used),
        dropped=len(given) - len(used),
        flag=None if icc1 is None else icc1 < LOW_ICC1,
        method=METHODS[method],
        version=VERSION,
        too_few=too_few,
    )


_NUMBERS = ("icc1", "icc2", "low", "high", "icc2_low", "icc2_high", "f", "p", "between", "within", "n0")


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
    one = _one_way(b, w, n - 1, n * (k - 1), k, level)
    three = _one_way(b, e, n - 1, (n - 1) * (k - 1), k, level)
    single = (b - e) / (b + (k - 1) * e + k * (j - e) / n)
    low, high = _random_judges_limits(single, (b, j, e), (n, k), level)
    two = three | {"value": single, "low": low, "high": high}

    def mean_of(form: dict[str, float]) -> dict[str, float]:
        return form | {end: form[end] * k / (1 + (k - 1) * form[end]) for end in ("value", "low", "high")}

    return [one, two, three, mean_of(one), mean_of(two), mean_of(three)]


def _one_way(b: float, w: float, df1: int, df2: int, k: float, level: float) -> dict[str, float]:
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


def _anova(used: Floats, group: Ints, sizes: Ints, level: float) -> dict[str, float | None]:
    b, w, n0 = _mean_squares(used, group, sizes)
    df1, df2 = len(sizes) - 1, len(used) - len(sizes)
    single = _one_way(b, w, df1, df2, n0, level)
    ends = [None if np.isnan(single[end]) else single[end] for end in ("low", "high", "f", "p")]
    low, high, f, p = ends
    many = [None if end is None else _spearman_brown(end, n0) for end in (single["value"], low, high)]
    between = (b - w) / n0
    numbers = (single["value"], many[0], low, high, many[1], many[2], f, p, between, w, n0)
    return dict(zip(_NUMBERS, numbers, strict=True))


def _reml(used: Floats, group: Ints, sizes: Ints, level: float) -> dict[str, float | None]:
    """Profile the restricted likelihood of a random intercept over the share between classes."""
    _, w, n0 = _mean_squares(used, group, sizes)
    means = np.bincount(group, used) / sizes
    inside, total = w * (len(used) - len(sizes)), len(used)

    def parts(share: float) -> tuple[float, float]:
        ratio = share / (1 - share)
        weight = sizes / (1 + sizes * ratio)
        centre = (weight * means).sum() / weight.sum()
        quadratic = inside + (weight * (means - centre) ** 2).sum()
        deviance = (total - 1) * np.log(quadratic) + np.log1p(sizes * ratio).sum() + np.log(weight.sum())
        return float(deviance), float(quadratic / (total - 1))

    best = optimize.minimize_scalar(
        lambda share: parts(share)[0], bounds=(0.0, 1 - 1e-9), method="bounded", options={"xatol": 1e-10}
    )
    icc1 = float(best.x) if parts(float(best.x))[0] < parts(0.0)[0] else 0.0
    within = parts(icc1)[1]
    between = within * icc1 / (1 - icc1)
    numbers = (icc1, _spearman_brown(icc1, n0), None, None, None, None, None, None, between, within, n0)
    return dict(zip(_NUMBERS, numbers, strict=True))


def _mean_squares(used: Floats, group: Ints, sizes: Ints) -> tuple[float, float, float]:
    """Return mean squares between and within classes, and the typical size n0."""
    means = np.bincount(group, used) / sizes
    b = float((sizes * (means - used.mean()) ** 2).sum() / (len(sizes) - 1))
    w = float(((used - means[group]) ** 2).sum() / (len(used) - len(sizes)))
    return b, w, float((len(used) - (sizes**2).sum() / len(used)) / (len(sizes) - 1))


def _spearman_brown(single: float, size: float) -> float:
    return size * single / (1 + (size - 1) * single)


def _too_few(used: Floats, sizes: Ints, fewest: int) -> TooFew | None:
    told = int((sizes >= 2).sum())
    if told < max(fewest, 2):
        return TooFew("classes with two or more answers", told, max(fewest, 2))
    if len(np.unique(used)) < 2:
        return TooFew("different answers", 1, 2)
    return None


def _groups(classes: Iterable[Any], rows: int) -> Ints:
    cells = pd.Series(list(classes), dtype=object)
    if len(cells) != rows:
        raise FrameError(
            "icc classes", f"There are {rows} values but {len(cells)} classes.", column="classes"
        )
    if cells.isna().any():
        row = int(np.argmax(cells.isna().to_numpy()))
        raise FrameError("icc classes", "This cell may not be empty.", column="classes", row=row, value=None)
    return np.asarray(pd.factorize(cells)[0], dtype=np.int64)


def _check_level(level: float) -> None:
    if not 0 < level < 1:
        raise bad_argument("icc", "level", level, "Expected a share between 0 and 1.")

"""ICC(1) and ICC(2) of classes of changing size: how alike students of one class answer.

ICC(1) says how much of a single answer is the class; ICC(2) how sure the mean of a class is. Both speak of
one lesson: what a teacher's mean is worth over lessons is a matter of :mod:`analytics.dependability`. That
students of one class disagree is a finding, not an error.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy import optimize

from analytics.arrays import Cells, Floats, FrameError, Ints, bad_argument, numbers_or_gaps
from analytics.icc import check_level, one_way
from analytics.results import VERSION, TooFew

FEWEST_CLASSES = 10
"""Classes with two or more answers from which ICC(1) and ICC(2) are given."""

LOW_ICC1 = 0.05
"""An item whose ICC(1) is below this says little about the class."""

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
        How dependable the mean of a class of typical size is: Spearman-Brown of ``icc1`` at size n0. None
        where all classes have the same mean.
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
    check_level(level)
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


def _anova(used: Floats, group: Ints, sizes: Ints, level: float) -> dict[str, float | None]:
    b, w, n0 = _mean_squares(used, group, sizes)
    df1, df2 = len(sizes) - 1, len(used) - len(sizes)
    single = one_way(b, w, df1, df2, n0, level)
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


def _spearman_brown(single: float, size: float) -> float | None:
    """Return the dependability of a mean of so many; None where classes do not differ at all."""
    total = 1 + (size - 1) * single
    return size * single / total if total > 1e-12 else None


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

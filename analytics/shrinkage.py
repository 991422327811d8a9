"""Many classes side by side: each class's own mean, and the mean it is drawn to by how little it rests on.

For releases and research, never for one teacher's screen and never as a ranking: with 5 students most of the
difference between two classes is chance, and a league table would rank noise. Draw the raw and the shrunken
mean as two marks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar

from analytics.arrays import Cells, bad_argument, numbers, same_length, whole_numbers
from analytics.columns import Floats, Ints
from analytics.counts import AnswerCounts
from analytics.results import VERSION, TooFew, reasons, result_table
from analytics.summary import divided

SMALLEST_CLASSES = 3
"""Fewest classes from which a variance between classes can be judged at all; 10 and more are better."""

METHOD = "empirical Bayes, one-way random effects, REML"


@dataclass(frozen=True)
class Shrinkage:
    r"""Class means drawn to their common mean; numbers are None where ``too_few`` says so.

    Parameters
    ----------
    shrunken : array of float, shape (classes,)
        :math:`m + w_j (\bar x_j - m)`.
    weight : array of float, shape (classes,)
        :math:`w_j` from 0 (all borrowed) to 1 (all its own).
    mean : float
        The common mean m.
    between, within : float
        Variance of true class means; variance of students inside a class.
    n, dropped : int
        Classes used; classes without an answer.
    """

    shrunken: Floats | None
    weight: Floats | None
    mean: float | None
    between: float | None
    within: float | None
    n: int
    dropped: int
    too_few: TooFew | None
    method: str = METHOD
    version: str = VERSION


def shrink(
    means: Cells, answers: Cells, squares_within: float, *, smallest_classes: int = SMALLEST_CLASSES
) -> Shrinkage:
    r"""Draw class means towards their common mean.

    Parameters
    ----------
    means : array of float, shape (classes,)
        Mean answer of each class.
    answers : array of int, shape (classes,)
        Answers behind each mean, 1 or more.
    squares_within : float
        Sum over all classes of the squared distances of the answers from their class mean.
    smallest_classes : int
        Fewest classes.

    Returns
    -------
    Shrinkage
        In the order given. ``too_few`` with few classes, with one answer in each (then nothing is known of
        the spread inside a class), and where everybody agrees with her class.

    Raises
    ------
    FrameError
        If a mean is missing or text, an ``answers`` is below 1, or lengths differ.

    Notes
    -----
    :math:`w_j = \tau^2 / (\tau^2 + \sigma^2 / n_j)` with both variances by restricted maximum likelihood of
    :math:`x_{ij} = m + u_j + e_{ij}` (Laird and Ware 1982, Biometrics 38, 963-974); the shrunken means are
    the BLUPs of lme4 and of statsmodels' MixedLM.

    Misleads where classes were chosen because they are extreme, and where one class truly is unlike the
    others: it too is drawn in. With fewer than 10 classes the variance between them is a guess; often it is 0
    and all classes get the same number.

    Examples
    --------
    >>> found = shrink([1.0, 2.0, 3.0, 4.0], [5, 5, 5, 5], 16.0)
    >>> [round(float(mean), 3) for mean in found.shrunken]
    [1.18, 2.06, 2.94, 3.82]
    """
    mean, n = numbers("shrinkage", "means", means), whole_numbers("shrinkage", "answers", answers, lowest=1)
    same_length("shrinkage", means=mean, answers=n)
    if not squares_within >= 0 or not np.isfinite(squares_within):
        raise bad_argument("shrinkage", "squares_within", squares_within, "Expected 0 or more.")
    too_few = _too_few(n, squares_within, smallest_classes)
    if too_few:
        return Shrinkage(None, None, None, None, None, len(n), 0, too_few)
    ratio = _variance_ratio(mean, n, squares_within)
    common, within = _fitted(ratio, mean, n, squares_within)
    weight = n * ratio / (1 + n * ratio)
    shrunken = common + weight * (mean - common)
    return Shrinkage(shrunken, weight, common, ratio * within, within, len(n), 0, None)


def shrink_classes(counted: AnswerCounts, *, smallest_classes: int = SMALLEST_CLASSES) -> pd.DataFrame:
    """Draw the mean of each administration towards the mean of all, item by item.

    Parameters
    ----------
    counted : AnswerCounts
        From :func:`analytics.counts.count_answers`: one administration a class.
    smallest_classes : int
        As :func:`shrink`.

    Returns
    -------
    DataFrame
        ``administration``, ``item``, ``n``, ``dropped``, ``classes`` (with an answer to the item), ``mean``
        and ``shrunken`` (codes after reversal), ``weight``, ``item_mean``, ``between``, ``within``,
        ``too_few``, ``method``, ``version``.

    Examples
    --------
    >>> import pandas as pd
    >>> from analytics.counts import count_answers
    >>> items = pd.DataFrame({"item": ["SM1"], "steps": [4]})
    >>> rows = {"administration": [1, 1, 2, 2, 3, 3], "item": "SM1", "student": list("ABABAB"),
    ...         "value": [1, 2, 2, 3, 3, 4]}
    >>> shrunk = shrink_classes(count_answers(pd.DataFrame(rows), items))
    >>> shrunk[["mean", "shrunken"]].round(2).values.tolist()
    [[1.5, 1.75], [2.5, 2.5], [3.5, 3.25]]
    """
    n, steps = counted.n, np.arange(counted.counts.shape[1])
    mean = divided(counted.step_totals(), n)
    squares = counted.counts @ steps**2 - n * np.nan_to_num(mean) ** 2
    found = {name: np.full(len(n), np.nan) for name in _FITTED}
    classes, texts = np.zeros(len(n), dtype=np.int64), np.full(len(n), "", dtype=object)
    for place in np.unique(counted.place):
        rows = np.flatnonzero((counted.place == place) & (n > 0))
        classes[counted.place == place] = len(rows)
        inside = max(float(squares[rows].sum()), 0.0)
        item = shrink(mean[rows], n[rows], inside, smallest_classes=smallest_classes)
        if item.too_few:
            texts[rows] = str(item.too_few)
            continue
        for name, field in _FITTED.items():
            found[name][rows] = getattr(item, field)
    columns: dict[str, Any] = {**counted.named(), "n": n, "dropped": counted.missing.sum(axis=1)}
    columns |= {"classes": classes, "mean": counted.lowest + mean, **found}
    for name in ("shrunken", "item_mean"):
        columns[name] = counted.lowest + found[name]
    rules = [(texts == text, text) for text in dict.fromkeys(texts[texts != ""])]
    columns["too_few"] = reasons(len(n), (n == 0, "nobody answered"), *rules)
    return result_table(columns, METHOD)


_FITTED = {
    "shrunken": "shrunken",
    "weight": "weight",
    "item_mean": "mean",
    "between": "between",
    "within": "within",
}


def _too_few(n: Ints, squares_within: float, smallest_classes: int) -> TooFew | None:
    if len(n) < max(smallest_classes, 2):
        return TooFew("classes", len(n), max(smallest_classes, 2), "Read each class by itself.")
    if n.sum() == len(n):
        return TooFew("answers in a class", 1, 2, "Nothing is known of the spread inside a class.")
    if squares_within <= 0:
        says = "All agree with their class: nothing to shrink."
        return TooFew("different answers in a class", 1, 2, says)
    return None


def _fitted(ratio: float, mean: Floats, n: Ints, squares_within: float) -> tuple[float, float]:
    """Return the common mean and the variance within, given between / within."""
    weight = n / (1 + n * ratio)
    common = float((weight * mean).sum() / weight.sum())
    squares = squares_within + float((weight * (mean - common) ** 2).sum())
    return common, squares / (int(n.sum()) - 1)


def _variance_ratio(mean: Floats, n: Ints, squares_within: float) -> float:
    """Return between / within where the restricted likelihood is highest, 0 included."""

    def deviance(share: float) -> float:
        ratio = share / (1 - share)
        _, within = _fitted(ratio, mean, n, squares_within)
        grown = 1 + n * ratio
        total = (int(n.sum()) - 1) * np.log(within) + np.log(grown).sum() + np.log((n / grown).sum())
        return float(total)

    best = minimize_scalar(deviance, bounds=(0.0, 1 - 1e-9), method="bounded", options={"xatol": 1e-12})
    share = float(best.x) if best.fun < deviance(0.0) else 0.0
    return share / (1 - share)

"""Do the items of a scale hang together: alpha, item-rest correlations.

Scores stand in a table of people x items, reverse-keyed items already flipped; omega, the better companion
where loadings differ, stands in :mod:`analytics.omega`. All of these speak of consistency *between items*,
at one time: for how sure a class mean is, read :mod:`analytics.dependability`. A practical measure may hold
items that do not hang together on purpose: never drop an item on alpha alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from analytics.arrays import Floats, Ints, bad_argument, score_table
from analytics.results import VERSION, TooFew, result_table

FEWEST_PEOPLE = 10
"""People with an answer from which a coefficient is worked out."""

WEAK_ITEM_REST = 0.3
"""An item-rest correlation below this is flagged."""

Missing = Literal["complete", "pairwise"]
METHODS: dict[Missing, str] = {
    "complete": "Cronbach's alpha from covariances of people who answered every item; Feldt interval",
    "pairwise": "Cronbach's alpha from covariances of people who answered both items; Feldt interval with "
    "the smallest number of people behind any pair",
}


@dataclass(frozen=True)
class Alpha:
    """Cronbach's alpha.

    Parameters
    ----------
    value : float or None
        Raw alpha, from covariances. Below 0 where items run against each other.
    standardised : float or None
        Alpha from correlations: what it would be if all items had the same spread.
    low, high : float or None
        Ends of the Feldt interval of the raw alpha.
    level : float
        Its level, 0.95 for 95 %.
    mean_r : float or None
        Mean correlation between items.
    n, dropped : int
        People counted on; people left out: all who miss an item (complete), or who answered nothing
        (pairwise).
    n_pairs : tuple of int or None
        Fewest and most people behind a pair of items.
    items : tuple of str
        The items.
    missing : {"complete", "pairwise"}
        How missing answers were treated.
    method, version : str
        Name of the calculation; version of rules and constants.
    too_few : TooFew or None
        Why there is no number.
    """

    value: float | None
    standardised: float | None
    low: float | None
    high: float | None
    level: float
    mean_r: float | None
    n: int
    dropped: int
    n_pairs: tuple[int, int] | None
    items: tuple[str, ...]
    missing: Missing
    method: str
    version: str
    too_few: TooFew | None


def alpha(
    scores: pd.DataFrame | npt.ArrayLike,
    *,
    missing: Missing = "complete",
    level: float = 0.95,
    fewest: int = FEWEST_PEOPLE,
    people: int | None = None,
) -> Alpha:
    """Return Cronbach's alpha with its Feldt interval.

    Parameters
    ----------
    scores : DataFrame or array, people x items
        Item scores in the same direction; None or NaN where an answer is missing.
    missing : {"complete", "pairwise"}
        Use people who answered every item, or for each pair of items all who answered both.
    level : float
        Level of the interval.
    fewest : int
        People from which a number is given; behind every pair, where pairs are used.
    people : int, optional
        How many people stand behind the rows, where some have a row for each of several lessons: the interval
        is then as wide as for so many people.

    Returns
    -------
    Alpha

    Raises
    ------
    FrameError
        If a score is no number, or a choice is outside its range.

    Notes
    -----
    alpha = k / (k - 1) x (1 - sum of variances / sum of all covariances). Interval: 1 - (1 - alpha) F, with F
    from the F distribution with n - 1 and (n - 1)(k - 1) degrees of freedom; it assumes items that measure
    the same thing equally well. Sources: Cronbach (1951), Psychometrika 16, 297-334; Feldt, Woodruff and
    Salih (1987), Applied Psychological Measurement 11, 93-103.

    Examples
    --------
    >>> scores = [[1, 2, 1], [2, 2, 3], [3, 4, 3], [4, 3, 4], [2, 3, 2], [4, 4, 3], [1, 1, 2], [3, 3, 4],
    ...           [2, 2, 2], [4, 4, 4]]
    >>> found = alpha(scores)
    >>> f"{found.value:.2f} ({found.low:.2f} to {found.high:.2f}), {found.n} people"
    '0.90 (0.72 to 0.97), 10 people'
    """
    table, items = score_table("alpha", scores)
    _check_choices(missing, level, fewest)
    there = ~np.isnan(table)
    used = table[there.all(axis=1) if missing == "complete" else there.any(axis=1)]
    pairs = people_behind_pairs(used)
    too_few = scale_too_few(used, items, fewest)
    value = standardised = low = high = mean_r = None
    if too_few is None:
        covariance = pairwise_covariance(used)
        mean_r = _mean_correlation(covariance)
        value, standardised = _raw(covariance), _from_mean(mean_r, len(items))
        independent = int(pairs.min()) if people is None else min(people, int(pairs.min()))
        low, high = _feldt(value, max(independent, 2), len(items), level)
    return Alpha(
        value=value,
        standardised=standardised,
        low=low,
        high=high,
        level=level,
        mean_r=mean_r,
        n=len(used),
        dropped=len(table) - len(used),
        n_pairs=(int(pairs.min()), int(pairs.max())) if pairs.size else None,
        items=items,
        missing=missing,
        method=METHODS[missing],
        version=VERSION,
        too_few=too_few,
    )


def item_rest(scores: pd.DataFrame | npt.ArrayLike, *, fewest: int = FEWEST_PEOPLE) -> pd.DataFrame:
    """Return, for every item, how it goes with the rest of the scale.

    Parameters
    ----------
    scores : DataFrame or array, people x items
        Item scores in the same direction; None or NaN where an answer is missing.
    fewest : int
        People with an answer to the item and to another from which a number is given.

    Returns
    -------
    DataFrame
        ``item, n, dropped, item_rest, alpha_if_dropped, flag, method, version, too_few``; ``flag`` is
        ``negative`` (was it reversed?), ``weak`` below 0.3, or empty.

    Raises
    ------
    FrameError
        If a score is no number.

    Notes
    -----
    Pearson correlation of the item with the mean of the other items that the same person answered;
    ``alpha_if_dropped`` is the raw pairwise alpha of the other items, where there are two or more.

    Examples
    --------
    >>> scores = [[1, 2, 4], [2, 2, 3], [3, 4, 2], [4, 3, 1], [2, 3, 3], [4, 4, 2], [1, 1, 4], [3, 3, 1],
    ...           [2, 2, 3], [4, 4, 1]]
    >>> item_rest(scores)[["item", "item_rest", "flag"]].round(2).values.tolist()
    [['1', -0.26, 'negative'], ['2', 0.23, 'weak'], ['3', -0.88, 'negative']]
    """
    table, items = score_table("item rest", scores)
    _check_choices("pairwise", 0.95, fewest)
    rows = [_item_row(table, place, fewest) for place in range(len(items))]
    columns = {"item": list(items)} | {name: [row[name] for row in rows] for name in ITEM_ROW}
    method = "Pearson correlation of the item with the mean of the other items answered by the same person"
    out = result_table(columns, method)
    return out[["item", *ITEM_ROW[:-1], "method", "version", "too_few"]]


def people_behind_pairs(table: Floats) -> Ints:
    """Return how many people answered both items of every pair, one number a pair."""
    there = (~np.isnan(table)).astype(np.int64)
    return (there.T @ there)[np.triu_indices(table.shape[1], 1)]


def pairwise_covariance(table: Floats) -> Floats:
    """Return covariances from all who answered both items (variances: from all who answered the item).

    Examples
    --------
    >>> pairwise_covariance(np.array([[1.0, 2], [2, 4], [3, np.nan]])).tolist()
    [[1.0, 1.0], [1.0, 2.0]]
    """
    there = ~np.isnan(table)
    centre = np.where(there, table, 0.0).sum(axis=0) / np.maximum(there.sum(axis=0), 1)
    filled = np.where(there, table - centre, 0.0)
    both = there.T.astype(float) @ there
    sums = filled.T @ there  # [a, b]: sum of a over people who answered a and b.
    return np.asarray((filled.T @ filled - sums * sums.T / both) / (both - 1))


def scale_too_few(table: Floats, items: tuple[str, ...], fewest: int) -> TooFew | None:
    """Return why a scale of these answers has no coefficient, or None."""
    if len(items) < 2:
        return TooFew("items", len(items), 2)
    people = int(people_behind_pairs(table).min())
    if people < fewest:
        return TooFew("people who answered the same items", people, fewest)
    for place, item in enumerate(items):
        answers = table[:, place]
        if len(np.unique(answers[~np.isnan(answers)])) < 2:
            return TooFew(f"different answers to item {item}", 1, 2)
    if pairwise_covariance(table).sum() <= 0:
        return TooFew("different total scores", 1, 2)
    return None


ITEM_ROW = ("n", "dropped", "item_rest", "alpha_if_dropped", "flag", "too_few")


def _item_row(table: Floats, place: int, fewest: int) -> dict[str, Any]:
    own, others = table[:, place], np.delete(table, place, axis=1)
    answered = ~np.isnan(others)
    both = ~np.isnan(own) & answered.any(axis=1)
    n = int(both.sum())
    row: dict[str, Any] = {"n": n, "dropped": len(table) - n, "item_rest": np.nan, "alpha_if_dropped": np.nan}
    row |= {"flag": "", "too_few": ""}
    used, rest = own[both], np.where(answered, others, 0.0).sum(axis=1)[both] / answered.sum(axis=1)[both]
    if n < fewest:
        return row | {"too_few": str(TooFew("people who answered this item and another", n, fewest))}
    for cells, what in ((used, "answers to this item"), (rest, "answers to the other items")):
        if len(np.unique(cells)) < 2:
            return row | {"too_few": str(TooFew(f"different {what}", 1, 2))}
    r = float(np.corrcoef(used, rest)[0, 1])
    row |= {"item_rest": r, "flag": "negative" if r < 0 else "weak" if r < WEAK_ITEM_REST else ""}
    names = tuple(str(name) for name in range(others.shape[1]))
    if scale_too_few(others, names, fewest) is None:
        row["alpha_if_dropped"] = _raw(pairwise_covariance(others))
    return row


def _raw(covariance: Floats) -> float:
    k = len(covariance)
    return float(k / (k - 1) * (1 - np.trace(covariance) / covariance.sum()))


def _mean_correlation(covariance: Floats) -> float:
    k, deviation = len(covariance), np.sqrt(np.diag(covariance))
    return float(((covariance / np.outer(deviation, deviation)).sum() - k) / (k * (k - 1)))


def _from_mean(mean_r: float, k: int) -> float | None:
    total = 1 + (k - 1) * mean_r
    return k * mean_r / total if total > 0 else None


def _feldt(value: float, n: int, k: int, level: float) -> tuple[float, float]:
    law = stats.f(n - 1, (n - 1) * (k - 1))
    low, high = (1 - (1 - value) * float(law.ppf(chance)) for chance in ((1 + level) / 2, (1 - level) / 2))
    return low, high


def _check_choices(missing: str, level: float, fewest: int) -> None:
    if missing not in METHODS:
        raise bad_argument("alpha", "missing", missing, f"Expected {' or '.join(METHODS)}.")
    if not 0 < level < 1:
        raise bad_argument("alpha", "level", level, "Expected a share between 0 and 1.")
    if fewest < 3:
        raise bad_argument("alpha", "fewest", fewest, "Expected 3 or more people.")

"""Krippendorff's alpha: agreement beyond chance of any number of raters, in any metric, some ratings missing.

Our own code, because the package for it is under the GPL. Like every coefficient of its kind it falls when
one category dominates although raters agree nearly always; below 0.667 draw no conclusion.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.arrays import Floats, FrameError, bad_argument, score_table
from analytics.results import VERSION, TooFew

FEWEST_UNITS = 2
"""Units with two or more ratings from which alpha is worked out."""

Metric = Literal["nominal", "ordinal", "interval", "ratio"]
METRICS: tuple[Metric, ...] = ("nominal", "ordinal", "interval", "ratio")


@dataclass(frozen=True)
class Krippendorff:
    """Krippendorff's alpha.

    Parameters
    ----------
    value : float or None
        1 for full agreement, 0 for what chance would give, below 0 for systematic disagreement.
    metric : str
        How far two ratings lie apart.
    observed, expected : float or None
        Mean disagreement seen, and expected by chance.
    n, dropped : int
        Ratings that stand beside another of the same unit; ratings that do not.
    units : int
        Units with two or more ratings.
    method, version : str
        Name of the coefficient; version of rules and constants.
    too_few : TooFew or None
        Why there is no number.
    """

    value: float | None
    metric: Metric
    observed: float | None
    expected: float | None
    n: int
    dropped: int
    units: int
    method: str
    version: str
    too_few: TooFew | None


def krippendorff_alpha(ratings: pd.DataFrame | npt.ArrayLike, *, metric: Metric = "ordinal") -> Krippendorff:
    """Return Krippendorff's alpha: any number of raters, any metric, missing ratings allowed.

    Parameters
    ----------
    ratings : DataFrame or array, units x raters
        Codes; None or NaN where a rater gave none. Units with fewer than two ratings say nothing about
        agreement: their ratings are dropped and counted.
    metric : {"nominal", "ordinal", "interval", "ratio"}
        How far two codes lie apart: equal or not; by the codes between them; by their difference; by their
        difference as a share of their sum.

    Returns
    -------
    Krippendorff

    Raises
    ------
    FrameError
        If a code is no number, or below 0 with ``ratio``.

    Notes
    -----
    alpha = 1 - (n - 1) sum o_ck d_ck / sum n_c n_k d_ck, with o the coincidences of codes within units, each
    unit of m ratings weighted by 1 / (m - 1), and d the squared distance. Source: Krippendorff (2011),
    Computing Krippendorff's Alpha-Reliability.

    Examples
    --------
    >>> ratings = [[1, 1, None, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4],
    ...            [4, 4, 4, 4], [1, 1, 2, 1], [2, 2, 2, 2], [None, 5, 5, 5], [None, None, 1, 1],
    ...            [None, None, 3, None]]
    >>> [round(krippendorff_alpha(ratings, metric=metric).value, 3) for metric in METRICS]
    [0.743, 0.815, 0.849, 0.797]
    """
    if metric not in METRICS:
        raise bad_argument("krippendorff", "metric", metric, f"Expected one of {', '.join(METRICS)}.")
    table, _ = score_table("krippendorff", ratings)
    there = ~np.isnan(table)
    paired = there.sum(axis=1) >= 2
    used, units = table[paired], int(paired.sum())
    codes = np.unique(used[~np.isnan(used)])
    if metric == "ratio" and len(codes) and codes[0] < 0:
        raise FrameError("krippendorff", "The ratio metric needs codes of 0 or more.", column="ratings")
    # [unit, code]: how many raters gave this unit this code.
    counts = (used[:, :, None] == codes).sum(axis=1).astype(float)
    n = int(counts.sum())
    too_few = None
    if units < FEWEST_UNITS:
        too_few = TooFew("units with two or more ratings", units, FEWEST_UNITS)
    elif len(codes) < 2:
        too_few = TooFew("different ratings", len(codes), 2)
    observed = expected = value = None
    if too_few is None:
        distance = _distances(codes, counts.sum(axis=0), metric)
        weighted = counts / (counts.sum(axis=1, keepdims=True) - 1)
        coincidences = weighted.T @ counts - np.diag(weighted.sum(axis=0))
        total = counts.sum(axis=0)
        observed = float((coincidences * distance).sum() / n)
        expected = float((np.outer(total, total) * distance).sum() / (n * (n - 1)))
        value = 1 - observed / expected
    name = f"Krippendorff's alpha, {metric}"
    dropped = int(there.sum()) - n
    return Krippendorff(value, metric, observed, expected, n, dropped, units, name, VERSION, too_few)


def _distances(codes: Floats, totals: Floats, metric: Metric) -> Floats:
    """Return squared distances between all pairs of codes."""
    if metric == "nominal":
        return 1.0 - np.eye(len(codes))
    if metric == "ordinal":
        middle = np.cumsum(totals) - totals / 2
        return np.asarray(np.subtract.outer(middle, middle) ** 2)
    apart = np.subtract.outer(codes, codes) ** 2
    if metric == "interval":
        return np.asarray(apart)
    both = np.add.outer(codes, codes) ** 2
    return np.asarray(np.divide(apart, both, out=np.zeros_like(apart), where=both > 0))

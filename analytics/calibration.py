"""Learning to foresee: of the students a teacher said would pick a favourable answer, how many did."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analytics.arrays import bad_argument
from analytics.columns import Column, Floats, Ints, Table, checked_columns
from analytics.intervals import check_level, wilson_bounds
from analytics.results import reasons, result_table

SMALLEST_SEASON = 30
"""Below this many predictions a calibration curve is noise."""

FORESEEN = Table(
    "foreseen",
    (
        Column("predicted_favourable", "number", "share she predicted, 0 to 1", may_be_empty=True),
        Column("favourable", "number", "share that came true, 0 to 1", may_be_empty=True),
        Column("n", "whole", "students who answered"),
    ),
    (),
)
"""What :func:`calibrate` reads: some columns of ``score_count_predictions``, of many lessons."""


def calibrate(
    scores: pd.DataFrame, *, groups: int = 4, level: float = 0.95, smallest_season: int = SMALLEST_SEASON
) -> pd.DataFrame:
    r"""Compare predicted with observed shares of favourable answers, in groups of like predictions.

    Parameters
    ----------
    scores : DataFrame
        From :func:`analytics.ranked_probability.score_count_predictions`, over a season: one row a lesson and
        question. Rows without both shares are dropped and counted.
    groups : int
        How many groups of (nearly) equal size, from the lowest predictions to the highest.
    level : float
        Between 0 and 1.
    smallest_season : int
        Fewest predictions.

    Returns
    -------
    DataFrame
        One row a group: ``said`` (mean predicted share), ``happened`` (share of all answers), ``low``,
        ``high``, ``n`` (predictions), ``answers``, ``dropped``, ``level``, ``too_few``, ``method``,
        ``version``; one row without numbers where there are too few predictions.

    Raises
    ------
    FrameError
        If a column is missing or mistyped, a share lies outside 0 to 1, or ``groups`` is not a whole number
        of 1 or more.

    Notes
    -----
    Reliability diagram with groups of equal size (Bröcker and Smith 2007, Weather and Forecasting 22,
    651-661).
    Students of one lesson answer alike, so the Wilson interval takes the effective number of answers
    :math:`r(1 - r) / v`, with the between-lesson variance of the ratio r,
    :math:`v = \frac{m}{m-1} \sum_j (f_j - r n_j)^2 / (\sum n_j)^2` (Cochran 1977, 2.11), and never more
    answers than there are.

    Misleads below the threshold, and where she made bold predictions only for easy lessons: the curve says
    how far to trust a number she says, not how well she teaches.

    Examples
    --------
    >>> import pandas as pd
    >>> said, came = [0.2, 0.4, 0.6, 0.8] * 8, [0.4, 0.4, 0.6, 0.6] * 8
    >>> season = pd.DataFrame({"predicted_favourable": said, "favourable": came, "n": 5})
    >>> table = calibrate(season, groups=2)
    >>> table[["said", "happened", "n", "answers"]].round(2).values.tolist()
    [[0.3, 0.4, 16.0, 80.0], [0.7, 0.6, 16.0, 80.0]]
    """
    check_level(level)
    if isinstance(groups, bool) or not isinstance(groups, int) or groups < 1:
        raise bad_argument("calibration", "groups", groups, "Expected a whole number of 1 or more.")
    given = checked_columns(FORESEEN, scores)
    shares = given[["predicted_favourable", "favourable"]].to_numpy(dtype=np.float64)
    if ((shares < 0) | (shares > 1)).any():
        outside = float(shares[(shares < 0) | (shares > 1)][0])
        raise bad_argument("calibration", "predicted_favourable or favourable", outside, "Expected 0 to 1.")
    kept = ~np.isnan(shares).any(axis=1) & (given["n"].to_numpy() > 0)
    order = np.argsort(shares[kept, 0], kind="stable")
    said, came = shares[kept][order].T
    students = given["n"].to_numpy()[kept][order]
    few = len(said) < smallest_season
    parts = np.array_split(np.arange(len(said)), 1 if few else groups)
    found = np.full((4, len(parts)), np.nan)
    for place, part in enumerate([] if few else parts):
        found[:, place] = _group(said[part], came[part], students[part], level)
    columns: dict[str, Any] = dict(zip(("said", "happened", "low", "high"), found, strict=True))
    columns["n"] = np.array([len(part) for part in parts])
    columns["answers"] = np.array([students[part].sum() for part in parts], dtype=np.int64)
    columns["dropped"] = np.full(len(parts), len(kept) - int(kept.sum()))
    columns["level"] = np.full(len(parts), level)
    short = np.full(len(parts), few)
    columns["too_few"] = reasons(len(parts), (short, f"fewer than {smallest_season} predictions"))
    return result_table(columns, "reliability diagram; Wilson interval on effective answers")


def _group(said: Floats, came: Floats, students: Ints, level: float) -> tuple[float, float, float, float]:
    """Return what was said, what happened, and the interval around that."""
    answers, lessons = int(students.sum()), len(said)
    favourable = came * students
    share = float(favourable.sum() / answers)
    effective = float(answers)
    variance = float(((favourable - share * students) ** 2).sum()) / answers**2
    if lessons > 1 and variance > 0:
        effective = min(effective, share * (1 - share) / (variance * lessons / (lessons - 1)))
    low, high = wilson_bounds(share, effective, level)
    return float(said.mean()), share, float(low), float(high)

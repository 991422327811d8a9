"""What the teacher predicted for each student, beside what that student picked: level, spread and rank.

Predictions come one a student ("what will A pick?"), which is this module, or as counts ("how many will pick
each answer?"), which is :mod:`analytics.ranked_probability`. Neither is the teacher's own rating: that is her
view of the lesson, and its distance from the answers is the gap (:mod:`analytics.gap`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analytics.arrays import Cells, numbers, same_length
from analytics.codes import Coded, coded
from analytics.columns import Floats, Ints, joint_codes
from analytics.counts import positions
from analytics.frames import ANSWERS, PREDICTIONS_BY_STUDENT
from analytics.results import Estimate, TooFew, reasons, result_table, whole_unless
from analytics.summary import divided

SMALLEST_FOR_RANK = 3
"""Spread and rank are given from this many students on; two can only agree or not."""


def score_student_predictions(
    answers: pd.DataFrame, predictions: pd.DataFrame, items: pd.DataFrame, *, smallest_group: int = 1
) -> pd.DataFrame:
    r"""Compare what was predicted for each student with what she picked, by item and administration.

    Parameters
    ----------
    answers, predictions, items : DataFrame
        :data:`~analytics.frames.ANSWERS`, :data:`~analytics.frames.PREDICTIONS_BY_STUDENT`,
        :data:`~analytics.frames.ITEMS`. Students are matched by administration, item and student.
    smallest_group : int
        With fewer pairs a row says only ``n`` and why.

    Returns
    -------
    DataFrame
        One row for each administration and item with a prediction: ``administration``, ``item``, ``n`` (pairs
        of a prediction and an answer), ``dropped`` (predicted, but no answer), ``unpredicted`` (answered, but
        not predicted); ``exact`` and ``within_one`` (students); in steps ``bias`` (the level: plus means she
        expected more than they picked), ``mean_error``, ``sd_predicted``, ``sd_answered``; ``spread`` (their
        ratio; below 1 means she saw the students as more alike than they are); ``rank`` (Kendall's tau-b, -1
        to 1); ``too_few`` (which numbers are missing, and why), ``method``, ``version``.

    Raises
    ------
    FrameError
        If a table cannot be used, or a student was predicted twice.

    Notes
    -----
    With predictions :math:`p_i` and answers :math:`x_i` in steps after reversal: bias
    :math:`\bar p - \bar x`; mean error :math:`\sum |p_i - x_i| / n`; spread :math:`s_p / s_x` (with n - 1);
    tau-b :math:`(C - D) / \sqrt{(C + D + T_p)(C + D + T_x)}` over pairs of students, concordant C, discordant
    D, tied in one only T (Kendall 1945, Biometrika 33, 239-251). The three parts are those of Cronbach (1955,
    Psychological Bulletin 52, 177-193): level, spread and rank.

    Misleads with few students: with 5 and no ties tau moves in steps of 0.2, and 1 order in 120 is right by
    luck. A bias of 0 may be one student too high and another too low: read ``mean_error`` beside it.

    Examples
    --------
    >>> import pandas as pd
    >>> items = pd.DataFrame({"item": ["SM1"], "steps": [4]})
    >>> keys = {"administration": 1, "item": "SM1", "student": list("ABCDE")}
    >>> answers = pd.DataFrame({**keys, "value": [1, 2, 2, 3, 4]})
    >>> predictions = pd.DataFrame({**keys, "value": [2, 2, 3, 3, 4]})
    >>> scores = score_student_predictions(answers, predictions, items)
    >>> scores[["n", "exact", "bias", "mean_error", "rank"]].round(3).values.tolist()
    [[5, 3, 0.4, 0.4, 0.825]]
    """
    expected = coded(PREDICTIONS_BY_STUDENT, predictions, items)
    picked = coded(ANSWERS, answers, items)
    group, first = _groups(expected)
    answer = _answers_beside(expected, picked)
    rows, width = len(first), int(expected.items["steps"].max()) if len(expected.items) else 0
    pair = ~np.isnan(answer)
    cell = (expected.step[pair] * width + answer[pair]) * rows + group[pair]
    table = np.bincount(cell.astype(np.int64), minlength=width * width * rows).reshape(width, width, rows)
    n = table.sum(axis=(0, 1))
    columns = _keys(expected, first)
    columns["n"] = n
    columns["dropped"] = np.bincount(group, minlength=rows) - n
    columns["unpredicted"] = _answered(expected, picked, first) - n
    return result_table(
        {**columns, **_agreement(table, n, smallest_group)}, "predicted minus answered option, by student"
    )


def _groups(given: Coded) -> tuple[Ints, Ints]:
    """Return the group (administration and item) of each row, and one row of each group."""
    codes = joint_codes([given.rows["administration"], pd.Series(given.place)])
    group, found = pd.factorize(codes)
    first = np.empty(len(found), dtype=np.int64)
    first[group[::-1]] = np.arange(len(group) - 1, -1, -1)
    return np.asarray(group, dtype=np.int64), first


def _keys(given: Coded, first: Ints) -> dict[str, Any]:
    return {name: given.rows[name].iloc[first].array for name in ("administration", "item")}


def _both(expected: Coded, picked: Coded, names: list[str], rows: Ints) -> tuple[Ints, Ints]:
    """Return joint codes of the chosen rows of the predictions and of all answers, equal where keys are."""
    pairs = [(expected.rows[name].iloc[rows], picked.rows[name]) for name in names]
    joined = joint_codes([pd.concat(pair, ignore_index=True) for pair in pairs])
    return joined[: len(rows)], joined[len(rows) :]


def _answers_beside(expected: Coded, picked: Coded) -> Floats:
    """Return the answer's step beside each prediction, NaN where there is none."""
    names = ["administration", "item", "student"]
    wanted, known = _both(expected, picked, names, np.arange(len(expected.rows)))
    order = np.argsort(known, kind="stable")
    place = positions(known[order], wanted)
    steps = np.append(picked.step[order], np.nan)
    return np.asarray(steps[place], dtype=np.float64)


def _answered(expected: Coded, picked: Coded, first: Ints) -> Ints:
    """Return how many students answered the item of each group, predicted or not."""
    wanted, known = _both(expected, picked, ["administration", "item"], first)
    found, times = np.unique(known[~np.isnan(picked.step)], return_counts=True)
    return np.append(times, 0)[positions(found, wanted)]


def _agreement(table: Ints, n: Ints, smallest_group: int) -> dict[str, Any]:
    """Return the columns that rest on the predicted x answered table of each group."""
    width = table.shape[0]
    away = np.arange(width)[:, None] - np.arange(width)
    few = n < max(smallest_group, 1)
    fewer = few | (n < SMALLEST_FOR_RANK)
    sd_predicted, sd_answered = (_spread(table.sum(axis=axis), n) for axis in (1, 0))
    rank = tau_b(table)
    alike = ~fewer & ((sd_predicted == 0) | (sd_answered == 0))

    def over(weights: Ints) -> Ints:
        return np.tensordot(weights, table, axes=2)

    return {
        "exact": whole_unless(few, over(np.asarray(away == 0, dtype=np.int64))),
        "within_one": whole_unless(few, over(np.asarray(abs(away) <= 1, dtype=np.int64))),
        "bias": np.where(few, np.nan, divided(over(away), n)),
        "mean_error": np.where(few, np.nan, divided(over(abs(away)), n)),
        "sd_predicted": np.where(fewer, np.nan, sd_predicted),
        "sd_answered": np.where(fewer, np.nan, sd_answered),
        "spread": np.divide(
            sd_predicted, sd_answered, out=np.full(len(n), np.nan), where=~fewer & (sd_answered > 0)
        ),
        "rank": np.where(fewer, np.nan, rank),
        "too_few": reasons(
            len(n),
            (n == 0, "no student was both predicted and answered"),
            (few, f"fewer than {smallest_group} pairs"),
            (fewer, f"fewer than {SMALLEST_FOR_RANK} pairs: no spread and no rank"),
            (alike & (sd_answered == 0), "all answered alike: no spread and no rank"),
            (alike, "the same was predicted for all: no rank"),
        ),
    }


def _spread(counts: Ints, n: Ints) -> Floats:
    """Return the standard deviation (n - 1) of steps counted by row, 0 where fewer than 2."""
    steps = np.arange(counts.shape[0])
    squares, total = (steps**2) @ counts, steps @ counts
    # n * sum of squares - square of the sum is a whole number: alike is exactly 0, never 1e-9.
    spread: Floats = np.sqrt((n * squares - total**2) / np.maximum(n * (n - 1), 1))
    return spread


def tau_b(table: Ints) -> Floats:
    """Return Kendall's tau-b of many small cross tables at once.

    Parameters
    ----------
    table : array of int, shape (rows, columns, groups)
        Pairs counted by two ordered scores.

    Returns
    -------
    array of float, shape (groups,)
        NaN where one of the two scores is the same for all.

    Examples
    --------
    >>> import numpy as np
    >>> tau_b(np.array([[[1], [0]], [[0], [2]]])).tolist()
    [1.0]
    """
    above = np.zeros_like(table)
    right = np.zeros_like(table)
    tail = np.cumsum(np.cumsum(table[::-1, ::-1], axis=0), axis=1)[::-1, ::-1]
    above[:-1, :-1] = tail[1:, 1:]
    turned = np.cumsum(np.cumsum(table[::-1], axis=0), axis=1)[::-1]
    right[:-1, 1:] = turned[1:, :-1]
    agree = (table * (above - right)).sum(axis=(0, 1))
    n = table.sum(axis=(0, 1))
    pairs = n * (n - 1) // 2
    tied_rows, tied_columns = ((side * (side - 1) // 2).sum(axis=0) for side in (table.sum(1), table.sum(0)))
    size = np.sqrt((pairs - tied_rows) * (pairs - tied_columns))
    tau: Floats = np.divide(agree, size, out=np.full(len(n), np.nan), where=size > 0)
    return tau


def rank_agreement(first: Cells, second: Cells) -> Estimate:
    """Return Kendall's tau-b between two rows of numbers, one entry a student.

    Parameters
    ----------
    first, second : array of float, shape (students,)
        For example predicted and answered options. None may be missing: drop pairs before, and say so.

    Returns
    -------
    Estimate
        ``value`` from -1 to 1; ``too_few`` with fewer than 3 students, or where one row is all the same.

    Raises
    ------
    FrameError
        If a value is missing or text, or the lengths differ.

    Notes
    -----
    SciPy's :func:`scipy.stats.kendalltau` (tau-b; Kendall 1945).

    Examples
    --------
    >>> round(rank_agreement([2, 2, 3, 3, 4], [1, 2, 2, 3, 4]).value, 3)
    0.825
    """
    from scipy.stats import kendalltau  # here, so that the group tables do without SciPy

    one, two = numbers("rank", "first", first), numbers("rank", "second", second)
    same_length("rank", first=one, second=two)
    method, n = "Kendall's tau-b", len(one)
    if n < SMALLEST_FOR_RANK:
        return Estimate(None, n, 0, method, TooFew("students", n, SMALLEST_FOR_RANK))
    distinct = min(len(np.unique(one)), len(np.unique(two)))
    if distinct < 2:
        says = "Where all are alike there is no order."
        return Estimate(None, n, 0, method, TooFew("different values", distinct, 2, says))
    return Estimate(float(kendalltau(one, two).statistic), n, 0, method)

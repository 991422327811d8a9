"""The perception gap: the teacher's own rating beside what the students picked.

The gap is teacher minus student, after reversal: *plus means the adult saw it better*. It compares the
rating ("what happened in this lesson") with the answers; what she *predicted* they would pick is another
question and lives in :mod:`analytics.prediction`. The two are never mixed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analytics.arrays import Cells, numbers, same_length
from analytics.codes import coded
from analytics.columns import Bools, Floats, FrameError, Ints
from analytics.counts import AnswerCounts
from analytics.frames import RATINGS
from analytics.results import Estimate, TooFew, reasons, result_table, whole_unless
from analytics.summary import divided

BOTH_SAW_IT = "you both saw it"
THEY_FELT_MORE = "they felt more than you saw"
YOU_SAW_MORE = "you saw more than they felt"
BOTH_WANT_MORE = "you both want more"
WORDS = (BOTH_SAW_IT, THEY_FELT_MORE, YOU_SAW_MORE, BOTH_WANT_MORE)
"""The four words for a gap."""

SPLIT_DISTANCE = 1.0
"""Alike in the middle and yet one step or more apart on average: the class is split."""


def gap_by_item(counted: AnswerCounts, ratings: pd.DataFrame, *, smallest_group: int = 1) -> pd.DataFrame:
    r"""Return the gap between the teacher's rating and the answers, for each item of each administration.

    Parameters
    ----------
    counted : AnswerCounts
        From :func:`analytics.counts.count_answers`.
    ratings : DataFrame
        :data:`~analytics.frames.RATINGS`: her own ratings, not her predictions.
    smallest_group : int
        With fewer answers a row says only ``n`` and why: 5 for a pooled administration, 1 for a coded one.

    Returns
    -------
    DataFrame
        One row for each administration and item that was asked or rated: ``administration``, ``item``, ``n``,
        ``dropped`` (missing answers); as option codes after reversal ``rating`` and ``students`` (the mean);
        ``gap`` (steps); ``at``, ``within_one`` (at it or one step off), ``below`` and ``above`` the mark
        (students); ``distance`` (steps); ``word`` (one of :data:`WORDS`); ``split``; ``too_few``, ``method``,
        ``version``.

    Raises
    ------
    FrameError
        If the ratings cannot be used (see :func:`analytics.frames.check_ratings`).

    Notes
    -----
    With the mark at step :math:`t` and students at :math:`x_1, \dots, x_n` after reversal: gap
    :math:`= t - \bar x`; distance :math:`= \sum_i |t - x_i| / n`, which is the earth mover distance of the
    answers from a single mark (Rubner, Tomasi and Guibas 2000, IJCV 40, 99-121).

    *The words*, on option steps. When more than half of the students picked at least one step lower than the
    mark, "you saw more than they felt"; when more than half picked higher, "they felt more than you saw".
    Otherwise the mark is a median of the answers and both sides stand at the same option: "you both saw it"
    when that option is favourable, "you both want more" when it is not. The rule needs no distance between
    options and agrees with the counts beside it: "4 of 5 answered as you thought". ``split`` is true when the
    average student is a full step or more from a mark in the middle: then no word fits, and one says so.

    Misleads when the mark is at an end of the scale (it can only be missed on one side), and when a gap of 0
    comes from a split class: read ``distance``, ``below`` and ``above`` beside it.

    Examples
    --------
    >>> import pandas as pd
    >>> from analytics.counts import count_answers
    >>> items = pd.DataFrame({"item": ["SM1"], "steps": [4]})
    >>> answers = {"administration": 1, "item": "SM1", "student": list("ABCDE"), "value": [2, 2, 2, 3, 4]}
    >>> ratings = pd.DataFrame({"administration": [1], "item": ["SM1"], "value": [3]})
    >>> gaps = gap_by_item(count_answers(pd.DataFrame(answers), items), ratings)
    >>> gaps[["gap", "below", "at", "above", "distance", "word"]].values.tolist()
    [[0.4, 3, 1, 1, 0.8, 'you saw more than they felt']]
    """
    given = coded(RATINGS, ratings, counted.items)
    counted, group = counted.joined(given.rows["administration"], given.place)
    mark = np.full(len(counted.place), np.nan)
    mark[group] = given.step
    n, lowest, unpaired = counted.n, counted.lowest, ~counted.items["paired"].to_numpy()[counted.place]
    unrated = np.isnan(mark)
    hidden = unpaired | unrated | (n < max(smallest_group, 1))
    step = np.where(hidden, 0, mark).astype(np.int64)
    at, near, below, above, total = _around(counted.counts, step)
    picked = counted.step_totals()
    gap = np.where(hidden, np.nan, divided(step * n - picked, n))
    distance = np.where(hidden, np.nan, divided(total, n))
    favourable = step + lowest >= counted.items["favourable_from"].to_numpy()[counted.place]
    lower, higher = 2 * below > n, 2 * above > n
    word = np.where(favourable, np.int8(1), np.int8(4))
    word[higher], word[lower], word[hidden] = 2, 3, 0
    gaps = {**counted.named(), "n": n, "dropped": counted.missing.sum(axis=1)}
    rated = lowest + np.where(unrated, 0, mark).astype(np.int64)
    gaps["rating"] = whole_unless(unpaired | unrated, rated)
    gaps["students"] = np.where(hidden, np.nan, lowest + divided(picked, n))
    gaps["gap"] = gap
    for name, count in (("at", at), ("within_one", near), ("below", below), ("above", above)):
        gaps[name] = whole_unless(hidden, count)
    gaps["distance"] = distance
    gaps["word"] = pd.Categorical.from_codes(word, categories=pd.Index(["", *WORDS]))
    gaps["split"] = ~hidden & ~lower & ~higher & (np.nan_to_num(distance) >= SPLIT_DISTANCE)
    gaps["too_few"] = reasons(
        len(n),
        (unpaired, "teacher and students were not asked the same question"),
        (unrated, "the teacher gave no rating"),
        (n == 0, "nobody answered"),
        (n < smallest_group, f"fewer than {smallest_group} answers"),
    )
    return result_table(gaps, "gap: teacher minus mean student, steps after reversal")


def _around(counts: Ints, mark: Ints) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Return students at, within one of, below and above the mark, and their summed distance from it."""
    at, near, above, total = (np.zeros(len(mark), dtype=np.int64) for _ in range(4))
    for step in range(counts.shape[1]):  # a handful of options, each for all groups at once
        here, away = counts[:, step], step - mark
        size = np.abs(away)
        at += here * (size == 0)
        near += here * (size <= 1)
        above += here * (away > 0)
        total += here * size
    below = counts.sum(axis=1) - at - above
    return at, near, below, above, total


def earth_mover_distance(first: Cells, second: Cells) -> Estimate:
    r"""Return how far one distribution over the options must be moved to become the other, in steps.

    Parameters
    ----------
    first, second : array of counts or shares, shape (K,)
        How many (or what share) at each option, in the options' order, after reversal. Each is divided by its
        sum, so a prediction for 5 students may be laid beside 4 answers.

    Returns
    -------
    Estimate
        ``value`` from 0 (the same) to K - 1 (all at opposite ends); ``n`` is the number of options;
        ``too_few`` where one side holds nobody.

    Raises
    ------
    FrameError
        If a count is missing, text or below 0, or the lengths differ.

    Notes
    -----
    :math:`\sum_{k=1}^{K-1} |F_k - G_k|` with the cumulative shares :math:`F, G` (Rubner, Tomasi and Guibas
    2000; the Wasserstein distance of order 1). Options count as equally far apart. It has no direction: print
    the counts above and below beside it.

    Examples
    --------
    >>> round(earth_mover_distance([0, 1, 3, 1], [1, 2, 1, 1]).value, 3)
    0.6
    """
    one, two = counts_or_shares("first", first), counts_or_shares("second", second)
    same_length("distributions", first=one, second=two)
    method = "earth mover distance between shares of options, in steps"
    if not one.sum() or not two.sum():
        return Estimate(None, len(one), 0, method, TooFew("answers", 0, 1))
    distance = cut_distance(np.cumsum(one) / one.sum(), np.cumsum(two) / two.sum())
    return Estimate(float(distance), len(one), 0, method)


def counts_or_shares(column: str, values: Any) -> Floats:
    """Return counts or shares of the options as floats; refuse one that is missing, text or below 0."""
    found = numbers("distributions", column, values)
    below: Bools = found < 0
    if below.any():
        row = int(np.argmax(below))
        says = "A count or a share is 0 or more."
        raise FrameError("distributions", says, column=column, row=row, value=float(found[row]))
    return found


def cut_distance(first: Floats, second: Floats) -> Any:
    """Return the summed absolute difference of cumulative shares along the last axis."""
    return np.abs(first - second).sum(axis=-1)

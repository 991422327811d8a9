"""Counts by option, means, medians and scores of each item: what rests on :mod:`analytics.counts` alone."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.codes import MISSING_REASONS
from analytics.columns import Bools, Floats, Ints
from analytics.counts import AnswerCounts, count_answers
from analytics.results import reasons, result_table, whole_unless

__all__ = [
    "SMALLEST_FOR_SCORES",
    "AnswerCounts",
    "count_answers",
    "distribution",
    "divided",
    "first_step",
    "summarise",
]

SMALLEST_FOR_SCORES = 10
"""From this many students on, percentages and 0-100 scores are given; below it counts and steps."""


def summarise(
    counted: AnswerCounts, *, smallest_group: int = 1, smallest_for_scores: int = SMALLEST_FOR_SCORES
) -> pd.DataFrame:
    r"""Describe the answers to each item of each administration.

    Parameters
    ----------
    counted : AnswerCounts
        From :func:`count_answers`.
    smallest_group : int
        With fewer answers a row says only ``n`` and why: 5 for a pooled administration, 1 for a coded one.
    smallest_for_scores : int
        With fewer answers there are no percentages and 0-100 scores (10; researchers may ask for less).

    Returns
    -------
    DataFrame
        One row a group: ``administration``, ``item``, ``n``, ``dropped`` and the reasons that make it up
        (``skipped``, ``not_applicable``, ``not_understood``, ``not_shown``), then, as option codes after
        reversal, ``lowest``, ``highest``, ``median`` and ``mean``; ``favourable`` (students);
        ``favourable_share`` (0 to 1) and ``score`` (0 to 100); ``too_few``, ``method``, ``version``.

    Notes
    -----
    With step :math:`s_i = 0, \dots, K - 1` after reversal: mean :math:`= lowest + \bar s`, score
    :math:`= 100\,\bar s / (K - 1)`, the mean of the students' POMP scores (Cohen, Cohen, Aiken and West 1999,
    Multivariate Behavioral Research 34, 315-346). The median of an even number is halfway between the two in
    the middle.

    Misleads when the class is split: a mean of 2.5 may be nobody's answer. Draw the distribution beside it.

    Examples
    --------
    >>> import pandas as pd
    >>> items = pd.DataFrame({"item": ["SM1"], "steps": [4]})
    >>> value = [1, 2, 2, 3, 3, 3, 4, 4, 4, 4]
    >>> rows = pd.DataFrame({"administration": 1, "item": "SM1", "student": range(10), "value": value})
    >>> summary = summarise(count_answers(rows, items))
    >>> summary[["n", "median", "mean", "favourable_share", "score"]].round(1).values.tolist()
    [[10.0, 3.0, 3.0, 0.7, 66.7]]
    """
    n, lowest, steps = counted.n, counted.lowest, np.arange(counted.counts.shape[1])
    few = n < max(smallest_group, 1)
    fewer = few | (n < smallest_for_scores)
    from_step = counted.items["favourable_from"].to_numpy() - counted.items["lowest"].to_numpy()
    favourable = (counted.counts * (steps >= from_step[counted.place][:, None])).sum(axis=1)
    mean = divided(counted.step_totals(), n)
    below = np.cumsum(counted.counts, axis=1)
    first, last = first_step(below, np.ones_like(n)), first_step(below, n)
    middle = (first_step(below, (n + 1) // 2) + first_step(below, n // 2 + 1)) / 2
    summary = {**counted.named(), "n": n, "dropped": counted.missing.sum(axis=1)}
    for place, reason in enumerate(MISSING_REASONS):
        summary[reason] = counted.missing[:, place].copy()
    summary["lowest"] = whole_unless(few, lowest + first)
    summary["highest"] = whole_unless(few, lowest + last)
    summary["median"] = np.where(few, np.nan, lowest + middle)
    summary["mean"] = np.where(few, np.nan, lowest + mean)
    summary["favourable"] = whole_unless(few, favourable)
    summary["favourable_share"] = np.where(fewer, np.nan, divided(favourable, n))
    summary["score"] = np.where(fewer, np.nan, 100 * mean / np.maximum(counted.top, 1))
    below_scores = f"fewer than {smallest_for_scores} answers: counts and steps only"
    summary["too_few"] = reasons(len(n), *_few(n, few, smallest_group), (fewer, below_scores))
    return result_table(summary, "counts, mean and median of option codes; POMP score")


def distribution(counted: AnswerCounts, *, smallest_group: int = 1) -> pd.DataFrame:
    """Return how many picked each option: one row an administration, item and option.

    Parameters
    ----------
    counted, smallest_group
        As :func:`summarise`; groups with fewer answers have empty counts and a reason.

    Returns
    -------
    DataFrame
        ``administration``, ``item``, ``code`` (after reversal), ``option`` (the label that was picked),
        ``count``, ``n``, ``dropped``, ``too_few``, ``method``, ``version``; options nobody picked are there
        with 0.

    Examples
    --------
    >>> import pandas as pd
    >>> items = pd.DataFrame({"item": ["TC1"], "steps": [3], "options": [("No", "Some", "Yes, a lot")]})
    >>> rows = {"administration": 1, "item": "TC1", "student": list("ABC"), "value": [3, 3, 1]}
    >>> table = distribution(count_answers(pd.DataFrame(rows), items))
    >>> table[["option", "count", "n"]].values.tolist()
    [['No', 1, 3], ['Some', 0, 3], ['Yes, a lot', 2, 3]]
    """
    many = counted.top + 1
    group = np.repeat(np.arange(len(many)), many)
    step = np.arange(len(group)) - np.repeat(np.cumsum(many) - many, many)
    turns = zip(counted.items["options"], counted.items["reverse"], strict=True)
    shown = [word for words, turn in turns for word in (words[::-1] if turn else words)]
    labels = np.array(shown, dtype=object)
    ends = np.cumsum(counted.items["steps"].to_numpy())
    n = counted.n[group]
    few = n < max(smallest_group, 1)
    table = {name: index.take(group) for name, index in counted.named().items()}
    table["code"] = counted.lowest[group] + step
    table["option"] = labels[(ends[counted.place] - many)[group] + step]
    table["count"] = whole_unless(few, counted.counts[group, step])
    table["n"] = n
    table["dropped"] = counted.missing.sum(axis=1)[group]
    table["too_few"] = reasons(len(n), *_few(n, few, smallest_group))
    return result_table(table, "counts of options after reversal")


def _few(n: Ints, few: Bools, smallest_group: int) -> list[tuple[Bools, str]]:
    return [(n == 0, "nobody answered"), (few, f"fewer than {smallest_group} answers")]


def divided(total: Ints | Floats, n: Ints) -> Floats:
    """Return total / n, NaN where n is 0 (the row then carries its reason)."""
    if n.all():
        return np.asarray(total / n, dtype=np.float64)
    share: Floats = np.divide(total, n, out=np.full(len(n), np.nan), where=n > 0)
    return share


def first_step(cumulative: Ints, rank: Ints) -> Ints:
    """Return the first step at which ``rank`` students are reached; past the last if not so many."""
    return np.asarray((cumulative < rank[:, None]).sum(axis=1), dtype=np.int64)

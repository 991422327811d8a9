"""Bands around the mean of every class and question at once, with released distributions to start from."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analytics.arrays import bad_argument
from analytics.columns import Column, Floats, Ints, Table, checked_columns
from analytics.counts import AnswerCounts
from analytics.dirichlet import mean_quantiles
from analytics.intervals import check_level
from analytics.posterior import LESSON, LEVEL, PRIOR_WEIGHT, SMALLEST_FOR_MEAN, starting_weights
from analytics.results import reasons, result_table

PRIORS = Table(
    "priors",
    (
        Column("item", "key", "item version"),
        Column("code", "whole", "option code after reversal"),
        Column("share", "number", "share of a released distribution, 0 to 1 (counts will do)"),
    ),
    ("item", "code"),
)
"""Released distributions to start from; options without a row count as 0."""


def mean_intervals(
    counted: AnswerCounts,
    *,
    priors: pd.DataFrame | None = None,
    prior_weight: float = PRIOR_WEIGHT,
    level: float = LEVEL,
    smallest: int = SMALLEST_FOR_MEAN,
) -> pd.DataFrame:
    """Return :func:`analytics.posterior.mean_interval` for every administration and item at once.

    Parameters
    ----------
    counted : AnswerCounts
        From :func:`analytics.counts.count_answers`.
    priors : DataFrame, optional
        :data:`PRIORS`: released distributions; items without one start from half an answer on each option.
    prior_weight, level, smallest
        As :func:`analytics.posterior.mean_interval`.

    Returns
    -------
    DataFrame
        ``administration``, ``item``, ``n``, ``dropped``, ``mean`` (posterior), ``low``, ``high`` (codes after
        reversal), ``level``, ``too_few``, ``method``, ``version``.

    Raises
    ------
    FrameError
        If the priors cannot be used.

    Examples
    --------
    >>> import pandas as pd
    >>> from analytics.counts import count_answers
    >>> items = pd.DataFrame({"item": ["SM1"], "steps": [4]})
    >>> rows = {"administration": 1, "item": "SM1", "student": range(8), "value": [1, 2, 2, 3, 3, 3, 3, 4]}
    >>> bands = mean_intervals(count_answers(pd.DataFrame(rows), items))
    >>> bands[["mean", "low", "high"]].round(2).values.tolist()
    [[2.6, 2.13, 3.04]]
    """
    check_level(level)
    n, lowest = counted.n, counted.lowest
    few = n < max(smallest, 1)
    found = np.full((3, len(n)), np.nan)
    start = _priors_by_item(counted.items, priors, prior_weight)
    for place, prior in enumerate(start):
        rows = np.flatnonzero((counted.place == place) & ~few)
        if not len(rows):
            continue
        # Small classes have few different patterns of counts: 56 for five answers on four options.
        patterns, which = np.unique(counted.counts[rows, : len(prior)], axis=0, return_inverse=True)
        weights = patterns + prior
        found[0, rows] = (weights @ np.arange(len(prior)) / weights.sum(axis=1))[which]
        for line, end in ((1, (1 - level) / 2), (2, (1 + level) / 2)):
            found[line, rows] = mean_quantiles(weights, np.full(len(weights), end))[which]
    columns: dict[str, Any] = {**counted.named(), "n": n, "dropped": counted.missing.sum(axis=1)}
    columns |= {name: lowest + line for name, line in zip(("mean", "low", "high"), found, strict=True)}
    columns["level"] = np.full(len(n), level)
    columns["too_few"] = reasons(len(n), (n == 0, "nobody answered"), (few, f"fewer than {smallest} answers"))
    return result_table(columns, LESSON)


def _priors_by_item(items: pd.DataFrame, priors: pd.DataFrame | None, prior_weight: float) -> list[Floats]:
    start = [starting_weights(int(steps), None, prior_weight) for steps in items["steps"]]
    if priors is None:
        return start
    given = checked_columns(PRIORS, priors)
    for item, rows in given.groupby("item", sort=False, observed=True):
        place = pd.Index(items["item"]).get_indexer(pd.Index([item]))[0]
        if place < 0:
            continue  # A release may know more items than this survey asked.
        row = items.iloc[place]
        shares = rows.set_index("code")["share"]
        codes: Ints = np.arange(row["lowest"], row["lowest"] + row["steps"])
        stray = [code for code in shares.index if code not in codes]
        if stray:
            says = f"Item {item!r} has the options {codes[0]} to {codes[-1]}."
            raise bad_argument("priors", "code", stray[0], says)
        released = shares.reindex(codes, fill_value=0).to_numpy()
        start[place] = starting_weights(len(codes), released, prior_weight)
    return start

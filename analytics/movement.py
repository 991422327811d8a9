"""From one cycle to the next: when a gap changed, which side moved."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analytics.arrays import bad_argument
from analytics.codes import Coded, coded
from analytics.frames import ANSWERS, RATINGS, check_earlier
from analytics.results import reasons, result_table

BOTH, THEY, YOU, NEITHER = "both", "they", "you", "neither"
SMALLEST_MOVE = 0.5
"""The students moved when their mean changed by half a step or more: it then rounds to another option."""
SMALLEST_GROUP = 3
"""Fewest students present both times for a word on which side moved."""
_KEYS = ["administration", "earlier", "item"]


def which_side_moved(
    answers: pd.DataFrame,
    ratings: pd.DataFrame,
    items: pd.DataFrame,
    earlier: pd.DataFrame,
    *,
    smallest_group: int = SMALLEST_GROUP,
    smallest_move: float = SMALLEST_MOVE,
) -> pd.DataFrame:
    r"""Say who moved between two cycles: both, they (the students), you (the teacher) or neither.

    Parameters
    ----------
    answers, ratings, items, earlier : DataFrame
        :data:`~analytics.frames.ANSWERS`, :data:`~analytics.frames.RATINGS`, :data:`~analytics.frames.ITEMS`,
        :data:`~analytics.frames.EARLIER` (which administration is compared with which). Students must keep
        their key from one administration to the next: focal codes do, pooled responses do not.
    smallest_group : int
        Fewest students present both times.
    smallest_move : float
        Steps by which a mean, or a rating, must change to count as moved.

    Returns
    -------
    DataFrame
        One row for each pair of administrations and item that was rated or answered in either:
        ``administration``, ``earlier``, ``item``, ``n`` (students who answered both times), ``dropped``
        (answered once only); ``gap_before``, ``gap_after``, ``gap_change``, ``teacher_change``,
        ``students_change`` (steps, over those ``n``); ``who``; ``too_few``, ``method``, ``version``.

    Raises
    ------
    FrameError
        If a table cannot be used.

    Notes
    -----
    Only students present both times count, so an absence cannot look like a change. For them
    :math:`\Delta gap = \Delta t - \Delta\bar x` exactly: the change of the gap is what she moved less what
    they moved. A side moved when its change is at least ``smallest_move`` steps (0.5) in size; a rating moves
    in whole steps, and a mean that moves by half a step is nearer to another option.

    Misleads when read as progress: a gap also shrinks when the teacher lowers her view. And with 3 students
    half a step is one student moving by 2: look at the dots.

    Examples
    --------
    >>> import pandas as pd
    >>> items = pd.DataFrame({"item": ["SM1"], "steps": [4]})
    >>> answers = pd.DataFrame({"administration": [1] * 3 + [2] * 3, "item": "SM1",
    ...                         "student": list("ABCABC"), "value": [1, 2, 2, 2, 3, 3]})
    >>> ratings = pd.DataFrame({"administration": [1, 2], "item": "SM1", "value": [3, 3]})
    >>> earlier = pd.DataFrame({"administration": [2], "earlier": [1]})
    >>> moved = which_side_moved(answers, ratings, items, earlier)
    >>> moved[["n", "gap_change", "who"]].values.tolist()
    [[3, -1.0, 'they']]
    """
    pairs = check_earlier(earlier)
    students = _changes(_steps(coded(ANSWERS, answers, items)), pairs, ["item", "student"])
    both = students["before"].notna() & students["after"].notna()
    present = students[both].groupby(_KEYS, sort=False, observed=True)
    means = present.agg(n=("before", "size"), before=("before", "mean"), after=("after", "mean"))
    once = students[~both].groupby(_KEYS, sort=False, observed=True).size().rename("dropped")
    teacher = _changes(_steps(coded(RATINGS, ratings, items)), pairs, ["item"])
    seen = pd.concat([means, once], axis=1).reset_index()
    table = teacher.merge(seen, on=_KEYS, how="outer", suffixes=("_rating", ""))
    return _described(table, smallest_group, smallest_move, "answered both times")


def which_side_moved_pooled(
    gaps: pd.DataFrame,
    earlier: pd.DataFrame,
    *,
    smallest_group: int = SMALLEST_GROUP,
    smallest_move: float = SMALLEST_MOVE,
) -> pd.DataFrame:
    """Say who moved where students have no key that lasts: the groups as they were, each time.

    Parameters
    ----------
    gaps : DataFrame
        From :func:`analytics.gap.gap_by_item`, holding both administrations of each pair.
    earlier : DataFrame
        :data:`~analytics.frames.EARLIER`.
    smallest_group, smallest_move
        As :func:`which_side_moved`; the group is the smaller of the two.

    Returns
    -------
    DataFrame
        As :func:`which_side_moved`; ``n`` is the smaller of the two numbers of students, ``dropped`` the
        difference between them.

    Raises
    ------
    FrameError
        If ``gaps`` lacks a column or ``earlier`` cannot be used.

    Notes
    -----
    Misleads when other students came: a change of who was there looks like a change of what they felt.

    Examples
    --------
    >>> import pandas as pd
    >>> gaps = pd.DataFrame({"administration": [1, 2], "item": "SM1", "rating": [3, 3],
    ...                      "students": [2.0, 2.5], "n": [20, 24]})
    >>> moved = which_side_moved_pooled(gaps, pd.DataFrame({"administration": [2], "earlier": [1]}))
    >>> moved[["n", "gap_change", "who"]].values.tolist()
    [[20, -0.5, 'they']]
    """
    for column in ("administration", "item", "rating", "students", "n"):
        if not isinstance(gaps, pd.DataFrame) or column not in gaps:
            raise bad_argument("which side moved", column, None, "Expected the table of gaps by item.")
    pairs = check_earlier(earlier)
    sides = {"rating": "rating", "students": "", "n": "n"}
    tables = [
        _changes(gaps[["administration", "item"]].assign(step=gaps[name].astype(float)), pairs, ["item"])
        .set_index(_KEYS)
        .add_suffix(f"_{side}" if side else "")
        for name, side in sides.items()
    ]
    table = pd.concat(tables, axis=1).reset_index()
    counts = table[["before_n", "after_n"]].fillna(0)
    table["n"], table["dropped"] = counts.min(axis=1), (counts["after_n"] - counts["before_n"]).abs()
    return _described(table, smallest_group, smallest_move, "answered each time")


def _steps(given: Coded) -> pd.DataFrame:
    """Return the answered rows with their step after reversal."""
    rows = given.rows.drop(columns=["value", "missing"]).assign(step=given.step)
    return rows[~np.isnan(given.step)]


def _changes(steps: pd.DataFrame, pairs: pd.DataFrame, who: list[str]) -> pd.DataFrame:
    """Return each key's step before and after, for every pair of administrations; empty where absent."""
    after = pairs.merge(steps.rename(columns={"step": "after"}), on="administration")
    before = pairs.merge(steps.rename(columns={"step": "before", "administration": "earlier"}), on="earlier")
    return before.merge(after, on=["administration", "earlier", *who], how="outer")


def _described(table: pd.DataFrame, smallest_group: int, smallest_move: float, came: str) -> pd.DataFrame:
    n = table["n"].fillna(0).to_numpy(dtype=np.int64)
    rated = (table["before_rating"].notna() & table["after_rating"].notna()).to_numpy()
    few = n < max(smallest_group, 1)
    hidden = few | ~rated
    students = {name: table[name].to_numpy(np.float64) for name in ("before", "after")}
    teacher = {name: table[f"{name}_rating"].to_numpy(np.float64) for name in ("before", "after")}
    they = students["after"] - students["before"]
    you = teacher["after"] - teacher["before"]
    # Means of whole steps: 1e-9 forgives the last bits of the division, nothing else.
    they_moved, you_moved = (np.abs(np.nan_to_num(side)) >= smallest_move - 1e-9 for side in (they, you))
    who = np.select([hidden, they_moved & you_moved, they_moved, you_moved], [0, 1, 2, 3], 4).astype(np.int8)
    columns: dict[str, Any] = {name: table[name].array for name in ("administration", "earlier", "item")}
    columns["n"] = n
    columns["dropped"] = table["dropped"].fillna(0).to_numpy(dtype=np.int64)
    for name in ("before", "after"):
        columns[f"gap_{name}"] = np.where(hidden, np.nan, teacher[name] - students[name])
    columns["gap_change"] = np.where(hidden, np.nan, you - they)
    columns["teacher_change"] = np.where(rated, you, np.nan)
    columns["students_change"] = np.where(few, np.nan, they)
    categories = pd.Index(["", BOTH, THEY, YOU, NEITHER])
    columns["who"] = pd.Categorical.from_codes(who, categories=categories)
    columns["too_few"] = reasons(
        len(n),
        (few, f"fewer than {smallest_group} students {came}"),
        (~rated, "the teacher did not rate both times"),
    )
    return result_table(columns, "change over those present both times; half a step counts as moved")

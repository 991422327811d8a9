"""From one cycle to the next: when a gap changed, which side moved."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analytics.arrays import bad_argument, numbers_or_gaps
from analytics.codes import coded
from analytics.columns import Ints
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
    seen, rated = coded(ANSWERS, answers, items), coded(RATINGS, ratings, items)
    tables = (
        pairs["administration"],
        pairs["earlier"],
        seen.rows["administration"],
        rated.rows["administration"],
    )
    (later, before, answered_in, rated_in), names = _numbered(*tables)
    links = pd.DataFrame({"administration": later, "earlier": before})
    (student,), _ = _numbered(seen.rows["student"])
    steps = {"administration": answered_in, "item": seen.place, "student": student, "step": seen.step}
    students = _changes(pd.DataFrame(steps), links, ["item", "student"])
    both = students["before"].notna() & students["after"].notna()
    present = students[both].groupby(_KEYS, sort=False)
    means = present.agg(n=("before", "size"), before=("before", "mean"), after=("after", "mean"))
    once = students[~both].groupby(_KEYS, sort=False).size().rename("dropped")
    marks = {"administration": rated_in, "item": rated.place, "step": rated.step}
    teacher = _changes(pd.DataFrame(marks), links, ["item"])
    table = pd.concat([means, once], axis=1).reset_index()
    table = teacher.merge(table, on=_KEYS, how="outer", suffixes=("_rating", ""))
    columns = _named(table, names, pd.Index(seen.items["item"]))
    return _described(columns, table, smallest_group, smallest_move, "answered both times")


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
    (later, before, given), names = _numbered(
        pairs["administration"], pairs["earlier"], gaps["administration"]
    )
    (place,), items = _numbered(gaps["item"])
    links = pd.DataFrame({"administration": later, "earlier": before})
    tables = []
    for name, suffix in (("rating", "_rating"), ("students", ""), ("n", "_n")):
        values = numbers_or_gaps("gaps", name, gaps[name])
        rows = pd.DataFrame({"administration": given, "item": place, "step": values})
        tables.append(_changes(rows, links, ["item"]).set_index(_KEYS).add_suffix(suffix))
    table = pd.concat(tables, axis=1).sort_index().reset_index()
    counts = table[["before_n", "after_n"]].fillna(0)
    table["n"], table["dropped"] = counts.min(axis=1), (counts["after_n"] - counts["before_n"]).abs()
    columns = _named(table, names, items)
    return _described(columns, table, smallest_group, smallest_move, "answered each time")


def _numbered(*columns: pd.Series[Any]) -> tuple[list[Ints], pd.Index[Any]]:
    """Return the columns as whole numbers, equal where cells are equal, and what each number stands for."""
    joined = pd.concat([column.astype(object) for column in columns], ignore_index=True)
    codes, found = pd.factorize(joined)
    ends = np.cumsum([len(column) for column in columns])[:-1]
    return np.split(np.asarray(codes, dtype=np.int64), ends), pd.Index(found).infer_objects()


def _changes(steps: pd.DataFrame, links: pd.DataFrame, who: list[str]) -> pd.DataFrame:
    """Return each key's step before and after, for every pair of administrations; empty where absent."""
    steps = steps[steps["step"].notna()]
    after = links.merge(steps.rename(columns={"step": "after"}), on="administration")
    before = links.merge(steps.rename(columns={"step": "before", "administration": "earlier"}), on="earlier")
    return before.merge(after, on=["administration", "earlier", *who], how="outer")


def _named(table: pd.DataFrame, names: pd.Index[Any], items: pd.Index[Any]) -> dict[str, Any]:
    """Return the key columns of a result with their own names in place of numbers."""
    columns: dict[str, Any] = {
        name: names.take(table[name].to_numpy()) for name in ("administration", "earlier")
    }
    columns["item"] = items.take(table["item"].to_numpy())
    return columns


def _described(
    columns: dict[str, Any], table: pd.DataFrame, smallest_group: int, smallest_move: float, came: str
) -> pd.DataFrame:
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

"""The tables that go into the analytics: their columns, what missing means, and the checks.

Every function of this library that takes a table takes one of these. A check returns a *new* table that
holds only the declared columns, in the declared order and with the declared types; the caller's table is
never changed, further columns are ignored, and nothing is dropped. The first fault found raises
:class:`FrameError`, which names table, column, row (the table's own index label) and value.

Option codes are whole numbers in steps of one and may start anywhere: 1 to 4, 1 to 3 cups, 0 to 4 counts.
Tables hold codes *as picked*; reverse-keyed items are flipped inside the analytics, once, by what
:data:`ITEMS` says. Keys may be text, whole numbers, UUIDs or categoricals; millions of rows go quickest with
whole numbers or categoricals.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.codes import FAVOURABLE_SCORE, ITEMS, MISSING_REASONS, check_items, coded
from analytics.columns import Column, FrameError, Table, checked_columns, refuse

__all__ = [
    "ANSWERS",
    "EARLIER",
    "FAVOURABLE_SCORE",
    "ITEMS",
    "MISSING_REASONS",
    "PREDICTIONS_BY_COUNT",
    "PREDICTIONS_BY_STUDENT",
    "RATINGS",
    "SERIES",
    "TABLES",
    "FrameError",
    "check_answers",
    "check_earlier",
    "check_items",
    "check_predictions_by_count",
    "check_predictions_by_student",
    "check_ratings",
    "check_series",
]

_ADMINISTRATION = Column("administration", "key", "one survey given to one group for one lesson")
_ITEM = Column("item", "key", "item version; must stand in ITEMS")
_STUDENT = Column("student", "key", "focal code, or the random key of a pooled response")
_MISSING = Column("missing", "reason", "why the value is empty; empty otherwise", False, True)

ANSWERS = Table(
    "answers",
    (
        _ADMINISTRATION,
        _ITEM,
        _STUDENT,
        Column("value", "number", "option code as picked; empty when missing", may_be_empty=True),
        _MISSING,
    ),
    ("administration", "item", "student"),
)
RATINGS = Table(
    "ratings",
    (
        _ADMINISTRATION,
        _ITEM,
        Column("value", "number", "the teacher's own rating: option code as picked", may_be_empty=True),
        _MISSING,
    ),
    ("administration", "item"),
)
PREDICTIONS_BY_STUDENT = Table(
    "predictions by student",
    (
        _ADMINISTRATION,
        _ITEM,
        _STUDENT,
        Column("value", "number", "the option code she expects this student to pick"),
    ),
    ("administration", "item", "student"),
)
PREDICTIONS_BY_COUNT = Table(
    "predictions by count",
    (
        _ADMINISTRATION,
        _ITEM,
        Column("value", "number", "an option code; options without a row count as 0"),
        Column("count", "whole", "how many students she expects to pick it, 0 or more"),
    ),
    ("administration", "item", "value"),
)
SERIES = Table(
    "series",
    (
        Column("series", "key", "linked PDSA turns of one class on one change idea"),
        _ITEM,
        Column("cycle", "whole", "order within the series: 1, 2, 3, ..., rising within series and item"),
        Column("value", "number", "the number that is followed, e.g. the gap in steps", may_be_empty=True),
        Column("n", "whole", "students behind the value"),
        Column("too_few", "text", "why the value is empty; empty otherwise", False, True),
        Column("phase", "key", "changes only where a decision started a new phase", required=False),
        Column("line", "key", "changes where the line must break: new item version, new codes", False),
        Column("change", "text", "idea that started with this cycle; empty for none", False, True),
        Column("decision", "text", "adopt, adapt or abandon; empty while undecided", False, True),
        Column("prediction", "number", "what was predicted for this cycle; empty for none", False, True),
    ),
    ("series", "item", "cycle"),
)
EARLIER = Table(
    "earlier",
    (
        Column("administration", "key", "a later administration"),
        Column("earlier", "key", "the one it is compared with: the same class and items, one cycle before"),
    ),
    ("administration",),
)
TABLES = (ITEMS, ANSWERS, RATINGS, PREDICTIONS_BY_STUDENT, PREDICTIONS_BY_COUNT, EARLIER, SERIES)


def check_answers(answers: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Return ANSWERS with ``value`` as float and ``missing`` as a categorical (empty where there is a value).

    Parameters
    ----------
    answers : DataFrame
        Columns of :data:`ANSWERS`, one row a student, item and administration. ``missing`` may be left out
        when every value is there.
    items : DataFrame
        :data:`ITEMS`; says which codes are options.

    Raises
    ------
    FrameError
        If a row is given twice, an item is unknown, a value is text or not an option of its item, a row has
        neither a value nor a reason for its absence, or has both.

    Examples
    --------
    >>> import pandas as pd
    >>> items = pd.DataFrame({"item": ["SM1"], "steps": [4]})
    >>> answers = pd.DataFrame({"administration": 7, "item": "SM1", "student": ["A", "B"], "value": [3, 9]})
    >>> check_answers(answers, items)
    Traceback (most recent call last):
    ...
    analytics.columns.FrameError: table 'answers', column 'value', row 1: found 9. Item 'SM1' has the options
    1 to 4.
    """
    return coded(ANSWERS, answers, items).rows


def check_ratings(ratings: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Return RATINGS, checked like answers: one own rating of the teacher an administration and item."""
    return coded(RATINGS, ratings, items).rows


def check_predictions_by_student(predictions: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Return PREDICTIONS_BY_STUDENT; a prediction given twice or without a value is refused."""
    return coded(PREDICTIONS_BY_STUDENT, predictions, items).rows


def check_predictions_by_count(predictions: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Return PREDICTIONS_BY_COUNT; an option given twice or a count below 0 is refused."""
    checked = coded(PREDICTIONS_BY_COUNT, predictions, items).rows
    below = checked["count"].to_numpy() < 0
    refuse(PREDICTIONS_BY_COUNT, "count", checked, below, "A count is 0 or more.")
    return checked


def check_earlier(earlier: pd.DataFrame) -> pd.DataFrame:
    """Return EARLIER; a row given twice or compared with itself is refused."""
    checked = checked_columns(EARLIER, earlier)
    sides = (checked[name].astype(object) for name in ("administration", "earlier"))
    same = np.array([one == other for one, other in zip(*sides, strict=True)], dtype=bool)
    refuse(EARLIER, "earlier", checked, same, "An administration cannot be its own earlier one.")
    return checked


def check_series(series: pd.DataFrame) -> pd.DataFrame:
    """Return SERIES with every optional column filled: one phase, one line, no change, no decision.

    Raises
    ------
    FrameError
        If cycles do not rise within a series and item (sort them first: the order carries the meaning), a
        cycle is given twice, a value is empty without a ``too_few`` reason, or ``n`` is below 0.

    Examples
    --------
    >>> import pandas as pd
    >>> turns = {"series": "s", "item": "SM1", "cycle": [2, 1], "value": [0.5, 0.8], "n": 5}
    >>> check_series(pd.DataFrame(turns))
    Traceback (most recent call last):
    ...
    analytics.columns.FrameError: table 'series', column 'cycle', row 1: found 1. Cycles must rise within a
    series and item: sort the table by cycle.
    """
    given = checked_columns(SERIES, series)
    refuse(SERIES, "n", given, given["n"].to_numpy() < 0, "A number of students is 0 or more.")
    earlier = given.groupby(["series", "item"], sort=False, observed=True)["cycle"].shift()
    falls = (given["cycle"] < earlier).to_numpy(dtype=bool)
    says = "Cycles must rise within a series and item: sort the table by cycle."
    refuse(SERIES, "cycle", given, falls, says)
    filled = given.copy()
    for name, default in (("phase", 1), ("line", 1), ("prediction", np.nan)):
        filled[name] = given.get(name, default)
    for name in ("too_few", "change", "decision"):
        filled[name] = given.get(name, "")
    silent = (filled["value"].isna() & (filled["too_few"] == "")).to_numpy()
    refuse(SERIES, "value", filled, silent, "An empty value needs its reason in the column 'too_few'.")
    return filled[[column.name for column in SERIES.columns]]

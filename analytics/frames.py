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

from typing import Any

import numpy as np
import pandas as pd

from analytics.columns import Bools, Column, FrameError, Ints, Table, checked_columns, refuse

__all__ = [
    "ANSWERS",
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
    "check_items",
    "check_predictions_by_count",
    "check_predictions_by_student",
    "check_ratings",
    "check_series",
    "item_places",
]

MISSING_REASONS = ("skipped", "not_applicable", "not_understood", "not_shown")
"""Why an answer may be missing, in the order in which results count them."""

FAVOURABLE_SCORE = 66
"""An answer is favourable from this 0-100 score on, after reversal: the top two of four or five."""

_ADMINISTRATION = Column("administration", "key", "one survey given to one group for one lesson")
_ITEM = Column("item", "key", "item version; must stand in ITEMS")
_STUDENT = Column("student", "key", "focal code, or the random key of a pooled response")
_MISSING = Column("missing", "reason", "why the value is empty; empty otherwise", False, True)

ITEMS = Table(
    "items",
    (
        Column("item", "key", "item version"),
        Column("steps", "whole", "number of options K, 2 or more"),
        Column("lowest", "whole", "code of the lowest option: 1 for 1..K, 0 for counts", required=False),
        Column("favourable_from", "whole", "lowest favourable code, after reversal", required=False),
        Column("reverse", "flag", "true where a higher code means less of the construct", required=False),
        Column("paired", "flag", "true where teacher and students answer the same", required=False),
        Column("label", "text", "short words for charts; the item key where not given", required=False),
        Column("options", "labels", "K option labels, lowest code first, as picked", required=False),
        Column("construct", "text", "what it measures; empty for none", False, True),
    ),
    ("item",),
)
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
TABLES = (ITEMS, ANSWERS, RATINGS, PREDICTIONS_BY_STUDENT, PREDICTIONS_BY_COUNT, SERIES)


def check_items(items: pd.DataFrame) -> pd.DataFrame:
    """Return ITEMS with every optional column filled.

    Parameters
    ----------
    items : DataFrame
        ``item`` and ``steps``; optional ``lowest`` (1), ``favourable_from`` (the first code whose 0-100 score
        is 66 or more), ``reverse`` (False), ``paired`` (True), ``label`` (the item), ``options`` (the codes),
        ``construct`` (empty).

    Returns
    -------
    DataFrame
        One row an item, in the order given, all columns of :data:`ITEMS`.

    Raises
    ------
    FrameError
        If a column is missing or mistyped, an item repeats, a scale has fewer than 2 steps,
        ``favourable_from`` is not one of the codes, or there are not K option labels.

    Examples
    --------
    >>> import pandas as pd
    >>> checked = check_items(pd.DataFrame({"item": ["SM1", "TC1"], "steps": [4, 3]}))
    >>> checked[["item", "lowest", "favourable_from", "reverse", "paired"]].values.tolist()
    [['SM1', 1, 3, False, True], ['TC1', 1, 3, False, True]]
    """
    given = checked_columns(ITEMS, items)
    refuse(ITEMS, "steps", given, given["steps"].to_numpy() < 2, "A scale has at least 2 options.")
    filled = given.copy()
    filled["lowest"] = given.get("lowest", 1)
    steps, lowest = filled["steps"].to_numpy(), filled["lowest"].to_numpy()
    # Whole numbers throughout, so that no rounding decides which option is favourable.
    top = lowest - (-FAVOURABLE_SCORE * (steps - 1) // 100)
    filled["favourable_from"] = given.get("favourable_from", top)
    outside = (filled["favourable_from"] < lowest) | (filled["favourable_from"] >= lowest + steps)
    refuse(ITEMS, "favourable_from", filled, outside.to_numpy(), "Expected one of the item's option codes.")
    filled["reverse"] = given.get("reverse", False)
    filled["paired"] = given.get("paired", True)
    filled["label"] = given.get("label", given["item"].astype(str).astype(object))
    filled["construct"] = given.get("construct", "")
    filled["options"] = pd.Series(_option_labels(given, lowest, steps), index=given.index, dtype=object)
    return filled[[column.name for column in ITEMS.columns]]


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
    return _checked_codes(ANSWERS, answers, items)


def check_ratings(ratings: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Return RATINGS, checked like answers: one own rating of the teacher an administration and item."""
    return _checked_codes(RATINGS, ratings, items)


def check_predictions_by_student(predictions: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Return PREDICTIONS_BY_STUDENT; a prediction given twice or without a value is refused."""
    return _checked_codes(PREDICTIONS_BY_STUDENT, predictions, items)


def check_predictions_by_count(predictions: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Return PREDICTIONS_BY_COUNT; an option given twice or a count below 0 is refused."""
    checked = _checked_codes(PREDICTIONS_BY_COUNT, predictions, items)
    below = checked["count"].to_numpy() < 0
    refuse(PREDICTIONS_BY_COUNT, "count", checked, below, "A count is 0 or more.")
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


def item_places(table: Table, frame: pd.DataFrame, items: pd.DataFrame) -> Ints:
    """Return, for each row, the position of its item in ``items``; refuse an item that is not there."""
    codes, found = pd.factorize(frame["item"])
    place = pd.Index(items["item"]).get_indexer(pd.Index(found))
    unknown = place < 0
    if unknown.any():
        refuse(table, "item", frame, unknown[codes], "This item does not stand in the table 'items'.")
    return np.asarray(place[codes], dtype=np.int64)


def _option_labels(given: pd.DataFrame, lowest: Ints, steps: Ints) -> list[tuple[str, ...]]:
    if "options" not in given:
        return [tuple(str(low + k) for k in range(count)) for low, count in zip(lowest, steps, strict=True)]
    labels = [(words,) if isinstance(words, str) else tuple(map(str, words)) for words in given["options"]]
    wrong = np.array([len(words) != count for words, count in zip(labels, steps, strict=True)], dtype=bool)
    refuse(ITEMS, "options", given, wrong, "Expected one label for each of the item's steps, lowest first.")
    return labels


def _checked_codes(table: Table, frame: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Check a table that holds option codes against the items it speaks of."""
    checked = checked_columns(table, frame)
    known = check_items(items)
    place = item_places(table, checked, known)
    value = checked["value"].to_numpy()
    empty = np.isnan(value)
    step = value - known["lowest"].to_numpy()[place]
    wrong = ~empty & ((step < 0) | (step >= known["steps"].to_numpy()[place]) | (step != np.floor(step)))
    if wrong.any():
        item = known.iloc[place[int(np.argmax(wrong))]]
        highest = item["lowest"] + item["steps"] - 1
        says = f"Item {item['item']!r} has the options {item['lowest']} to {highest}."
        refuse(table, "value", frame, wrong, says)
    if "missing" in table.column:
        checked["missing"] = _reasons(table, checked, empty)
    return checked


def _reasons(table: Table, checked: pd.DataFrame, empty: Bools) -> pd.Series[Any]:
    """Return the reasons; refuse an empty value without one and a reason beside a value."""
    kinds = pd.CategoricalDtype(["", *MISSING_REASONS])
    listed = ", ".join(MISSING_REASONS)
    if "missing" not in checked:
        says = f"An empty value needs its reason in a column 'missing': {listed}."
        refuse(table, "value", checked, empty, says)
        codes = np.zeros(len(checked), dtype=np.int8)
    else:
        given = checked["missing"]
        place, found = pd.factorize(given)
        known = pd.Index(kinds.categories).get_indexer(pd.Index(found, dtype=object))
        codes = np.append(known, 0)[place]  # An empty cell has place -1, and so means no reason.
        refuse(table, "missing", checked, codes < 0, f"Expected nothing or one of {listed}.")
        silent = empty & (codes == 0)
        refuse(table, "value", checked, silent, f"Expected a value, or in 'missing' one of {listed}.")
        both = ~empty & (codes > 0)
        refuse(table, "missing", checked, both, "This row has a value: leave its reason empty.")
    return pd.Series(pd.Categorical.from_codes(codes, dtype=kinds), index=checked.index)

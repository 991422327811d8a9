"""Items and their option codes: which codes are allowed, which are favourable, what a missing answer is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analytics.columns import Bools, Column, Floats, Ints, Table, checked_columns, refuse

MISSING_REASONS = ("skipped", "not_applicable", "not_understood", "not_shown")
"""Why an answer may be missing, in the order in which results count them."""

FAVOURABLE_SCORE = 66
"""An answer is favourable from this 0-100 score on, after reversal: the top two of four or five."""

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


@dataclass(frozen=True)
class Coded:
    """A checked table of option codes, and where each row's code stands.

    Parameters
    ----------
    rows : DataFrame
        The checked table.
    items : DataFrame
        The checked ITEMS.
    place : array of int
        Position of each row's item in ``items``.
    step : array of float
        0 for the least favourable option, K - 1 for the most, *after reversal*; NaN where missing.
    """

    rows: pd.DataFrame
    items: pd.DataFrame
    place: Ints
    step: Floats


def coded(table: Table, frame: pd.DataFrame, items: pd.DataFrame) -> Coded:
    """Check a table that holds option codes against its items and return it with steps after reversal.

    Raises
    ------
    FrameError
        As :func:`check_answers`.
    """
    rows = checked_columns(table, frame)
    known = check_items(items)
    place = _item_places(table, rows, known)
    value = rows["value"].to_numpy()
    step = value - _of_each(known["lowest"], place)
    top = _of_each(known["steps"], place) - 1
    right = (step >= 0) & (step <= top) & (step == np.floor(step))
    empty = np.isnan(value) if not right.all() else ~right
    wrong = ~(right | empty)
    if wrong.any():
        item = known.iloc[place[int(np.argmax(wrong))]]
        highest = item["lowest"] + item["steps"] - 1
        says = f"Item {item['item']!r} has the options {item['lowest']} to {highest}."
        refuse(table, "value", frame, wrong, says)
    if "missing" in table.column:
        rows["missing"] = _reasons(table, rows, empty)
    if known["reverse"].any():
        step = np.where(_of_each(known["reverse"], place), top - step, step)
    return Coded(rows, known, place, step)


def _of_each(column: pd.Series[Any], place: Ints) -> Any:
    """Return each row's value of its item; one value where all items share it, which spares millions."""
    values = column.to_numpy()
    return values[0] if len(values) and (values == values[0]).all() else values[place]


def _option_labels(given: pd.DataFrame, lowest: Ints, steps: Ints) -> list[tuple[str, ...]]:
    if "options" not in given:
        return [tuple(str(low + k) for k in range(count)) for low, count in zip(lowest, steps, strict=True)]
    labels = [(words,) if isinstance(words, str) else tuple(map(str, words)) for words in given["options"]]
    wrong = np.array([len(words) != count for words, count in zip(labels, steps, strict=True)], dtype=bool)
    refuse(ITEMS, "options", given, wrong, "Expected one label for each of the item's steps, lowest first.")
    return labels


def _item_places(table: Table, frame: pd.DataFrame, known: pd.DataFrame) -> Ints:
    """Return, for each row, the position of its item in ``known``; refuse an item that is not there."""
    given = frame["item"]
    if isinstance(given.dtype, pd.CategoricalDtype):
        codes, found = given.cat.codes.to_numpy(), given.cat.categories
    else:
        codes, found = pd.factorize(given)
    place = pd.Index(known["item"]).get_indexer(pd.Index(np.asarray(found)))
    unknown = place < 0
    if unknown.any():
        refuse(table, "item", frame, unknown[codes], "This item does not stand in the table 'items'.")
    return np.asarray(place[codes], dtype=np.int64)


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
        codes = np.zeros(len(given), dtype=np.int64)
        filled = given.notna().to_numpy()
        place, found = pd.factorize(given[filled])
        codes[filled] = pd.Index(kinds.categories).get_indexer(pd.Index(np.asarray(found)))[place]
        refuse(table, "missing", checked, codes < 0, f"Expected nothing or one of {listed}.")
        silent = empty & (codes == 0)
        refuse(table, "value", checked, silent, f"Expected a value, or in 'missing' one of {listed}.")
        both = ~empty & (codes > 0)
        refuse(table, "missing", checked, both, "This row has a value: leave its reason empty.")
    return pd.Series(pd.Categorical.from_codes(codes, dtype=kinds), index=checked.index)

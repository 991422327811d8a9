"""Selects a chart's own columns, first of all, so that nothing else can travel inside a picture."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from analytics.columns import FrameError, Table, checked_columns


def own_rows(table: Table, frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a chart's table as plain Python values, with None where a cell is empty.

    Raises
    ------
    FrameError
        If a declared column is missing or mistyped, a row repeats, or there is no row at all.

    Examples
    --------
    >>> from analytics.columns import Column
    >>> who, n = Column("who", "key", "code"), Column("n", "number", "students", may_be_empty=True)
    >>> table = Table("counts", (who, n), ("who",))
    >>> own_rows(table, pd.DataFrame({"who": ["A", "B"], "n": [3, None], "secret": [1, 2]}))
    [{'who': 'A', 'n': 3.0}, {'who': 'B', 'n': None}]
    """
    if len(frame) == 0:
        raise FrameError(table.name, "There is no row to draw: show the page's empty state instead.")
    checked = checked_columns(table, frame)
    optional = {column.name: None for column in table.columns if column.name not in checked}
    return [{**_plain(row), **optional} for row in checked.to_dict("records")]


def _plain(row: dict[Any, Any]) -> dict[str, Any]:
    return {str(name): _cell(value) for name, value in row.items()}


def _cell(value: Any) -> Any:
    if value is None or (isinstance(value, float) and math.isnan(value)) or value is pd.NA or value is pd.NaT:
        return None
    return value.item() if hasattr(value, "item") else value

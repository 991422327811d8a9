"""Plain lists and arrays as input: turned into numbers once, refused with the row and the value.

Functions that follow one series or one table of scores take lists, arrays or Series where a declared table
would be ceremony. They read them here, so that text, truth values and infinity are refused with the same
:class:`~analytics.columns.FrameError` as in a table; ``row`` is then the position, counted from 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from numbers import Real
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.columns import Bools, Floats, FrameError, Ints

__all__ = [
    "Bools",
    "Cells",
    "Floats",
    "FrameError",
    "Ints",
    "bad_argument",
    "numbers",
    "numbers_or_gaps",
    "same_length",
    "score_table",
    "whole_numbers",
]

Cells = Iterable[Any]
"""What may be passed as one row of numbers: a list, a tuple, an array, a Series."""


def numbers_or_gaps(table: str, column: str, values: Cells, labels: Sequence[Any] | None = None) -> Floats:
    """Return a new one-dimensional float array; None, NaN and ``pandas.NA`` become NaN, all else is checked.

    Parameters
    ----------
    table, column : str
        What the error calls them.
    values : list, array or Series
        The cells.
    labels : sequence, optional
        Names of the rows for the error; the positions where not given.

    Raises
    ------
    FrameError
        If a cell is text, a truth value or infinite, or if ``values`` is not one row of cells.

    Examples
    --------
    >>> numbers_or_gaps("run chart", "values", [1, None, 2.5]).tolist()
    [1.0, nan, 2.5]
    >>> numbers_or_gaps("run chart", "values", [1, "two"])
    Traceback (most recent call last):
    ...
    analytics.columns.FrameError: table 'run chart', column 'values', row 1: found 'two'. Expected a number.
    """
    cells = _cells(table, column, values)
    if cells.dtype.kind in "iuf":
        found = cells.astype(np.float64)
    else:
        empty = np.array([_is_empty(cell) for cell in cells], dtype=bool)
        wrong = ~empty & ~np.array([_is_number(cell) for cell in cells], dtype=bool)
        _refuse_rows(table, column, cells, wrong, "Expected a number.", labels)
        found = np.array([np.nan if gap else float(cell) for cell, gap in zip(cells, empty, strict=True)])
    _refuse_rows(table, column, cells, np.isinf(found), "Expected a finite number.", labels)
    return found


def numbers(table: str, column: str, values: Cells) -> Floats:
    """Return the values as :func:`numbers_or_gaps` does, and refuse a missing one."""
    found = numbers_or_gaps(table, column, values)
    _refuse_rows(table, column, found, np.isnan(found), "This cell may not be empty.")
    return found


def whole_numbers(table: str, column: str, values: Cells, *, lowest: int) -> Ints:
    """Return whole numbers, none missing and none below ``lowest``."""
    found = numbers(table, column, values)
    wrong = (found != np.floor(found)) | (found < lowest)
    _refuse_rows(table, column, found, wrong, f"Expected a whole number of {lowest} or more.")
    return found.astype(np.int64)


def same_length(table: str, **columns: Floats | Ints) -> None:
    """Refuse arrays that do not stand side by side, naming the first that differs."""
    (first, start), *others = columns.items()
    for name, found in others:
        if len(found) != len(start):
            raise FrameError(table, f"There are {len(start)} {first} but {len(found)} {name}.", column=name)


def score_table(table: str, scores: pd.DataFrame | npt.ArrayLike) -> tuple[Floats, tuple[str, ...]]:
    """Return a people x items float array (NaN is missing) and the names of the items.

    Examples
    --------
    >>> scores, items = score_table("alpha", [[1, 2], [3, None]])
    >>> items, scores.tolist()
    (('1', '2'), [[1.0, 2.0], [3.0, nan]])
    """
    frame = scores if isinstance(scores, pd.DataFrame) else _as_frame(table, scores)
    names = tuple(str(name) for name in frame.columns)
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise FrameError(table, "The column stands in the table twice.", column=twice[0])
    labels = frame.index.tolist()
    columns = [numbers_or_gaps(table, name, frame.iloc[:, place], labels) for place, name in enumerate(names)]
    return (np.column_stack(columns) if columns else np.empty((len(frame), 0))), names


def bad_argument(table: str, argument: str, value: Any, expected: str) -> FrameError:
    """Return the error for an argument that cannot be used; the caller raises it."""
    return FrameError(table, f"Found {value!r}. {expected}", column=argument)


def _as_frame(table: str, scores: npt.ArrayLike) -> pd.DataFrame:
    says = "Expected one row a person and one column an item."
    try:
        cells = scores if isinstance(scores, np.ndarray) else np.array(scores, dtype=object)
    except ValueError as error:
        raise FrameError(table, says) from error
    if cells.ndim != 2:
        raise FrameError(table, says)
    return pd.DataFrame(cells, columns=[str(place) for place in range(1, cells.shape[1] + 1)])


def _cells(table: str, column: str, values: Cells) -> npt.NDArray[Any]:
    if isinstance(values, pd.Series):
        plain = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
        cells = values.to_numpy(np.float64, na_value=np.nan) if plain else values.to_numpy(object)
    elif isinstance(values, np.ndarray):
        cells = values
    elif isinstance(values, str | bytes | dict | pd.DataFrame) or not isinstance(values, Iterable):
        raise FrameError(table, f"Expected a row of numbers, found {type(values).__name__}.", column=column)
    else:
        listed = list(values)
        cells = np.fromiter(listed, dtype=object, count=len(listed))
    if cells.ndim != 1:
        raise FrameError(table, f"Expected one row of numbers, found {cells.ndim} dimensions.", column=column)
    return cells


def _is_empty(cell: Any) -> bool:
    return cell is None or cell is pd.NA or cell is pd.NaT or (isinstance(cell, float) and cell != cell)


def _is_number(cell: Any) -> bool:
    return isinstance(cell, Real) and not isinstance(cell, bool | np.bool_)


def _refuse_rows(
    table: str,
    column: str,
    cells: npt.NDArray[Any],
    wrong: Bools,
    expected: str,
    labels: Sequence[Any] | None = None,
) -> None:
    if not wrong.any():
        return
    row = int(np.argmax(wrong))
    cell = cells[row]
    value = cell.item() if isinstance(cell, np.generic) else cell
    raise FrameError(table, expected, column=column, row=labels[row] if labels else row, value=value)

"""How a table is declared, how its cells are checked, and the error that names the faulty one."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from numbers import Real
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Kind = Literal["key", "number", "whole", "text", "flag", "labels", "reason"]


class FrameError(ValueError):
    """A table that cannot be used; says which table, column, row and value, and what was expected.

    Attributes
    ----------
    table, column : str
        The declared table and the column at fault (empty when the table as a whole is at fault).
    row : object
        The index label of the first faulty row, or None.
    value : object
        The value found there, or None.
    """

    def __init__(
        self, table: str, expected: str, *, column: str = "", row: Any = None, value: Any = None
    ) -> None:
        self.table, self.column, self.row, self.value = table, column, row, value
        where = f"table {table!r}" + (f", column {column!r}" if column else "")
        found = f", row {row!r}: found {value!r}" if row is not None else ""
        super().__init__(f"{where}{found}. {expected}")


@dataclass(frozen=True)
class Column:
    """One declared column: its kind, its meaning, whether it must be there, whether a cell may be empty."""

    name: str
    kind: Kind
    meaning: str
    required: bool = True
    may_be_empty: bool = False


@dataclass(frozen=True)
class Table:
    """One declared table; ``key`` lists the columns that together name a row and may not repeat, if any."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    column: dict[str, Column] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "column", {column.name: column for column in self.columns})


def refuse(table: Table, column: str, frame: pd.DataFrame, wrong: Bools, expected: str) -> None:
    """Raise :class:`FrameError` for the first row where ``wrong`` holds; do nothing where it never holds."""
    if not wrong.any():
        return
    row = int(np.argmax(wrong))
    value = frame[column].iloc[row]
    raise FrameError(
        table.name,
        expected,
        column=column,
        row=_plain(frame.index[row]),
        value=_plain(value),
    )


def checked_columns(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the declared columns with declared types; refuse missing columns, wrong cells, repeated keys."""
    if not isinstance(frame, pd.DataFrame):
        raise FrameError(table.name, f"Expected a pandas DataFrame, found {type(frame).__name__}.")
    for column in table.columns:
        if column.required and column.name not in frame:
            expected = ", ".join(c.name for c in table.columns if c.required)
            raise FrameError(table.name, f"The column is missing; needed: {expected}.", column=column.name)
    present = [column for column in table.columns if column.name in frame]
    cells = {column.name: _typed(table, column, frame) for column in present}
    checked = pd.DataFrame(cells, index=frame.index, copy=False)
    if table.key:
        _refuse_repeats(table, checked)
    return checked


def joint_codes(columns: Sequence[pd.Series[Any]]) -> Ints:
    """Return one whole number per row that is equal exactly where the rows agree in all columns."""
    joined, size = _dense(columns[0])
    for column in columns[1:]:
        codes, count = _dense(column)
        if size * count > 2**62:
            places, distinct = pd.factorize(joined)
            joined, size = np.asarray(places, dtype=np.int64), len(distinct)
        joined *= count
        joined += codes
        size *= count
    return joined


def _dense(column: pd.Series[Any]) -> tuple[Ints, int]:
    """Return small codes, equal where cells are, in an array of their own."""
    if column.dtype == np.int64 and len(column):
        value = column.to_numpy()
        low, high = int(value.min()), int(value.max())
        if high - low < 2**31:
            return value - low, high - low + 1
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.cat.codes.to_numpy().astype(np.int64), max(len(column.cat.categories), 1)
    codes, found = pd.factorize(column)
    return np.array(codes, dtype=np.int64), max(len(found), 1)


def _refuse_repeats(table: Table, checked: pd.DataFrame) -> None:
    joined = joint_codes([checked[name] for name in table.key])
    if (joined[1:] > joined[:-1]).all():  # in order already, as tables from a database often are
        return
    ordered = np.sort(joined)
    if not (ordered[1:] == ordered[:-1]).any():
        return
    row = int(np.argmax(pd.Series(joined).duplicated().to_numpy()))
    raise FrameError(
        table.name,
        f"The same {', '.join(table.key)} stood in an earlier row: each may be given once.",
        column=table.key[-1],
        row=_plain(checked.index[row]),
        value=", ".join(str(checked[name].iloc[row]) for name in table.key),
    )


def _typed(table: Table, column: Column, frame: pd.DataFrame) -> pd.Series[Any]:
    given = frame[column.name]
    if isinstance(given, pd.DataFrame):
        raise FrameError(table.name, "The column stands in the table twice.", column=column.name)
    if column.kind == "key" and given.dtype == object:
        wrong = np.array([not isinstance(cell, Hashable) for cell in given], dtype=bool)
        refuse(table, column.name, frame, wrong, "Expected text, a number or another key.")
    if not column.may_be_empty:
        refuse(table, column.name, frame, given.isna().to_numpy(), "This cell may not be empty.")
    if column.kind in ("number", "whole"):
        return _numbers(table, column, frame)
    if column.kind == "flag":
        wrong = ~given.isin([True, False]).to_numpy()
        refuse(table, column.name, frame, wrong, "Expected true or false.")
        return given.astype(bool)
    if column.kind == "text":
        wrong = np.array([not (isinstance(cell, str) or pd.isna(cell)) for cell in given], dtype=bool)
        refuse(table, column.name, frame, wrong, "Expected text.")
        return given.astype(object).where(given.notna(), "")
    return given


def _numbers(table: Table, column: Column, frame: pd.DataFrame) -> pd.Series[Any]:
    """Return the column as float64 (int64 for whole numbers); refuse text, truth values and infinity."""
    given = frame[column.name]
    if given.dtype == np.int64 and column.kind == "whole":
        return given
    value = _floats(table, column, frame)
    refuse(table, column.name, frame, np.isinf(value), "Expected a finite number.")
    if column.kind == "number":
        return pd.Series(value, index=frame.index, copy=False)
    # Beyond 2**53 a float no longer holds every whole number.
    wrong = (value != np.floor(value)) | (np.abs(value) > 2**53)
    refuse(table, column.name, frame, wrong, "Expected a whole number.")
    return pd.Series(value.astype(np.int64), index=frame.index, copy=False)


def _floats(table: Table, column: Column, frame: pd.DataFrame) -> Floats:
    """Return a copy of the cells as floats, so that changing a result never touches the caller's table."""
    given = frame[column.name]
    empty = given.isna().to_numpy()
    plain = pd.api.types.is_numeric_dtype(given) and not pd.api.types.is_bool_dtype(given)
    if plain and not pd.api.types.is_complex_dtype(given):
        return np.array(given.to_numpy(dtype=np.float64, na_value=np.nan), dtype=np.float64)
    wrong = ~empty
    if given.dtype == object:
        wrong &= ~np.array([_is_number(cell) for cell in given], dtype=bool)
    refuse(table, column.name, frame, wrong, "Expected a number.")
    cells = zip(given, empty, strict=True)
    return np.array([np.nan if gone else float(cell) for cell, gone in cells], dtype=np.float64)


def _is_number(cell: Any) -> bool:
    return isinstance(cell, Real) and not isinstance(cell, bool | np.bool_)


def _plain(value: Any) -> Any:
    """Return Python's own type for a NumPy scalar, so that messages read 9 and not np.int64(9)."""
    return value.item() if isinstance(value, np.generic) else value

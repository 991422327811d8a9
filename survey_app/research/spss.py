"""The wide table as an SPSS file: labels everywhere, reasons for a missing answer user-missing."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyreadstat

from measures.codebook import MISSING_CODES
from survey_app.research.columns import PLACE_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from measures.codebook import Column

WHOLE = frozenset({"cycle", "late"})
# Where a .sav keeps the day and the time at which it was written: the only bytes that are not the data's own.
WRITTEN_AT = slice(92, 109)
ALWAYS = b"01 Jan 8000:00:00"


def as_sav(columns: Sequence[Column], rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Return the rows of the wide table as a .sav: the same bytes for the same rows."""
    frame = pd.DataFrame(rows, columns=[*PLACE_COLUMNS, *(column.name for column in columns)])
    for name in frame.columns:
        is_words = name in PLACE_COLUMNS and name not in WHOLE
        frame[name] = frame[name].astype(object if is_words else float)
    marked = [column for column in columns if column.values]
    lowest, highest = min(MISSING_CODES.values()), max(MISSING_CODES.values())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "wide.sav"
        pyreadstat.write_sav(
            frame,
            path,
            column_labels={**PLACE_COLUMNS, **{column.name: column.question for column in columns}},
            variable_value_labels={
                column.name: {float(value): label for value, label in column.values.items()}
                for column in marked
            },
            missing_ranges={column.name: [{"lo": lowest, "hi": highest}] for column in marked},
            variable_measure={column.name: "ordinal" if column.values else "scale" for column in columns},
            variable_format={column.name: "F3.0" if column.values else "F8.2" for column in columns},
        )
        body = bytearray(path.read_bytes())
    body[WRITTEN_AT] = ALWAYS
    return bytes(body)

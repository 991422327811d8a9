"""Read a list of people to invite, pasted or a file. Pure: bytes or text in, rows and faults out.

What was found is said with the number of its row, as a spreadsheet counts them, and what to do. Nothing is
guessed: a wrong guess of an encoding writes a colleague's name wrong for ever.
"""

from __future__ import annotations

import codecs
import csv
import io
import unicodedata
from dataclasses import dataclass, field

from survey_app.errors import BadInput

MOST_BYTES = 1024 * 1024
MOST_ROWS = 500
COLUMNS = {
    "name": ("name", "full name", "display name", "nombre"),
    "email": ("email", "e-mail", "email address", "e-mail address", "mail", "address", "correo"),
    "role": ("role", "works as", "rol"),
    "place": ("place", "school", "organisation", "organization", "district", "where", "escuela"),
    "within": ("within", "in", "belongs to", "place above"),
}
# What a spreadsheet takes for the beginning of a formula; the wide letters of East Asia are made plain first.
FORMULA = ("=", "+", "-", "@")
SAVE_AS = "In the spreadsheet choose “Save as”, then “CSV UTF-8”, and send that file; or copy the cells here."


@dataclass(frozen=True)
class ListRow:
    """One row below the heads: what stands in it, by column, and the faults of its shape."""

    number: int  # as a spreadsheet counts: the heads are row 1
    cells: dict[str, str]
    faults: tuple[str, ...] = ()


@dataclass(frozen=True)
class PeopleList:
    """The rows of a list and which of the known columns it has."""

    rows: list[ListRow] = field(default_factory=list)
    columns: frozenset[str] = frozenset()


def text_of(sent: bytes) -> str:
    """Return the text of a file.

    Raises
    ------
    BadInput
        If it is too large, no text, or in an encoding that would have to be guessed.
    """
    if len(sent) > MOST_BYTES:
        raise _refused(
            f"The file has {len(sent) / MOST_BYTES:.1f} MB. A list has 1 MB and {MOST_ROWS} people at most:"
            " send it in parts."
        )
    is_utf16 = sent.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    encoding = "utf-16" if is_utf16 else "utf-8-sig"
    if not is_utf16 and b"\x00" in sent:
        raise _refused(f"This is no list in plain text, or its encoding does not say its name. {SAVE_AS}")
    try:
        text = sent.decode(encoding)
    except UnicodeDecodeError as fault:
        row = sent[: fault.start].count(b"\n") + 1
        raise _refused(
            f"Row {row} has a letter that cannot be read: the file is not in UTF-8. {SAVE_AS}"
        ) from None
    return text


def read_list(text: str) -> PeopleList:
    """Return the rows of a list with heads, its cells apart by comma, semicolon or tab.

    Raises
    ------
    BadInput
        If it has no rows or too many, no head for name or email, or a quotation mark that never ends.
    """
    text = text.removeprefix("\ufeff").rstrip()
    if not text:
        raise _refused("The list is empty. Its first row holds the heads: name, email, role, place.")
    if len(text.encode()) > MOST_BYTES:
        raise _refused(f"A list has 1 MB and {MOST_ROWS} people at most: send it in parts.")
    # A quoted cell may hold lines of its own, so this is a first look: it keeps 100,000 rows cheap.
    lines = text.count("\n") + 1
    if lines > 4 * MOST_ROWS:
        raise _too_many(lines - 1)
    heads_end = text.find("\n")
    heads_line = text if heads_end < 0 else text[:heads_end]
    delimiter = max(",;\t", key=heads_line.count)
    try:
        table = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        raise _refused(
            "A quotation mark (\") begins a cell and never ends, or stands in the middle of one. Look for it,"
            " and write it twice (\"\") inside a cell."
        ) from None
    columns = _columns(table[0])
    rows = [
        _row(number, cells, columns, len(table[0]))
        for number, cells in enumerate(table[1:], start=2)
        if any(cell.strip() for cell in cells)
    ]
    if not rows:
        raise _refused("The list has heads and nobody below them.")
    if len(rows) > MOST_ROWS:
        raise _too_many(len(rows))
    return PeopleList(rows, frozenset(columns.values()))


def _columns(heads: list[str]) -> dict[int, str]:
    """Return which column each known head stands over."""
    found: dict[int, str] = {}
    for position, head in enumerate(heads):
        plain = " ".join(head.split()).casefold()
        column = next((key for key, names in COLUMNS.items() if plain in names), None)
        if column is None:
            continue
        if column in found.values():
            raise _refused(f"Two columns could be the {column}: “{plain}” is the second. Take one out.")
        found[position] = column
    missing = [key for key in ("name", "email") if key not in found.values()]
    if missing:
        seen = ", ".join(f"“{head.strip()[:40]}”" for head in heads[:8]) or "nothing"
        raise _refused(
            f"The first row has to hold the heads, and there is none for {' and '.join(missing)}."
            f" Found: {seen}. Write name, email, role, place above the columns."
        )
    return found


def _row(number: int, cells: list[str], columns: dict[int, str], width: int) -> ListRow:
    held = {key: cells[at].strip() if at < len(cells) else "" for at, key in columns.items()}
    # Empty cells at the end are a spreadsheet's habit and no fault.
    while len(cells) > width and not cells[-1].strip():
        cells = cells[:-1]
    faults = []
    if len(cells) > width:
        faults.append(
            f"It has {len(cells)} cells, and there are {width} heads. A comma inside a name needs quotation"
            " marks around the cell."
        )
    elif len(cells) < width and not all(held.get(key) for key in ("name", "email")):
        faults.append(f"It has {len(cells)} of {width} cells. Fill in what is missing.")
    for key, cell in held.items():
        if unicodedata.normalize("NFKC", cell).startswith(FORMULA):
            faults.append(f"The {key} begins like a formula: “{cell[:20]}”. Write the plain words.")
    return ListRow(number, held, tuple(faults))


def _too_many(rows: int) -> BadInput:
    return _refused(f"The list has about {rows:,} rows, and {MOST_ROWS} at a time are read. Send parts.")


def _refused(words: str) -> BadInput:
    return BadInput(words, {"rows": words})

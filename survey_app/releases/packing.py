"""The release ledger in its three packed columns, and how what is erased leaves it.

Nothing but the job reads these: a ledger says which student's answer stands behind which figure.
"""

from __future__ import annotations

import json
import secrets
import zlib
from typing import TYPE_CHECKING

import analytics  # and nothing of it by name: what a child's request loads stays small

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from analytics.release import Ledger
    from survey_app.models.releases import ReleaseLedger
    from survey_app.models.research import ItemReportLedger

    Kept = ReleaseLedger | ItemReportLedger

Contributor = tuple[str, str, str, str]
ERASED = "erased-"


def pack(text: str) -> bytes:
    """Return a text packed: the same bytes for the same text."""
    return zlib.compress(text.encode(), level=6)


def unpack(packed: bytes) -> str:
    """Return what :func:`pack` packed."""
    return zlib.decompress(packed).decode()


def packed_ledger(ledger: Ledger) -> tuple[bytes, bytes]:
    """Return contributors and entries of a ledger, packed apart: erasures touch only the first."""
    whole = json.loads(ledger.dump())
    return tuple(
        pack(json.dumps(whole[part], separators=(",", ":"), ensure_ascii=False))
        for part in ("contributors", "entries")
    )


def ledger_of(row: Kept) -> Ledger:
    """Return the ledger of one release, or of one run of the item reports."""
    contributors, entries = unpack(row.contributors), unpack(row.entries)
    return analytics.release.Ledger.load(f'{{"contributors":{contributors},"entries":{entries}}}')


def forget(rows: Iterable[Kept], is_erased: Callable[[Contributor], bool]) -> int:
    """Put random marks in place of erased students, the same in every ledger; return how many there were.

    That somebody stood behind a figure has to stay: without it the next release could give away, by its
    difference to this one, what exactly the erased student had answered. Who it was goes.
    """
    marks: dict[tuple[str, str], str] = {}
    for row in rows:
        known: list[Contributor] = [tuple(one) for one in json.loads(unpack(row.contributors))]
        left = [
            (teacher, room, given, _mark(marks, room, student))
            if not student.startswith(ERASED) and is_erased((teacher, room, given, student))
            else (teacher, room, given, student)
            for teacher, room, given, student in known
        ]
        if left != known:
            row.contributors = pack(json.dumps(left, separators=(",", ":"), ensure_ascii=False))
    return len(marks)


def _mark(marks: dict[tuple[str, str], str], room: str, student: str) -> str:
    return marks.setdefault((room, student), ERASED + secrets.token_hex(8))


def without_student(ledger: Ledger, label: str) -> Ledger:
    """Return a ledger of one class with a random mark in place of one of its codes."""
    mark = ERASED + secrets.token_hex(8)
    people = tuple(
        (teacher, room, given, mark if student == label else student)
        for teacher, room, given, student in ledger.contributors
    )
    return analytics.release.Ledger(people, ledger.entries)

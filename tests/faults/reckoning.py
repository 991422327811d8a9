"""Hold the ledger kept outside against what stands in the database, read without the product's own code."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.faults.children import Ledger

SHEETS = (
    "SELECT r.id, count(a.item_version_id), max(a.words) FROM responses r"
    " LEFT JOIN answers a ON a.response_id = r.id GROUP BY r.id"
)


def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    """Read from outside the product: with SQLite's own library, or as PostgreSQL's administrator."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=30)) as connection:
            return connection.execute(query).fetchall()
    import psycopg

    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        return connection.execute(query).fetchall()


def reckon(url: str, ledger: Ledger, *, questions: int) -> dict[str, int]:
    """Return how many sheets were lost, doubled, stored in part, or come from nobody who sent one."""
    sheets = rows(url, SHEETS)
    marks = Counter(mark for _id, _answers, mark in sheets)
    receipts = {bytes(row[0]) for row in rows(url, "SELECT key_hash FROM receipts")}
    lost = [mark for mark, key in ledger.thanked.items() if mark not in marks or key not in receipts]
    known = set(ledger.tried.values())
    return {
        "acknowledged": len(ledger.thanked),
        "stored": len(sheets),
        "stored and never heard": sum(mark not in ledger.thanked for mark in marks),
        "lost": len(lost),
        "duplicated": sum(count - 1 for count in marks.values() if count > 1),
        "partial": sum(answers != questions for _id, answers, _m in sheets)
        + abs(len(receipts) - len(sheets)),
        "from nobody": sum(mark not in ledger.tried for mark in marks)
        + sum(key not in known for key in receipts),
        "unsound": unsound(url),
    }


def unsound(url: str) -> int:
    """Return how many faults the database's own checks find in the file."""
    if not url.startswith("sqlite"):
        return 0
    found = [row[0] for row in rows(url, "PRAGMA integrity_check") if row[0] != "ok"]
    return len(found) + len(rows(url, "PRAGMA foreign_key_check"))

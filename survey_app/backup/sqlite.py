"""A copy of an SQLite database while it is written to, and its way back."""

from __future__ import annotations

import gzip
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import make_url

from survey_app.backup.archive import CannotBackUp

if TYPE_CHECKING:
    from collections.abc import Iterable

PAYLOAD = "focal.sqlite.gz"
SECONDS_TO_WAIT = 30
SIDE_FILES = ("-wal", "-shm", "-journal")


def path_of(url: str) -> Path:
    """Return the file that an address names."""
    return Path(make_url(url).database or "").absolute()


def copy(url: str, folder: Path) -> tuple[Path, str, dict[str, int]]:
    """Write a checked, compressed copy; return it with its schema and how many rows each table has.

    The copy is one moment of the database: everything that was committed before it began, nothing half.
    Writers go on meanwhile.
    """
    source, plain, packed = path_of(url), folder / "copy.sqlite", folder / PAYLOAD
    if not source.is_file():
        raise CannotBackUp(f"There is no database yet at {source}.")
    try:
        with (
            closing(sqlite3.connect(source, timeout=SECONDS_TO_WAIT)) as live,
            closing(sqlite3.connect(plain)) as target,
        ):
            live.backup(target)
            # One file, without a side file that could be forgotten.
            target.execute("PRAGMA journal_mode=DELETE")
        schema, counts = check(plain)
    except sqlite3.Error as fault:
        raise CannotBackUp(f"{source} could not be copied: {fault}.") from None
    with plain.open("rb") as file, gzip.open(packed, "wb", compresslevel=6) as zipped:
        shutil.copyfileobj(file, zipped, 2**20)
    plain.unlink()
    return packed, schema, counts


def check(path: Path) -> tuple[str, dict[str, int]]:
    """Return schema and counts of a database file that is whole; complain about one that is not."""
    with closing(sqlite3.connect(path)) as db:
        if (found := db.execute("PRAGMA integrity_check(3)").fetchall()) != [("ok",)]:
            raise CannotBackUp(f"The database is damaged: {'; '.join(str(one[0]) for one in found)}.")
        if db.execute("PRAGMA foreign_key_check").fetchone():
            raise CannotBackUp("The database is damaged: a row points at another that is not there.")
        asked = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        names = sorted(name for (name,) in db.execute(asked))
        if "alembic_version" not in names:
            raise CannotBackUp(f"{path} is not a database of Focal.")
        counts = {name: db.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608  (the names of its own tables)
        return db.execute("SELECT version_num FROM alembic_version").fetchone()[0], counts


def is_empty(url: str) -> bool:
    """Tell whether nothing stands where the database would go."""
    return not any(path.exists() for path in _files(path_of(url)))


def put_back(packed: Path, url: str) -> tuple[str, dict[str, int]]:
    """Check the copy and put it where the address says, in one step; return its schema and counts."""
    target = path_of(url)
    target.parent.mkdir(parents=True, exist_ok=True)
    plain = target.with_name(f".{target.name}.restoring")
    try:
        with gzip.open(packed, "rb") as zipped, plain.open("wb") as out:
            shutil.copyfileobj(zipped, out, 2**20)
            out.flush()
            os.fsync(out.fileno())
        plain.chmod(0o600)
        found = check(plain)
        # A side file of the database that was here would be read into the one that comes.
        for path in _files(target)[1:]:
            path.unlink(missing_ok=True)
        plain.replace(target)
    except sqlite3.Error as fault:
        raise CannotBackUp(f"The copy in the backup cannot be used: {fault}.") from None
    finally:
        plain.unlink(missing_ok=True)
    return found


def move_aside(url: str, folder: Path, stamp: str) -> Path:
    """Move a database that cannot be read out of the way, and return where it is now."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = folder / f"unreadable-{stamp}.sqlite"
    for path, end in zip(_files(path_of(url)), ("", *SIDE_FILES), strict=True):
        if path.exists():
            shutil.move(path, f"{aside}{end}")
    return aside


def fold_side_file(url: str) -> None:
    """Bring what stands in the side file into the database, so that it may be removed."""
    with closing(sqlite3.connect(path_of(url), timeout=SECONDS_TO_WAIT)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _files(path: Path) -> tuple[Path, ...]:
    return (path, *_beside(path, SIDE_FILES))


def _beside(path: Path, ends: Iterable[str]) -> list[Path]:
    return [path.with_name(path.name + end) for end in ends]

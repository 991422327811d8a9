"""Which backups are kept: every one of two days, one a day after that, and none beyond 35 days.

A child's answers that were erased live on in older backups; so no backup may live for long.
"""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from survey_app.backup.archive import CannotBackUp

if TYPE_CHECKING:
    from pathlib import Path

ALL_KEPT = timedelta(days=2)
KEPT = timedelta(days=35)
NAME = re.compile(r"(?:focal|unreadable)-(\d{8}T\d{6})Z[^/]*")
STAMP = "%Y%m%dT%H%M%S"


def stamp(now: datetime) -> str:
    """Return the part of a name that says when."""
    return now.astimezone(UTC).strftime(STAMP) + "Z"


def reserve(folder: Path, now: datetime) -> Path:
    """Make an empty file with a name that nothing has yet, and return it."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        while True:
            path = folder / f"focal-{stamp(now)}-{secrets.token_hex(2)}.tar"
            try:
                path.touch(mode=0o600, exist_ok=False)
            except FileExistsError:
                continue
            return path
    except OSError as fault:
        raise CannotBackUp(f"{folder} cannot be written: {fault.strerror}.") from None


def backups(folder: Path) -> list[tuple[datetime, Path]]:
    """Return the backups of a folder, newest first; a file that is empty was never finished."""
    found = [(moment, path) for moment, path in _named(folder) if path.name.startswith("focal-")]
    return [(moment, path) for moment, path in found if path.suffix == ".tar" and path.stat().st_size]


def age_of_newest(folder: Path, now: datetime) -> timedelta | None:
    """Return how old the newest backup is, or none."""
    return next((now - moment for moment, _path in backups(folder)), None)


def prune(folder: Path, now: datetime) -> list[Path]:
    """Delete what has been kept long enough; return what went."""
    gone, days = [], set()
    for moment, path in _named(folder):
        age, is_backup = now - moment, path.name.startswith("focal-")
        if age > KEPT or (is_backup and age > ALL_KEPT and moment.date() in days):
            path.unlink()
            gone.append(path)
        if is_backup and age > ALL_KEPT:
            days.add(moment.date())
    return gone


def _named(folder: Path) -> list[tuple[datetime, Path]]:
    found = []
    for path in folder.iterdir() if folder.is_dir() else ():
        if (named := NAME.fullmatch(path.name)) and path.is_file():
            found.append((datetime.strptime(named[1], STAMP).replace(tzinfo=UTC), path))
    return sorted(found, reverse=True)

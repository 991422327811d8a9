"""The files of data packages: each is kept for as long as its one link lives, and no longer than its data."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import uuid
    from datetime import datetime
    from pathlib import Path


def keep_file(instance: Path, package_id: uuid.UUID, body: bytes, *, until: datetime) -> None:
    """Write a package's file, whole or not at all; a file made earlier goes."""
    folder = _folder(instance)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    remove_file(instance, package_id)
    aside = folder / f".{secrets.token_hex(8)}"
    # Only the process that serves it may read it.
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(body)
    aside.replace(folder / f"{int(until.timestamp())}-{package_id}.zip")


def take_file(instance: Path, package_id: uuid.UUID) -> bytes | None:
    """Return a package's bytes and remove its file; none where there is no file any more."""
    for path in _folder(instance).glob(f"*-{package_id}.zip"):
        body = path.read_bytes()
        path.unlink()
        return body
    return None


def remove_file(instance: Path, package_id: uuid.UUID) -> None:
    """Remove a package's file, if there is one."""
    for path in _folder(instance).glob(f"*-{package_id}.zip"):
        path.unlink(missing_ok=True)


def remove_old_files(instance: Path, *, now: datetime) -> int:
    """Remove the files whose link has run out, and what a broken process left; return how many."""
    gone = 0
    for path in _folder(instance).glob("*"):
        until = path.name.split("-", 1)[0]
        if not until.isdecimal() or int(until) <= now.timestamp():
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def remove_all_files(instance: Path) -> int:
    """Remove every package file: after an erasure nobody takes along what was made before it."""
    files = list(_folder(instance).glob("*"))
    for path in files:
        path.unlink(missing_ok=True)
    return len(files)


def _folder(instance: Path) -> Path:
    return instance / "packages"

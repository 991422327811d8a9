"""Make a backup while Focal runs."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from survey_app.backup import keeping, postgres, sqlite
from survey_app.backup.archive import CannotBackUp, Manifest, key_id, pack
from survey_app.erasure import journal

if TYPE_CHECKING:
    from datetime import datetime

    from config import Config


def make_backup(config: Config, folder: Path | None = None, *, now: datetime) -> tuple[Path, list[Path]]:
    """Write one backup, delete those whose time is over, and return both.

    Every answer that was acknowledged before this began is in it. A half-written one never has a name that is
    read: it is made under another and renamed at the end.
    """
    folder = folder or config.backup_folder
    kind = sqlite if config.on_sqlite else postgres
    target = keeping.reserve(folder, now)
    try:
        with tempfile.TemporaryDirectory(prefix=".making-", dir=folder) as made:
            work = Path(made)
            # The list first: what is erased from now on is in the live list, whichever database comes back.
            files = _journal_copy(config.instance, work)
            payload, schema, counts = kind.copy(config.owner_url, work)
            manifest = Manifest(
                made_at=now.isoformat(timespec="seconds"),
                kind="sqlite" if config.on_sqlite else "postgresql",
                schema=schema,
                counts=counts,
                key=key_id(config.secret_key),
            )
            packed = work / "packed"
            pack(packed, manifest, [*files, payload], config.secret_key)
            packed.chmod(0o600)
            packed.replace(target)
            _settle(folder)
    except OSError as fault:
        target.unlink(missing_ok=True)
        raise CannotBackUp(f"The backup could not be written into {folder}: {fault.strerror}.") from None
    except CannotBackUp:
        target.unlink(missing_ok=True)
        raise
    return target, keeping.prune(folder, now)


def _journal_copy(instance: Path, work: Path) -> list[Path]:
    source = instance / journal.FILE
    if not source.exists():
        return []
    return [Path(shutil.copyfile(source, work / journal.FILE))]


def _settle(folder: Path) -> None:
    """Wait until the disk knows the new name."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""A signed list, kept beside the database, of what was erased and of each night's work.

A restored backup brings back rows that were erased since. This list is not in the backup's database, so the
nightly job reads it and erases them again. It holds ids and counts; never a name, a code or an answer. Each
line is signed together with the one before it, so that a changed or missing line in the middle shows.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

FILE = "erasures.jsonl"


class JournalBroken(Exception):
    """A line of the journal is not what was written."""


def write_line(instance: Path, secret: str, what: str, *, now: datetime, **about: Any) -> None:
    """Append one signed line, and wait until the disk has it."""
    instance.mkdir(parents=True, exist_ok=True)
    path = instance / FILE
    with path.open("a+b") as file:
        _lock(file)
        file.seek(0)
        lines = file.read().splitlines()
        previous = json.loads(lines[-1])["mark"] if lines else ""
        body = {"at": now.isoformat(timespec="seconds"), "what": what, **about}
        signed = {**body, "mark": _mark(secret, previous, body)}
        file.write(json.dumps(signed, sort_keys=True).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    path.chmod(0o600)


def read_lines(instance: Path, *secrets: str) -> list[dict[str, Any]]:
    """Return the lines of the journal, oldest first.

    Raises
    ------
    JournalBroken
        If a line does not carry the mark that one of this installation's keys gives it.
    """
    path = instance / FILE
    lines = path.read_bytes().splitlines() if path.exists() else []
    read, previous = [], ""
    for number, line in enumerate(lines, start=1):
        try:
            body = json.loads(line)
            mark = body.pop("mark")
        except (ValueError, KeyError, AttributeError):
            body, mark = {}, ""
        if not any(hmac.compare_digest(mark, _mark(secret, previous, body)) for secret in secrets):
            raise JournalBroken(
                f"Line {number} of {path} was changed, or was written with a key that is not in"
                " FOCAL_OLD_SECRET_KEYS."
                " Compare it with a copy from your backups."
            )
        read.append(body)
        previous = mark
    return read


def sign_again(instance: Path, *secrets: str) -> int:
    """Write every line's mark anew with the first key, so that older keys can go; return how many lines.

    Raises
    ------
    JournalBroken
        If a line carries the mark of none of the keys: it would be made true by signing it.
    """
    path = instance / FILE
    if not path.exists():
        return 0
    with path.open("r+b") as file:
        _lock(file)
        signed, previous = [], ""
        for body in read_lines(instance, *secrets):
            previous = _mark(secrets[0], previous, body)
            signed.append(json.dumps({**body, "mark": previous}, sort_keys=True).encode() + b"\n")
        # Into the same file: who waits for its lock would otherwise write into one that is no longer there.
        # Marks have one length, so that no line is ever shorter than it was.
        file.write(b"".join(signed))
        file.truncate()
        file.flush()
        os.fsync(file.fileno())
    return len(signed)


def last_night(instance: Path) -> datetime | None:
    """Return when the nightly job last signed its work, as the list says; none if it never did."""
    path = instance / FILE
    lines = path.read_bytes().splitlines() if path.exists() else []
    for line in reversed(lines):
        try:
            body = json.loads(line)
            if body["what"] == "night":
                return datetime.fromisoformat(body["at"])
        except (ValueError, KeyError, TypeError):
            continue
    return None


def _mark(secret: str, previous: str, body: dict[str, Any]) -> str:
    told = f"journal\x1f{previous}\x1f{json.dumps(body, sort_keys=True)}"
    return hmac.new(secret.encode(), told.encode(), hashlib.sha256).hexdigest()


def _lock(file: Any) -> None:
    # Two who erase at the same moment write one after the other. Windows has no such lock, and one process.
    try:
        import fcntl
    except ImportError:
        return
    fcntl.flock(file, fcntl.LOCK_EX)

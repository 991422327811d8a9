"""Who is at work in an instance's folder: servers side by side, or one restore alone."""

from __future__ import annotations

import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import make_url

from survey_app.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from config import Config

FILE = "running.lock"
SECONDS_FOR_THE_LAST_ONE = 5


class Occupied(Refusal):
    """The folder is in use by something that does not go together with this."""

    title = "Focal is at work here"


@contextmanager
def as_server(config: Config) -> Iterator[None]:
    """Hold the folder as a server does, and an SQLite database as its only one.

    Two processes that write one SQLite file are safe only from 3.51.3 on.
    """
    words = "A backup is being put back here. Wait until that is done."
    with _held(config.instance / FILE, shared=True, words=words):
        if not config.on_sqlite:
            yield
            return
        file = Path(make_url(config.database_url).database or "")
        words = "Focal serves this database already, and SQLite wants one server. Use that one, or stop it."
        # A server that was killed a moment ago may still have a worker that has not noticed.
        with _held(file.with_name(f"{file.name}.serving"), shared=False, words=words, patient=True):
            yield


@contextmanager
def alone(instance: Path) -> Iterator[None]:
    """Hold the folder as a restore does."""
    words = "Focal is serving from this folder. Stop it, then try again."
    with _held(instance / FILE, shared=False, words=words):
        yield


@contextmanager
def _held(path: Path, *, shared: bool, words: str, patient: bool = False) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        until = time.monotonic() + (SECONDS_FOR_THE_LAST_ONE if patient else 0)
        while not _locked(file, shared=shared):
            if time.monotonic() > until:
                raise Occupied(words)
            time.sleep(0.2)
        # The system lets go when the process ends, however it ends.
        yield


def _locked(file: Any, *, shared: bool) -> bool:
    try:
        import fcntl
    except ImportError:
        # Windows: one person's laptop; she sees what runs.
        return True
    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

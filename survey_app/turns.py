"""Writers of one SQLite file take turns, and whoever waits gets an honest answer in time.

SQLite lets one connection write at a time, but those who wait for it sleep and ask, in no order, each for
its own five seconds. Here they stand in a queue: the next one goes at once, and when somebody outside holds
the file only a few wait while the others are told, so that threads stay free for those who read.

It is also what keeps an older SQLite safe. Before 3.51.3 two connections that write and checkpoint at the
same instant, in threads or in processes, can damage the file ("the WAL-reset bug"). A commit's own
checkpoint happens within its turn, so that with one queue for all threads, and one lock beside the file for
all processes, that instant never comes.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
import weakref
from contextlib import suppress
from typing import TYPE_CHECKING

try:
    import fcntl
except ImportError:  # Windows: one process serves, and the queue of its threads is all there is
    fcntl = None

if TYPE_CHECKING:
    from collections.abc import Callable

SAFE_FOR_SEVERAL = (3, 51, 3)
PATIENCE = 5.0
ASIDE = 1.0  # for what a page that is made already stands without: when it was seen, a card under today's key
STUCK_AFTER = 1.0  # whoever is at the head of the queue and still waits, waits for somebody outside
MOST_WAITING = 4  # of eight threads, while somebody outside holds the file
LOOK_UP = 0.25  # whoever waits looks up so often, whether it is worth it
ASK_AGAIN = 0.01


class Turns:
    """The queue of one process in front of one file."""

    def __init__(self, path: str) -> None:
        self._path = f"{path}.turn"
        self._turn = threading.Lock()
        self._counting = threading.Lock()
        self._waiting = 0
        self._asking_since: float | None = None
        self._beside: int | None = None
        self._process = 0

    def take(self, begin: Callable[[float], object], *, patience: float = PATIENCE) -> None:
        """Wait for the turn, then ``begin(seconds)`` with what is left of the patience.

        Raises
        ------
        sqlite3.OperationalError
            "database is locked", when the turn did not come in time. Whatever ``begin`` raises gives it back.
        """
        until = time.monotonic() + patience
        self._queue(patience)
        self._asking_since = time.monotonic()
        try:
            self._take_beside(until)
            begin(max(0.0, until - time.monotonic()))
        except BaseException:
            self.give_back()
            raise
        finally:
            self._asking_since = None

    def give_back(self) -> None:
        """Let the next one go."""
        if self._beside is not None and fcntl is not None:
            fcntl.flock(self._beside, fcntl.LOCK_UN)
        self._turn.release()

    def _queue(self, patience: float) -> None:
        until = time.monotonic() + patience
        with self._counting:
            self._leave_if_stuck(allowed=MOST_WAITING - 1)
            self._waiting += 1
        try:
            while not self._turn.acquire(timeout=max(0.0, min(LOOK_UP, until - time.monotonic()))):
                if time.monotonic() >= until:
                    raise sqlite3.OperationalError("database is locked")
                with self._counting:
                    self._leave_if_stuck(allowed=MOST_WAITING)
        finally:
            with self._counting:
                self._waiting -= 1

    def _leave_if_stuck(self, *, allowed: int) -> None:
        since = self._asking_since
        is_stuck = since is not None and time.monotonic() - since > STUCK_AFTER
        if is_stuck and self._waiting > allowed:
            raise sqlite3.OperationalError("database is locked")

    def _take_beside(self, until: float) -> None:
        if fcntl is None or sqlite3.sqlite_version_info >= SAFE_FOR_SEVERAL:
            return
        if self._process != os.getpid():
            # A lock is shared with whoever was forked from its opener, so each process opens its own.
            self._beside, self._process = None, os.getpid()
            with suppress(OSError):  # a folder that only reads: no other process can write there either
                self._beside = os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
                weakref.finalize(self, os.close, self._beside)
        while self._beside is not None:
            try:
                fcntl.flock(self._beside, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    raise sqlite3.OperationalError("database is locked") from None
                time.sleep(ASK_AGAIN)
            else:
                return

"""Whether anything can be saved just now, so that a page can say so before somebody types.

A write that is refused because the database is read-only, full or away marks the application; from then on
pages carry a line about it, and every few seconds one of them tries a real write of nothing new. The first
that succeeds takes the mark away: nobody has to restart anything.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from survey_app.db import roll_back
from survey_app.principal import PUBLIC_PAGES
from survey_app.turns import ASIDE

if TYPE_CHECKING:
    from survey_app.db import Database

ASK_AGAIN_AFTER = 3.0
# A row that is written again as it was still needs a place on the disk.
REAL = "UPDATE library_releases SET digest = digest"
OF_NO_ROW = "UPDATE library_releases SET digest = digest WHERE digest = ''"


class Saving:
    """What is known about writing to this database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._asking = threading.Lock()
        self._is_off = False
        self._asked_at = 0.0

    def refused(self) -> None:
        """Note that a write was refused for a reason that will not pass by itself in a moment."""
        self._is_off = True
        self._asked_at = time.monotonic()

    def is_off(self) -> bool:
        """Tell whether pages should say that nothing can be saved."""
        if self._is_off and time.monotonic() - self._asked_at > ASK_AGAIN_AFTER:
            self._ask_again()
        return self._is_off

    def _ask_again(self) -> None:
        if not self._asking.acquire(blocking=False):
            return  # somebody else is asking
        try:
            self._is_off = not can_write(self._database, really=True)
            self._asked_at = time.monotonic()
        finally:
            self._asking.release()


def can_write(database: Database, *, really: bool = False) -> bool:
    """Try to write within a second: nothing at all, or ``really`` a row as it was."""
    db = database.writing(PUBLIC_PAGES, patience=ASIDE)
    try:
        db.execute(text(REAL if really else OF_NO_ROW))
        if really:
            db.commit()
    except SQLAlchemyError:
        return False
    finally:
        roll_back(db)
        db.close()
    return True

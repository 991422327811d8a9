"""What an erasure leaves outside of its rows: pictures, files of packages, bytes in the side file."""

from __future__ import annotations

import logging
from contextlib import closing
from typing import TYPE_CHECKING

from survey_app.package_files import remove_all_files
from survey_app.ui.figures import forget_pictures

if TYPE_CHECKING:
    from config import Config
    from survey_app.db import Database

log = logging.getLogger("focal")


def remove_traces(database: Database, config: Config, *, thoroughly: bool = False) -> None:
    """Forget pictures and files of data packages, and empty SQLite's side file.

    Older pages of the database stand in that file. ``thoroughly``, at night, rewrites the whole database
    without its gaps. Readers at work can hold the side file back; then the next erasure, or the night,
    empties it.
    """
    forget_pictures(config.instance)
    remove_all_files(config.instance)
    if not config.on_sqlite:
        # PostgreSQL vacuums when it sees fit; Focal's role owns nothing there and may not ask for it.
        return
    statements = [*(["VACUUM"] if thoroughly else []), "PRAGMA wal_checkpoint(TRUNCATE)"]
    # Neither is allowed in a transaction. These connections begin none of their own (db.py).
    with database.alone(), closing(database.engine.connect()) as connection:
        driver = connection.connection.driver_connection
        for statement in statements:
            try:
                answer = driver.execute(statement)
                # A reader that stays longer than five seconds holds it back, without an error.
                if "checkpoint" in statement and answer.fetchone()[0]:
                    log.warning("after an erasure, the side file is still in use; the night empties it")
            except Exception as fault:
                log.warning("after an erasure, %s did not finish: %s", statement, type(fault).__name__)

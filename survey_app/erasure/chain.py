"""Whether the record of acts is whole: ``python -m survey_app.erasure.chain``, and each night.

The chain of hashes shows a changed, a missing and an added event. That its end was cut off shows against the
signed list beside the database, in which each night leaves the number and the hash it found last.
"""

from __future__ import annotations

import os
import sys
from datetime import datetime
from typing import TYPE_CHECKING

from config import Config, ConfigError
from survey_app.audit import first_broken_link, has_link, last_link, was_restored_since
from survey_app.db import Database
from survey_app.erasure import journal
from survey_app.models import load_all
from survey_app.principal import job

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

CHECK = job("checking the record")


def faults_of_record(db: Session, config: Config) -> list[str]:
    """Return what is wrong with the record of acts, in words."""
    broken = first_broken_link(db)
    if broken is not None:
        return [f"The record of acts was changed at number {broken}: compare it with a backup."]
    try:
        lines = journal.read_lines(config.instance, *config.secret_keys)
    except journal.JournalBroken:
        return []  # told by who reads the list for its own sake
    night = next((line for line in reversed(lines) if line.get("record")), None)
    if night is None or has_link(db, *night["record"]):
        return []
    if was_restored_since(db, datetime.fromisoformat(night["at"])):
        return []  # a backup was put back, which is in the record itself
    return [
        f"The record of acts lacks its end: number {night['record'][0]} was there in an earlier night."
        " Compare it with a backup."
    ]


def main() -> int:
    """Say whether the record is whole; return 1 when it is not."""
    try:
        config = Config.from_env(os.environ)
    except ConfigError as fault:
        print(fault, file=sys.stderr)
        return 1
    load_all()
    database = Database(config.database_url)
    try:
        with database.reading(CHECK) as db:
            faults, last = faults_of_record(db, config), last_link(db)
    finally:
        database.engine.dispose()
    for fault in faults:
        print(fault, file=sys.stderr)
    if not faults:
        print(f"The record of acts is whole: {last[0] if last else 0} events.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

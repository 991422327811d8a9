"""What the research slice does by itself: reports once a week, old files of packages each night."""

from __future__ import annotations

from typing import TYPE_CHECKING

from survey_app import package_files
from survey_app.principal import job
from survey_app.research.reports import store_reports, work_out_reports

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from survey_app.db import Database

# Reports are worked out on every class's rows; what is stored has passed the release policy.
REPORTS = job("item reports")


def make_item_reports(database: Database, *, now: datetime) -> list[str]:
    """Work the item reports out, then store them in one short transaction; return what was done, in lines."""
    with database.reading(REPORTS) as db:
        draft = work_out_reports(db, now=now)
    with database.writing(REPORTS) as db:
        made = store_reports(db, draft, now=now)
        db.commit()
    return [
        f"item reports told: {made.told}",
        f"item reports worked out anew: {made.anew}",
        f"item reports withheld: {made.withheld}",
    ]


def remove_package_files(instance: Path, *, now: datetime) -> list[str]:
    """Remove the files of packages whose link has run out; return what was done, in lines."""
    count = package_files.remove_old_files(instance, now=now)
    return [f"package files removed: {count}"] if count else []

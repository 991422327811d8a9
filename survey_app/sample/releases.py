"""The weekly job's work of the last weeks, so that a lead of the sample network sees pictures."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from survey_app.releases.service import make_releases
from survey_app.sample.school_year import SchoolYear, moment

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from survey_app.db import Database

WEEKS = 3


def release_weeks(
    database: Database, *, today: date, weeks: int = WEEKS, tell: Callable[[str], None] = lambda _words: None
) -> None:
    """Make the releases of the last weeks, each on the evening of its last day of school."""
    last = SchoolYear(today).days[-1]
    for back in range(weeks - 1, -1, -1):
        for said in make_releases(database, now=moment(last - timedelta(weeks=back), 19)):
            tell(f"  {said}")

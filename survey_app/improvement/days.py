"""Read the last day that somebody means by "June 2027", and tell whether it is still to come."""

from __future__ import annotations

import calendar
import re
from datetime import date

MONTHS = {name.casefold(): number for number, name in enumerate(calendar.month_name) if name} | {
    name.casefold(): number for number, name in enumerate(calendar.month_abbr) if name
}
ISO = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b")
AMERICAN = re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b")
MONTH = re.compile(rf"\b({'|'.join(sorted(MONTHS, key=len, reverse=True))})\b\.?", re.IGNORECASE)
DAY = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)?\b(?!\d)")


def last_day_of(words: str) -> date | None:
    """Return the last day that the words can mean; none when they name no year.

    Examples
    --------
    >>> last_day_of("By the end of June 2027")
    datetime.date(2027, 6, 30)
    >>> last_day_of("the school year 2026-2027"), last_day_of("2027-03-01"), last_day_of("soon")
    (datetime.date(2027, 12, 31), datetime.date(2027, 3, 1), None)
    """
    if found := ISO.search(words):
        return _day(*(int(part) for part in found.groups()))
    if found := AMERICAN.search(words):
        month, day, year = (int(part) for part in found.groups())
        return _day(year, month, day)
    years = [int(year) for year in re.findall(r"\b(\d{4})\b", words)]
    if not years:
        return None
    months = [MONTHS[name.casefold()] for name in MONTH.findall(words)]
    if not months:
        return _day(max(years), 12, 31)
    beside = DAY.search(re.sub(r"\b\d{4}\b", "", words))
    month = months[-1]
    return _day(max(years), month, int(beside[1])) if beside else _day(max(years), month, 31)


def _day(year: int, month: int, day: int) -> date | None:
    if not (1 <= year <= 9999 and 1 <= month <= 12 and 1 <= day <= 31):
        return None
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))

"""School days from late summer until the day before today, and moments on them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = "America/Los_Angeles"
FEWEST_WEEKS = 12


class SchoolYear:
    """The school year so far; it always ends just before today, so that something is going on."""

    def __init__(self, today: date) -> None:
        begin = date(today.year, 8, 24)
        if today - begin < timedelta(weeks=FEWEST_WEEKS):
            begin = date(today.year - 1, 8, 24)
        every = (begin + timedelta(days=n) for n in range((today - begin).days))
        self.days = [day for day in every if is_school_day(day)]

    def day(self, place: float) -> date:
        """Return the school day at this place of the year so far: 0 is the first, 1 the last."""
        return self.days[round(place * (len(self.days) - 1))]

    def next_day(self, day: date) -> date:
        """Return the school day after, or the same day when there was none yet."""
        return next((other for other in self.days if other > day), day)

    @property
    def before(self) -> date:
        """A day two weeks before the first lesson, when people are invited."""
        return self.days[0] - timedelta(days=14)


def is_school_day(day: date) -> bool:
    """Tell whether there is school: a weekday outside of the winter and summer breaks."""
    in_winter = (day.month, day.day) >= (12, 20) or (day.month, day.day) <= (1, 3)
    in_summer = (6, 12) <= (day.month, day.day) < (8, 24)
    return day.weekday() < 5 and not in_winter and not in_summer


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    """Return a moment of the school's own clock, in UTC."""
    return datetime.combine(day, time(hour, minute), ZoneInfo(ZONE)).astimezone(UTC)

"""Days and moments of an invented school year."""

from datetime import UTC, date, datetime

import pytest

from survey_app.sample.school_year import SchoolYear, is_school_day, moment


@pytest.mark.parametrize(
    "today", [date(2026, 11, 22), date(2027, 5, 3), date(2026, 8, 2), date(2026, 9, 30), date(2028, 2, 29)]
)
def test_the_year_so_far_is_long_enough_and_ends_before_today(today):
    year = SchoolYear(today)
    assert len(year.days) > 50
    assert year.days[-1] < today
    assert all(is_school_day(day) for day in year.days)
    assert year.day(0.0) == year.days[0]
    assert year.day(1.0) == year.days[-1]


def test_in_november_the_year_began_in_august():
    year = SchoolYear(date(2026, 11, 22))
    assert (year.days[0], year.days[-1]) == (date(2026, 8, 24), date(2026, 11, 20))


def test_in_september_last_years_lessons_are_told():
    assert SchoolYear(date(2026, 9, 30)).days[0] == date(2025, 8, 25)


def test_there_is_no_school_on_saturday_at_new_year_and_in_july():
    assert not is_school_day(date(2026, 11, 21))
    assert not is_school_day(date(2027, 1, 1))
    assert not is_school_day(date(2027, 7, 1))
    assert is_school_day(date(2026, 11, 20))


def test_the_day_after_the_last_is_the_last():
    year = SchoolYear(date(2026, 11, 22))
    assert year.next_day(date(2026, 11, 19)) == date(2026, 11, 20)
    assert year.next_day(date(2026, 11, 20)) == date(2026, 11, 20)


def test_moments_follow_the_schools_clock_through_the_change_of_time():
    assert moment(date(2026, 10, 30), 10, 40) == datetime(2026, 10, 30, 17, 40, tzinfo=UTC)
    assert moment(date(2026, 11, 2), 10, 40) == datetime(2026, 11, 2, 18, 40, tzinfo=UTC)

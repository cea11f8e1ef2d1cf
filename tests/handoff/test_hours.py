"""Working hours on the wall clock, over both changes of daylight saving."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.handoff.hours import clock, current_or_next, day_and_clock, due_at, text_time
from bot.program.times import parse_range

ZONE = ZoneInfo("America/New_York")
WEEK = {day: [parse_range("09:00-17:00")] for day in ("mon", "tue", "wed", "thu", "fri")}


def at(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=ZONE)


def test_within_hours_it_is_due_after_the_minutes() -> None:
    assert due_at(WEEK, ZONE, at(2026, 11, 30, 10)) == at(2026, 11, 30, 10, 15)


def test_what_is_left_of_the_day_counts_and_the_rest_is_the_next_morning() -> None:
    assert due_at(WEEK, ZONE, at(2026, 11, 30, 16, 50)) == at(2026, 12, 1, 9, 5)


@pytest.mark.parametrize(
    ("friday", "monday"),
    [
        (at(2026, 3, 6, 18), at(2026, 3, 9, 9, 15)),  # the clocks go forward on Sunday, 8 March
        (at(2026, 10, 30, 18), at(2026, 11, 2, 9, 15)),  # and back on Sunday, 1 November
    ],
)
def test_over_a_change_of_the_clocks_it_is_still_nine_o_clock(friday: datetime, monday: datetime) -> None:
    assert due_at(WEEK, ZONE, friday) == monday
    assert clock(due_at(WEEK, ZONE, friday), ZONE) == "9:15 am"


def test_an_empty_week_has_no_opening() -> None:
    assert current_or_next({}, ZONE, at(2026, 11, 30, 10)) is None
    assert due_at({}, ZONE, at(2026, 11, 30, 10)) == at(2026, 11, 30, 10, 15)


@pytest.mark.parametrize(
    ("now", "allowed"),
    [
        (at(2026, 11, 30, 12), at(2026, 11, 30, 12)),
        (at(2026, 11, 30, 7), at(2026, 11, 30, 9)),
        (at(2026, 11, 30, 20), at(2026, 12, 1, 9)),
        (at(2026, 11, 29, 10), at(2026, 11, 29, 12)),  # a Sunday
        (at(2026, 11, 28, 21), at(2026, 11, 29, 12)),  # the night before it
    ],
)
def test_texts_wait_for_the_day(now: datetime, allowed: datetime) -> None:
    assert text_time(now.astimezone(UTC), ZONE) == allowed


def test_days_are_named_as_people_name_them() -> None:
    now = at(2026, 11, 30, 12)
    assert day_and_clock(at(2026, 11, 30, 15, 40), ZONE, now) == "today at 3:40 pm"
    assert day_and_clock(at(2026, 12, 1, 9), ZONE, now) == "tomorrow at 9 am"
    assert day_and_clock(at(2026, 12, 3, 12), ZONE, now) == "Thursday at noon"
    assert day_and_clock(at(2026, 12, 14, 9), ZONE, now) == "Monday, Dec 14 at 9 am"

"""When something is due, over nights, weekends, holidays and both changes of the clocks; when texts may go out."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.handoff.hours import Due, clock, day_and_clock, due, text_time
from bot.program.calendar import Days, Schedule
from bot.program.times import parse_range

ZONE = ZoneInfo("America/New_York")
WEEK = {day: [parse_range("09:00-17:00")] for day in ("mon", "tue", "wed", "thu", "fri")}
OFFICE = Schedule(WEEK, ZONE, Days(states=frozenset({"OR"}), closures=((date(2026, 12, 28), date(2026, 12, 30)),)))


def at(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("now", "until", "opens"),
    [
        (at(2026, 11, 30, 10), at(2026, 11, 30, 10, 5), None),
        (at(2026, 11, 30, 9), at(2026, 11, 30, 9, 5), None),  # the opening minute is working time
        (at(2026, 11, 30, 16, 55), at(2026, 11, 30, 17), None),  # just enough of the day is left
        (at(2026, 11, 30, 16, 56), at(2026, 12, 1, 9, 15), at(2026, 12, 1, 9)),  # not enough
        (at(2026, 11, 30, 3), at(2026, 11, 30, 9, 15), at(2026, 11, 30, 9)),  # at night
        (at(2026, 12, 4, 18), at(2026, 12, 7, 9, 15), at(2026, 12, 7, 9)),  # over the weekend
        (at(2026, 11, 25, 18), at(2026, 11, 27, 9, 15), at(2026, 11, 27, 9)),  # over Thanksgiving
        (at(2026, 12, 25, 10), at(2026, 12, 31, 9, 15), at(2026, 12, 31, 9)),  # Christmas, weekend, closure
        (at(2026, 3, 6, 18), at(2026, 3, 9, 9, 15), at(2026, 3, 9, 9)),  # the clocks go forward on Sunday, 8 March
        (at(2026, 10, 30, 18), at(2026, 11, 2, 9, 15), at(2026, 11, 2, 9)),  # and back on Sunday, 1 November
    ],
)
def test_in_working_time_after_the_minutes_else_after_the_next_opening(
    now: datetime, until: datetime, opens: datetime | None
) -> None:
    assert due(OFFICE, now, 5, 15) == Due(until.astimezone(UTC), opens)


@pytest.mark.parametrize("day", [date(2026, 3, 8), date(2026, 11, 1)])
def test_in_the_hour_of_a_change_of_the_clocks_minutes_are_minutes(day: date) -> None:
    night = Schedule({"sun": [parse_range("00:00-06:00")]}, ZONE)
    before = datetime(day.year, day.month, day.day, 1, 58, tzinfo=ZONE).astimezone(UTC)
    assert due(night, before, 5, 15).at == before + timedelta(minutes=5)


def test_without_working_time_nothing_stands_behind_it() -> None:
    now = at(2026, 11, 30, 10)
    assert due(Schedule({}, ZONE), now, 5, 15) == Due(at(2026, 11, 30, 10, 5).astimezone(UTC), backed=False)


@pytest.mark.parametrize(
    ("now", "allowed"),
    [
        (at(2026, 11, 30, 12), at(2026, 11, 30, 12)),
        (at(2026, 11, 30, 7), at(2026, 11, 30, 9)),
        (at(2026, 11, 30, 20), at(2026, 12, 1, 9)),
        (at(2026, 11, 29, 10), at(2026, 11, 29, 12)),  # a Sunday
        (at(2026, 11, 28, 21), at(2026, 11, 29, 12)),  # the night before it
        (at(2026, 3, 7, 22), at(2026, 3, 8, 12)),  # the clocks go forward in that night
        (at(2026, 10, 31, 22), at(2026, 11, 1, 12)),  # and back
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
    assert clock(at(2026, 12, 14, 9, 5), ZONE) == "9:05 am"

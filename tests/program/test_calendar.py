"""Working time: public holidays by state, closures, extra days, and both changes of daylight saving."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.program import Profile, is_open, next_opening
from bot.program.calendar import Days, Schedule, office_schedule, schedule_of
from bot.program.profile import Professional
from bot.program.times import parse_range
from bot.program.working import Calendar, Closure, ExtraDay

ZONE = ZoneInfo("America/New_York")
WEEK = {day: [parse_range("09:00-17:00")] for day in ("mon", "tue", "wed", "thu", "fri")}
OREGON = Days(states=frozenset({"OR"}))


def at(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=ZONE)


def person(profile: Profile, name: str) -> Professional:
    return next(item for item in profile.professionals if item.id == name)


def with_calendar(profile: Profile, **parts: object) -> Profile:
    return profile.model_copy(update={"calendar": Calendar(**parts)})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("states", "day", "name"),
    [
        ({"OR"}, date(2026, 11, 26), "Thanksgiving Day"),
        ({"OR"}, date(2026, 11, 27), None),
        ({"WA"}, date(2026, 11, 27), "Native American Heritage Day"),
        ({"OR", "WA"}, date(2026, 11, 27), None),  # a day off in one of the two is none for who works for both
        ({"OR", "WA"}, date(2026, 11, 26), "Thanksgiving Day"),
        ({"OR"}, date(2027, 7, 5), "Independence Day"),  # the fourth is a Sunday: observed on the Monday
        ({"TX"}, date(2026, 3, 2), "Texas Independence Day"),
        ({"OR"}, date(2026, 10, 12), None),  # Columbus Day is none in Oregon
        (set(), date(2026, 12, 25), None),
    ],
)
def test_public_holidays_are_those_of_the_state(states: set[str], day: date, name: str | None) -> None:
    assert Days(states=frozenset(states)).holiday(day) == name


def test_a_holiday_on_which_the_provider_works_is_an_ordinary_day(profile: Profile) -> None:
    holiday, juneteenth = date(2026, 11, 11), date(2026, 6, 19)
    assert office_schedule(profile).stretches(holiday) == []
    assert office_schedule(profile).stretches(juneteenth) == [parse_range("08:30-17:00")]
    open_then = with_calendar(profile, open_on=["Veterans' Day"])
    assert office_schedule(open_then).stretches(holiday) == [parse_range("08:30-17:30")]
    assert office_schedule(open_then).stretches(juneteenth) == []
    assert office_schedule(with_calendar(profile, public_holidays=False)).stretches(date(2026, 12, 25)) != []


def test_a_closure_counts_for_who_works_nowhere_else(profile: Profile) -> None:
    closure = Closure(first=date(2026, 12, 1), last=date(2026, 12, 2), locations=["astoria"])
    changed = with_calendar(profile, closures=[closure])
    day = date(2026, 12, 2)
    assert schedule_of(changed, person(changed, "dana")).stretches(day) == []
    assert schedule_of(changed, person(changed, "luis")).stretches(day) != []
    assert schedule_of(changed, person(changed, "robin")).stretches(day) != []  # works in Portland too
    assert office_schedule(changed).stretches(day) != []
    assert schedule_of(changed, person(changed, "dana")).stretches(date(2026, 12, 3)) != []


def test_an_extra_day_stands_in_place_of_closure_holiday_and_week(profile: Profile) -> None:
    closed = Closure(first=date(2026, 12, 24), last=date(2026, 12, 31))
    hours = [parse_range("10:00-12:00")]
    extra = [
        ExtraDay(day=date(2026, 12, 25), hours=hours, people=["robin"]),
        ExtraDay(day=date(2026, 12, 27), hours=hours),
    ]
    changed = with_calendar(profile, closures=[closed], extra_days=extra)
    robin, dana = (schedule_of(changed, person(changed, name)) for name in ("robin", "dana"))
    assert robin.stretches(date(2026, 12, 25)) == hours
    assert dana.stretches(date(2026, 12, 25)) == []
    assert dana.stretches(date(2026, 12, 27)) == hours
    assert office_schedule(changed).stretches(date(2026, 12, 25)) == []
    assert office_schedule(changed).stretches(date(2026, 12, 27)) == hours


def test_the_office_is_closed_on_a_holiday_and_opens_after_it(profile: Profile) -> None:
    thanksgiving = datetime(2026, 11, 26, 20, tzinfo=UTC)  # Thursday noon
    assert not is_open(profile, thanksgiving)
    assert next_opening(profile, thanksgiving) == datetime(2026, 11, 27, 16, 30, tzinfo=UTC)


def test_hours_are_on_the_clock_of_the_persons_own_zone(profile: Profile) -> None:
    dana = person(profile, "dana").model_copy(update={"time_zone": "America/Denver"})
    noon = datetime(2026, 11, 30, 20, tzinfo=UTC)
    assert schedule_of(profile, dana).current_or_next(noon).end == datetime(2026, 12, 1, 0, 30, tzinfo=UTC)  # type: ignore[union-attr]
    assert schedule_of(profile, person(profile, "dana")).current_or_next(noon).end == datetime(  # type: ignore[union-attr]
        2026, 12, 1, 1, 30, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("now", "start", "hours"),
    [
        (at(2026, 3, 7, 12), at(2026, 3, 8, 0), 5),  # the night in which the clocks go forward is an hour shorter
        (at(2026, 10, 31, 12), at(2026, 11, 1, 0), 7),  # and that in which they go back an hour longer
        (at(2026, 3, 14, 12), at(2026, 3, 15, 0), 6),
    ],
)
def test_a_night_shift_over_a_change_of_the_clocks(now: datetime, start: datetime, hours: int) -> None:
    night = Schedule({"sun": [parse_range("00:00-06:00")]}, ZONE)
    opening = night.current_or_next(now)
    assert opening is not None
    assert opening.start == start
    assert (opening.end - opening.start).total_seconds() == hours * 3600


def test_stretches_that_touch_are_one_also_across_midnight() -> None:
    week = {"fri": [parse_range("09:00-12:00"), parse_range("12:00-24:00")], "sat": [parse_range("00:00-02:00")]}
    opening = Schedule(week, ZONE).current_or_next(at(2026, 12, 5, 1))
    assert opening is not None
    assert (opening.start, opening.end) == (at(2026, 12, 4, 9), at(2026, 12, 5, 2))


def test_a_long_closure_is_looked_past_and_no_week_has_no_opening() -> None:
    closed = Days(closures=((date(2026, 12, 1), date(2027, 1, 15)),))
    opening = Schedule(WEEK, ZONE, closed).current_or_next(at(2026, 12, 1, 10))
    assert opening is not None
    assert opening.start == at(2027, 1, 18, 9)
    assert Schedule({}, ZONE).current_or_next(at(2026, 11, 30, 10)) is None


@pytest.mark.parametrize(
    ("now", "open_"),
    [
        (at(2026, 11, 25, 16, 59), True),
        (at(2026, 11, 25, 17), False),
        (at(2026, 11, 26, 10), False),  # Thanksgiving
        (at(2026, 11, 27, 9), True),
        (at(2026, 11, 28, 10), False),  # Saturday
    ],
)
def test_open_or_not(now: datetime, open_: bool) -> None:
    assert Schedule(WEEK, ZONE, OREGON).is_open(now) is open_

"""Opening hours on the provider's wall clock, across both changes of daylight saving."""

from datetime import UTC, date, datetime

import pytest

from bot.program import Profile, is_open, next_opening, office_hours_text
from bot.program.times import TimeRange, parse_range, spoken
from bot.program.working import ExtraDay


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (utc(2026, 11, 23, 16, 29), False),  # Monday 8:29 PST
        (utc(2026, 11, 23, 16, 30), True),
        (utc(2026, 11, 24, 1, 29), True),  # Monday 17:29
        (utc(2026, 11, 24, 1, 30), False),
        (utc(2026, 10, 30, 15, 30), True),  # Friday 8:30 PDT, before the clocks go back
        (utc(2026, 11, 2, 15, 30), False),  # Monday 7:30 PST, after it
        (utc(2026, 3, 6, 15, 45), False),  # Friday 7:45 PST, before they go forward
        (utc(2026, 3, 9, 15, 45), True),  # Monday 8:45 PDT
        (utc(2026, 11, 22, 20, 0), False),  # Sunday
    ],
)
def test_open_by_the_wall_clock(profile: Profile, now: datetime, expected: bool) -> None:
    assert is_open(profile, now) is expected


@pytest.mark.parametrize(
    ("now", "opening"),
    [
        (utc(2026, 11, 23, 16, 0), utc(2026, 11, 23, 16, 30)),
        (utc(2026, 11, 23, 16, 30), utc(2026, 11, 24, 16, 30)),  # strictly after
        (utc(2026, 10, 31, 20, 0), utc(2026, 11, 2, 16, 30)),  # over the night of the change back
        (utc(2026, 3, 7, 21, 0), utc(2026, 3, 9, 15, 30)),  # over the change forward
    ],
)
def test_next_opening(profile: Profile, now: datetime, opening: datetime) -> None:
    found = next_opening(profile, now)
    assert found is not None
    assert found == opening
    assert str(found.tzinfo) == "America/Los_Angeles"
    assert is_open(profile, found)


def test_an_office_without_hours_never_opens(profile: Profile) -> None:
    closed = profile.model_copy(deep=True)
    closed.provider.office_hours = {}
    assert next_opening(closed, utc(2026, 11, 23)) is None
    assert not is_open(closed, utc(2026, 11, 23, 20))
    assert office_hours_text(closed, utc(2026, 11, 23)) == ""


def test_hours_in_words(profile: Profile) -> None:
    text = office_hours_text(profile, utc(2026, 11, 12, 20))
    assert text.startswith("Mon to Wed 8:30 am to 5:30 pm; Thu 8:30 am to 7 pm")
    assert text.endswith("Sat 9 am to noon")


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (utc(2026, 11, 19, 20), ""),  # Thanksgiving is a week away
        (utc(2026, 11, 20, 20), "; closed Thu Nov 26 (Thanksgiving Day)"),
        (utc(2026, 11, 27, 7), "; closed Thu Nov 26 (Thanksgiving Day)"),  # 11 pm on the day itself
        (utc(2026, 11, 27, 9), ""),
        (utc(2026, 6, 18, 20), ""),  # the provider works on Juneteenth
        (
            utc(2026, 12, 27, 20),
            "; closed Mon Dec 28, Tue Dec 29, Wed Dec 30 and Fri Jan 1 (New Year's Day)",
        ),
    ],
)
def test_a_coming_day_off_is_told_with_the_hours(profile: Profile, now: datetime, told: str) -> None:
    assert office_hours_text(profile, now).partition("Sat 9 am to noon")[2] == told


def test_a_coming_day_with_other_hours_is_told_with_them(profile: Profile) -> None:
    changed = profile.model_copy(deep=True)
    changed.calendar.extra_days = [ExtraDay(day=date(2026, 11, 29), hours=["10:00-13:00"])]
    assert office_hours_text(changed, utc(2026, 11, 27, 20)).endswith("; open Sun Nov 29 10 am to 1 pm")


def test_a_naive_time_is_refused(profile: Profile) -> None:
    with pytest.raises(ValueError, match="without a zone"):
        is_open(profile, datetime(2026, 11, 23))


@pytest.mark.parametrize(
    ("written", "told", "short"),
    [
        ("18:00-21:00", "6 to 9 pm", "6-9pm"),
        ("09:00-12:00", "9 am to noon", "9am-noon"),
        ("11:00-14:30", "11 am to 2:30 pm", "11am-2:30pm"),
        ("22:00-24:00", "10 pm to midnight", "10pm-midnight"),
        ("00:00-01:00", "midnight to 1 am", "midnight-1am"),
    ],
)
def test_times_in_words(written: str, told: str, short: str) -> None:
    stretch = parse_range(written)
    assert (str(stretch), stretch.spoken, stretch.short) == (written, told, short)
    assert spoken(0) == "midnight"


@pytest.mark.parametrize("wrong", ["9-12", "25:00-26:00", "18:00", "", 18, "10:00-10:00"])
def test_what_is_no_stretch_of_time_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match=r"write it like|24-hour clock"):
        parse_range(wrong)
    assert TimeRange(0, 60).end == 60

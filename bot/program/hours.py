"""When somebody answers the provider's phone: in its own time zone, across daylight saving, less days off."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.program.calendar import AHEAD, office_schedule
from bot.program.profile import Profile
from bot.program.times import MIDNIGHT, TimeRange, day_list, joined
from bot.program.vocabulary import DAYS

TOLD_AHEAD = 7
"""Days, today included, whose holidays and closures are told with the hours."""


def local_time(profile: Profile, now: datetime) -> datetime:
    """The provider's wall clock at this moment. Raises ValueError for a time without a zone."""
    if now.tzinfo is None:
        raise ValueError("a time without a zone cannot be placed; use bot.store.utcnow()")
    return now.astimezone(ZoneInfo(profile.provider.time_zone))


def is_open(profile: Profile, now: datetime) -> bool:
    """Whether the office is open at this moment (aware datetime); an opening minute counts, a closing one does not."""
    local = local_time(profile, now)
    minute = local.hour * 60 + local.minute
    stretches = office_schedule(profile).stretches(local.date())
    return any(stretch.start <= minute < stretch.end for stretch in stretches)


def next_opening(profile: Profile, now: datetime) -> datetime | None:
    """The next moment at which the office opens, strictly after `now`, in the provider's zone; None without hours."""
    local = local_time(profile, now)
    schedule = office_schedule(profile)
    for ahead in range(AHEAD):
        day = local.date() + timedelta(days=ahead)
        for stretch in schedule.stretches(day):
            if stretch.start == MIDNIGHT:
                continue
            clock = time(stretch.start // 60, stretch.start % 60)
            # The wall clock decides: an office opens at 8:30 on the day the clocks change as on any other.
            opening = datetime.combine(day, clock, tzinfo=local.tzinfo)
            if opening.timestamp() > now.timestamp():
                return opening
    return None


def office_hours_text(profile: Profile, now: datetime) -> str:
    """The office hours in words, days with the same hours together, then the coming days that differ.

    "Mon to Wed 8:30 am to 5:30 pm; ...; closed Thu Nov 26 (Thanksgiving Day)". Empty without hours.
    """
    week = [f"{day_list(days)} {_spoken(stretches)}" for stretches, days in hours_by_day(profile)]
    return "; ".join([*week, *_exceptions(profile, now)]) if week else ""


def hours_by_day(profile: Profile) -> list[tuple[list[TimeRange], list[str]]]:
    """The office's usual stretches, each with the days that have the same; without days that have none."""
    groups: dict[tuple[TimeRange, ...], list[str]] = {}
    for day in DAYS:
        if stretches := profile.provider.office_hours.get(day, []):
            groups.setdefault(tuple(sorted(stretches)), []).append(day)
    return [(list(stretches), days) for stretches, days in groups.items()]


def coming_changes(profile: Profile, now: datetime) -> list[tuple[date, list[TimeRange]]]:
    """The days of the coming week, today included, on which the office is closed or open otherwise than usual."""
    schedule, first = office_schedule(profile), local_time(profile, now).date()
    days = [first + timedelta(days=ahead) for ahead in range(TOLD_AHEAD)]
    found = [(day, sorted(schedule.week.get(DAYS[day.weekday()], ())), list(schedule.stretches(day))) for day in days]
    return [(day, real) for day, usual, real in found if real != usual]


def _exceptions(profile: Profile, now: datetime) -> list[str]:
    days_off = office_schedule(profile).days
    found: dict[str, list[str]] = {}
    for day, real in coming_changes(profile, now):
        holiday = None if real else days_off.holiday(day)
        named = f"{day:%a} {day:%b} {day.day}{f' ({holiday})' if holiday else ''}"
        found.setdefault(f"open {{}} {_spoken(real)}" if real else "closed {}", []).append(named)
    return [words.format(joined(days)) for words, days in found.items()]


def _spoken(stretches: Sequence[TimeRange]) -> str:
    return " and ".join(stretch.spoken for stretch in sorted(stretches))

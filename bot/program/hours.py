"""When somebody answers the provider's phone: in its own time zone, across daylight saving, less days off."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.program.calendar import AHEAD, office_schedule
from bot.program.profile import Profile
from bot.program.times import MIDNIGHT, day_list
from bot.program.vocabulary import DAYS


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


def office_hours_text(profile: Profile) -> str:
    """The office hours in words, days with the same hours together: "Mon to Wed 8:30 am to 5:30 pm; ..."."""
    groups: dict[str, list[str]] = {}
    for day in DAYS:
        stretches = sorted(profile.provider.office_hours.get(day, []))
        if stretches:
            groups.setdefault(" and ".join(stretch.spoken for stretch in stretches), []).append(day)
    return "; ".join(f"{day_list(days)} {hours}" for hours, days in groups.items())

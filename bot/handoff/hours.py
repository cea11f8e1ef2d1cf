"""Working hours: open or not, the next opening, when an answer is due, when a text message may be sent.

All of it is computed on the wall clock of a time zone, so that both changes of daylight saving come out right.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.program.times import TimeRange, spoken
from bot.program.vocabulary import DAYS, Day

ANSWER_MINUTES = 15
"""Working minutes within which a professional is expected to say "I have it": our aim, never told as a promise."""
TEXTS_FROM, TEXTS_UNTIL, SUNDAY_TEXTS_FROM = 9 * 60, 20 * 60, 12 * 60
"""Minutes of the day within which a text that was not just asked for may go out."""

Week = Mapping[Day, Sequence[TimeRange]]


@dataclass(frozen=True)
class Opening:
    """One stretch of working time, aware."""

    start: datetime
    end: datetime


def _at(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    moment = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minutes)
    return moment.replace(tzinfo=zone).astimezone(UTC)


def openings(week: Week, zone: ZoneInfo, now: datetime) -> Iterator[Opening]:
    """The stretches that end after `now`, in order, for the next two weeks."""
    first = now.astimezone(zone).date()
    for offset in range(15):
        day = first + timedelta(days=offset)
        for stretch in sorted(week.get(DAYS[day.weekday()], ())):
            opening = Opening(_at(day, stretch.start, zone), _at(day, stretch.end, zone))
            if opening.end > now:
                yield opening


def current_or_next(week: Week, zone: ZoneInfo, now: datetime) -> Opening | None:
    """The stretch that holds `now`, else the next one; None when the week has none."""
    return next(openings(week, zone, now), None)


def due_at(week: Week, zone: ZoneInfo, now: datetime, minutes: int = ANSWER_MINUTES) -> datetime:
    """`minutes` of working time after `now` (UTC); of plain time when the week has no working time at all."""
    left = timedelta(minutes=minutes)
    for opening in openings(week, zone, now):
        start = max(opening.start, now)
        if opening.end - start >= left:
            return (start + left).astimezone(UTC)
        left -= opening.end - start
    return (now + timedelta(minutes=minutes)).astimezone(UTC)


def text_time(now: datetime, zone: ZoneInfo) -> datetime:
    """The first moment from `now` on when a text may be sent: 9 am to 8 pm there, on Sundays from noon (UTC)."""
    for offset in range(2):
        day = now.astimezone(zone).date() + timedelta(days=offset)
        start = _at(day, SUNDAY_TEXTS_FROM if day.weekday() == 6 else TEXTS_FROM, zone)
        if now < _at(day, TEXTS_UNTIL, zone):
            return max(now, start).astimezone(UTC)
    raise AssertionError("tomorrow's texting hours end after now")


def clock(moment: datetime, zone: ZoneInfo) -> str:
    """The time of day for a reader: "3:40 pm"."""
    local = moment.astimezone(zone)
    return spoken(local.hour * 60 + local.minute)


def day_and_clock(moment: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Day and time for a reader: "today at 3:40 pm", "tomorrow at 9 am", "Monday at 9 am", "Monday, Dec 7 at 9 am"."""
    local, today = moment.astimezone(zone), now.astimezone(zone).date()
    days = (local.date() - today).days
    if days in (-1, 0, 1):
        day = {-1: "yesterday", 0: "today", 1: "tomorrow"}[days]
    elif 1 < days < 7:
        day = f"{local:%A}"
    else:
        day = f"{local:%A, %b} {local.day}"
    return f"{day} at {clock(moment, zone)}"

"""Until when something is due, when a text message may be sent, and how a moment is told.

`due` is the one place where answering times are computed: the timers of bot.handoff.escalation and the sentence that
the visitor reads (bot.handoff.promise) both come from it. Working time itself is bot.program.calendar's.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.handoff.phrases import ENGLISH, Phrase, into, listed, phrase, text_of
from bot.program.calendar import Schedule
from bot.program.hours import coming_changes, hours_by_day, office_hours_text
from bot.program.profile import Profile
from bot.program.times import TimeRange, runs_of, spoken

TEXTS_FROM, TEXTS_UNTIL, SUNDAY_TEXTS_FROM = 9 * 60, 20 * 60, 12 * 60
"""Minutes of the day within which a text that was not just asked for may go out."""


@dataclass(frozen=True)
class Due:
    """Until when something is to be done (UTC)."""

    at: datetime
    opens: datetime | None = None
    """When the working time begins that it counts from; None when it is working time now."""
    backed: bool = True
    """Whether working hours stand behind it: only then may it be told to a visitor."""


def due(schedule: Schedule, now: datetime, minutes: int, opening_minutes: int) -> Due:
    """`minutes` from now, when the working time under way lasts that long; else `opening_minutes` after the next start.

    Without any working time in sight it is `minutes` of plain time, and nothing to promise.
    """
    for opening in schedule.openings(now):
        if opening.start > now:
            return Due(opening.start.astimezone(UTC) + timedelta(minutes=opening_minutes), opening.start)
        until = now + timedelta(minutes=minutes)
        if until <= opening.end:
            return Due(until.astimezone(UTC))
    return Due((now + timedelta(minutes=minutes)).astimezone(UTC), backed=False)


def text_time(now: datetime, zone: ZoneInfo) -> datetime:
    """The first moment from `now` on when a text may be sent: 9 am to 8 pm there, on Sundays from noon (UTC)."""
    for offset in range(2):
        day = now.astimezone(zone).date() + timedelta(days=offset)
        start = _at(day, SUNDAY_TEXTS_FROM if day.weekday() == 6 else TEXTS_FROM, zone)
        if now < _at(day, TEXTS_UNTIL, zone):
            return max(now, start).astimezone(UTC)
    raise AssertionError("tomorrow's texting hours end after now")


def clock(moment: datetime, zone: ZoneInfo) -> Phrase:
    """The time of day for a reader: "3:40 pm"; in Spanish with its article, "las 3:40 pm"."""
    local = moment.astimezone(zone)
    return Phrase(lambda locale: _clock(local.hour * 60 + local.minute, locale))


def _clock(minutes: int, locale: str) -> str:
    told = spoken(minutes)
    if locale == ENGLISH:
        return told
    known: str | None = text_of("clock", locale).get(told)
    article = text_of("clock.one" if minutes % (12 * 60) // 60 == 1 else "clock.more", locale)
    return known or f"{article} {told}"


def office_hours(program: Profile, now: datetime) -> Phrase:
    """The office hours in words, then the coming days that differ; empty without hours.

    English names the holidays; in Spanish the day alone is told, for their names are known in English only.
    """
    return Phrase(
        lambda locale: office_hours_text(program, now) if locale == ENGLISH else _hours_in(program, now, locale)
    )


def _hours_in(program: Profile, now: datetime, locale: str) -> str:
    words, weekdays = text_of("office_hours", locale), text_of("weekdays", locale)

    def stretched(stretches: list[TimeRange]) -> str:
        told = [(_clock(stretch.start, locale), _clock(stretch.end, locale)) for stretch in stretches]
        return into(listed([words["stretch"].format(start=start, end=end) for start, end in told]), locale)

    def days_in(days: list[str]) -> str:
        told: list[str] = []
        for run in runs_of(days):
            names = [str(weekdays[index]) for index in run]
            told += [words["run"].format(first=names[0], last=names[-1])] if len(run) > 2 else names
        return into(listed(told), locale)

    parts = [f"{days_in(days)} {stretched(stretches)}" for stretches, days in hours_by_day(program)]
    changes: dict[str, list[str]] = {}
    for day, real in coming_changes(program, now) if parts else ():
        key = words["open"].format(hours=stretched(real)) if real else words["closed"]
        changes.setdefault(key, []).append(_far_day(day, locale))
    return "; ".join([*parts, *(f"{key} {into(listed(days), locale)}" for key, days in changes.items())])


def _far_day(day: date, locale: str) -> str:
    month = text_of("months", locale)[day.month - 1]
    weekday = text_of("weekdays", locale)[day.weekday()]
    return str(text_of("day.far", locale).format(weekday=weekday, month=month, short=month[:3], day=day.day))


def day_and_clock(moment: datetime, zone: ZoneInfo, now: datetime) -> Phrase:
    """Day and time for a reader: "today at 3:40 pm", "tomorrow at 9 am", "Monday at 9 am", "Monday, Dec 7 at 9 am"."""
    local, today = moment.astimezone(zone), now.astimezone(zone).date()
    days = (local.date() - today).days

    def make(locale: str) -> str:
        weekday = text_of("weekdays", locale)[local.weekday()]
        if -1 <= days <= 1:
            day = text_of("near_days", locale)[days + 1]
        elif days < 7 and days > 0:
            day = text_of("day.near", locale).format(weekday=weekday)
        else:
            day = _far_day(local.date(), locale)
        return str(text_of("day.at", locale).format(day=day, clock=clock(moment, zone).into(locale)))

    return Phrase(make)


def date_words(moment: datetime, zone: ZoneInfo) -> Phrase:
    """A day that stays true on paper: "November 30, 2026"."""
    local = moment.astimezone(zone)
    month = Phrase(lambda locale: str(text_of("months", locale)[local.month - 1]))
    return phrase("day.date", month=month, day=local.day, year=local.year)


def _at(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    moment = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minutes)
    return moment.replace(tzinfo=zone).astimezone(UTC)

"""When the office or a person works: the week, on the wall clock of its zone, less days off, with extra days.

Public holidays come from the package `holidays`, by state, with the days on which they are observed. A day is a public
holiday for somebody when it is one in the state of each place that they work for.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.program.holiday import holidays_of, plain
from bot.program.profile import Location, Professional, Profile
from bot.program.times import TimeRange
from bot.program.vocabulary import DAYS, Day

Week = Mapping[Day, Sequence[TimeRange]]
AHEAD = 62
"""Days that are looked ahead for an opening: longer than any closure in practice."""


@dataclass(frozen=True)
class Days:
    """What differs from the week; nothing by default."""

    states: frozenset[str] = frozenset()
    """Whose public holidays are days off; none: public holidays are ordinary days."""
    open_on: frozenset[str] = frozenset()
    closures: tuple[tuple[date, date], ...] = ()
    extra: Mapping[date, Sequence[TimeRange]] = field(default_factory=dict)

    def off(self, day: date) -> bool:
        """Whether it is a day off."""
        return any(first <= day <= last for first, last in self.closures) or self.holiday(day) is not None

    def holiday(self, day: date) -> str | None:
        """The public holiday's name when everybody concerned is off, else None."""
        names = [holidays_of(state, day) for state in sorted(self.states)]
        if not names or not all(names) or all(plain(name) in self.open_on for name in names[0]):
            return None
        return names[0][0]


@dataclass(frozen=True)
class Opening:
    """One stretch of working time, aware."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Schedule:
    """The working time of a person or of the office."""

    week: Week
    zone: ZoneInfo
    days: Days = field(default_factory=Days)

    def stretches(self, day: date) -> list[TimeRange]:
        """The working time of one date on its wall clock, in order."""
        if day in self.days.extra:
            return sorted(self.days.extra[day])
        return [] if self.days.off(day) else sorted(self.week.get(DAYS[day.weekday()], ()))

    def openings(self, now: datetime) -> Iterator[Opening]:
        """The stretches that end after `now`, in order; those that touch are one, also across midnight."""
        held: Opening | None = None
        # Yesterday too: a stretch may have begun there and go on past midnight.
        first = now.astimezone(self.zone).date() - timedelta(days=1)
        for offset in range(AHEAD + 1):
            day = first + timedelta(days=offset)
            for stretch in self.stretches(day):
                opening = Opening(_at(day, stretch.start, self.zone), _at(day, stretch.end, self.zone))
                if held is not None and held.end == opening.start:
                    held = Opening(held.start, opening.end)
                    continue
                if held is not None and held.end > now:
                    yield held
                held = opening
        if held is not None and held.end > now:
            yield held

    def is_open(self, now: datetime) -> bool:
        """Whether `now` is working time; an opening minute counts, a closing one does not."""
        opening = self.current_or_next(now)
        return opening is not None and opening.start <= now

    def current_or_next(self, now: datetime) -> Opening | None:
        """The stretch that holds `now`, else the next one; None when there is none in sight."""
        return next(self.openings(now), None)


def office_schedule(profile: Profile) -> Schedule:
    """When somebody answers the provider's phone."""
    days = _days(profile, profile.locations, None)
    return Schedule(profile.provider.office_hours, ZoneInfo(profile.provider.time_zone), days)


def schedule_of(profile: Profile, person: Professional) -> Schedule:
    """When this professional works, on the clock of their own zone or else of the provider's."""
    places = [place for place in profile.locations if place.id in person.locations]
    zone = ZoneInfo(person.time_zone or profile.provider.time_zone)
    return Schedule(person.hours, zone, _days(profile, places, person))


def _days(profile: Profile, places: Sequence[Location], person: Professional | None) -> Days:
    calendar, ids = profile.calendar, {place.id for place in places}
    return Days(
        states=frozenset(place.state for place in places) if calendar.public_holidays else frozenset(),
        open_on=frozenset(plain(name) for name in calendar.open_on),
        closures=tuple(
            (closure.first, closure.last)
            for closure in calendar.closures
            if not closure.locations or (person is not None and ids <= set(closure.locations))
        ),
        extra={
            extra.day: tuple(extra.hours)
            for extra in calendar.extra_days
            if not extra.people or (person is not None and person.id in extra.people)
        },
    )


def _at(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    moment = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minutes)
    return moment.replace(tzinfo=zone).astimezone(UTC)

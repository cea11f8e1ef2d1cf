"""When a professional should have answered and been in touch, and the sentence about it: always the same times.

A time is told only where the person's working hours stand behind it. It is told in the visitor's own time zone when
their ZIP tells it, with the zone's name when that is not the provider's.
"""

from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from bot.handoff.hours import Due, clock, day_and_clock, due
from bot.handoff.models import Lead
from bot.handoff.phrases import ENGLISH, phrase, text_of
from bot.handoff.summary import ANY_TIME
from bot.handoff.wording import at_work
from bot.program.calendar import schedule_of
from bot.program.profile import Professional, Profile

NAMED_TIME = timedelta(days=1)
"""How long the first contact may take when the visitor named a time of their own."""


def claim_due(program: Profile, person: Professional, now: datetime) -> Due:
    """Until when the person should say "I have it"; out of hours so many minutes after they begin."""
    minutes = program.hand_off.claim_minutes
    return due(schedule_of(program, person), now, minutes, minutes)


def contact_due(program: Profile, person: Professional, now: datetime, best_time: str | None = None) -> Due:
    """Until when the visitor should be contacted for the first time: what they are told, and what the timer holds."""
    rules, schedule = program.hand_off, schedule_of(program, person)
    if named(best_time):
        # Calling at once would be against the visitor's word: the time that they named is free text and not computed.
        later = due(schedule, now + NAMED_TIME, rules.contact_minutes, rules.opening_minutes)
        return Due(later.at, later.opens, backed=False)
    return due(schedule, now, rules.contact_minutes, rules.opening_minutes)


def named(best_time: str | None) -> bool:
    """Whether the visitor named a time at which they want to be reached."""
    return bool(best_time) and best_time != ANY_TIME


def promise_of(program: Profile, person: Professional, lead: Lead, now: datetime) -> str:
    """What may be told of a request's first contact, else when the person works; empty when they never do."""
    if lead.contact_due_at is None or named(lead.best_time):
        return at_work(program, person, now)
    zone = visitor_zone(program, lead.zip)
    return by_when(program, person, lead.contact_due_at, zone, now) or at_work(program, person, now)


def by_when(program: Profile, person: Professional, until: datetime, zone: ZoneInfo, now: datetime) -> str:
    """The promise: "Dana should get in touch by 3:40 pm." Empty without hours behind it or once it has passed."""
    opening = schedule_of(program, person).current_or_next(until - timedelta(microseconds=1))
    if until <= now or opening is None or opening.start >= until:
        return ""
    end = _told(until, zone, program)
    if opening.start <= now:
        return phrase("promise.now", person=person.name, end=end)
    return phrase("promise.next", person=person.name, start=day_and_clock(opening.start, zone, now), end=end)


def visitor_zone(program: Profile, code: str | None) -> ZoneInfo:
    """The time zone of the visitor's ZIP, else the provider's."""
    return ZoneInfo((_zip_zone(code) if code else None) or program.provider.time_zone)


def _told(moment: datetime, zone: ZoneInfo, program: Profile) -> str:
    ours = moment.astimezone(ZoneInfo(program.provider.time_zone))
    local = moment.astimezone(zone)
    name = (local.tzname() or "")[:1]  # EST, PDT, ...
    if local.utcoffset() == ours.utcoffset() or name not in text_of("zones", ENGLISH):
        return clock(moment, zone)
    return phrase("promise.zone", clock=clock(moment, zone), zone=phrase(f"zones.{name}"))


@lru_cache(maxsize=4096)
def _zip_zone(code: str) -> str | None:
    import zipcodes  # reads its table on import, which most processes never need

    if len(code) != 5 or not code.isdigit():
        return None
    found = zipcodes.matching(code)  # type: ignore[no-untyped-call]
    return str(found[0]["timezone"]) if found and found[0]["timezone"] else None

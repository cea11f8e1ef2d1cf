"""The appointment as a calendar file, for the professional and, behind a signed link, for the visitor.

Neutral on purpose: calendars are shared with families and employers, so the file says "Appointment" and the time, and
names neither the provider nor anybody nor the place.
"""

import hashlib
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.orm import Session

from bot.handoff.models import Lead
from bot.handoff.states import State
from bot.store import load_keys

MEDIA_TYPE = "text/calendar; charset=utf-8"
LENGTH = timedelta(minutes=30)
"""How long a calendar keeps free; the profile knows no length of a first talk."""


class NoAppointment(LookupError):
    """The link is not ours, or there is no appointment (any more)."""


def visitor_path(lead_id: str) -> str:
    """The address of the visitor's calendar file, below the public one; holds an id only."""
    return f"/handoff/appointment/{_signer().dumps(lead_id)}.ics"


def read_path_token(token: str) -> str:
    """The lead's id. Raises NoAppointment for a token that is not ours."""
    try:
        return str(_signer().loads(token))
    except BadSignature:
        raise NoAppointment from None


def appointment_of(session: Session, lead_id: str) -> tuple[datetime, int]:
    """When, and how often the lead has changed. Raises NoAppointment unless one is set and still stands."""
    lead = session.get(Lead, lead_id)
    if lead is None or lead.state != State.SCHEDULED or lead.scheduled_for is None:
        raise NoAppointment
    return lead.scheduled_for, int(lead.version)


def calendar(lead_id: str, when: datetime, sequence: int, zone: ZoneInfo, now: datetime) -> bytes:
    """The file (RFC 5545), with the rules of its time zone in it. A later one of the same lead replaces it."""
    made = Calendar()
    made.add("prodid", "-//First Step//appointment//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    event = Event()
    event.add("uid", f"{hashlib.sha256(f'appointment:{lead_id}'.encode()).hexdigest()[:32]}@first-step")
    event.add("sequence", sequence)
    event.add("dtstamp", now)
    event.add("summary", "Appointment")
    event.add("class", "PRIVATE")
    event.add("dtstart", when.astimezone(zone))
    event.add("dtend", (when + LENGTH).astimezone(zone))
    made.add_component(event)
    made.add_missing_timezones()
    return bytes(made.to_ical())


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(load_keys().token("handoff"), salt="visitor-appointment")

"""The professional's side of a lead: "I have it", "I cannot", and what came of it.

Each works in the caller's transaction and checks the link first. Two who claim at the same instant: the second finds
the lead claimed, or its UPDATE fails on the version (StaleDataError), never both succeed.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.handoff import wording
from bot.handoff.appointment import visitor_path
from bot.handoff.handover import close_question
from bot.handoff.history import move, record
from bot.handoff.joining import links_to
from bot.handoff.links import Link
from bot.handoff.models import Lead
from bot.handoff.notices import post, tell_visitor
from bot.handoff.phrases import phrase
from bot.handoff.promise import promise_of
from bot.handoff.reading import person_of
from bot.handoff.states import HELD, IllegalMoveError, State
from bot.handoff.timers import begin_contact, climb_at_once, stop
from bot.handoff.withdrawal import take_back_for, wrong_person
from bot.program.profile import Professional, Profile
from bot.program.transfer import current_program
from bot.settings import settings

DECLINE_REASONS = {
    "away": "I am away or off work",
    "full": "I have no time for it now",
    "not_mine": "It is not my field or area",
    "know_them": "I know this person",
    "other": "Another reason",
}
OUTCOMES = {
    "reached": "I reached them",
    "left_message": "I left a message",
    "no_answer": "No answer",
    "scheduled": "We set a time",
    "unreachable": "I cannot reach them; I stop trying",
    "wrong_person": "Wrong number: it is somebody else's",
    "took_back": "They take it back: no more contact",
    "finished": "We are finished",
}
TRIED = ("left_message", "no_answer")
LONGEST_NOTE = 1000  # characters


class NotYoursError(LookupError):
    """The lead is gone, withdrawn, finished, or with somebody else: nothing may be shown or done."""


def lead_of(session: Session, link: Link, lock: bool = False) -> tuple[Lead, Professional, Profile]:
    """The lead that a link opens, with its professional and the program. Raises NotYoursError."""
    query = select(Lead).where(Lead.id == link.lead_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    lead = session.execute(query).scalar_one_or_none()
    program = current_program(session)
    person = person_of(program, link.professional_id)
    if lead is None or person is None or lead.open_key is None or lead.state == State.NEW:
        raise NotYoursError
    if lead.professional_id != link.professional_id or lead.offer != link.offer:
        raise NotYoursError
    return lead, person, program


def claim(session: Session, link: Link, now: datetime) -> bool:
    """Say "I have it". True for the one who won; False when they had it already. Raises NotYoursError."""
    lead, person, program = lead_of(session, link, lock=True)
    if lead.state in HELD:
        return False
    close_question(session, lead, now)
    taken(session, lead, person, program, now)
    say = wording.claimed(person, promise_of(program, person, lead, now))
    tell_visitor(session, lead, program, say, f"claimed:{lead.id}:{lead.offer}", now)
    session.flush()
    return True


def taken(session: Session, lead: Lead, person: Professional, program: Profile, now: datetime) -> None:
    """The request is this person's from now on: the ladder stops and the time of the first contact runs."""
    lead.claimed_at = now
    begin_contact(program, lead, person, now)
    move(session, lead, State.CLAIMED, f"professional:{person.id}", now)


def decline(session: Session, link: Link, reason: str, now: datetime) -> None:
    """Say "I cannot": the visitor is told, the ladder goes on, and nobody gets it without their consent.

    Raises NotYoursError, and ValueError for an unknown reason.
    """
    if reason not in DECLINE_REASONS:
        raise ValueError("choose a reason")
    lead, person, program = lead_of(session, link, lock=True)
    move(session, lead, State.NEW, f"professional:{person.id}", now, note=reason, kind="declined")
    climb_at_once(lead, now)
    tell_visitor(session, lead, program, wording.declined(program, person), f"declined:{lead.id}:{lead.offer}", now)
    session.flush()


def places(program: Profile) -> dict[str, str]:
    """Where an appointment can be: the provider's places by id, by phone, online; in words for the visitor."""
    ours = {place.id: f"{place.name}, {place.address}, {place.city}" for place in program.locations}
    return {"phone": phrase("places.phone"), "online": phrase("places.online"), **ours}


def report(
    session: Session,
    link: Link,
    outcome: str,
    note: str | None,
    when: datetime | None,
    now: datetime,
    place: str | None = None,
) -> None:
    """What came of it (a key of OUTCOMES), with a note, and what the visitor is told of it.

    `when` belongs to "scheduled" (with `place`, a key of `places`) and, if the professional knows it, to "no_answer"
    and "left_message": when they try again.

    Raises NotYoursError, IllegalMoveError when it was not claimed before, ValueError for an unknown outcome or a
    missing or past time.
    """
    if outcome not in OUTCOMES:
        raise ValueError("choose what happened")
    if outcome == "scheduled" and (when is None or when <= now):
        raise ValueError("give a day and time that is still to come")
    if outcome in TRIED and when is not None and when <= now:
        raise ValueError("give a time to try again that is still to come")
    lead, person, program = lead_of(session, link, lock=True)
    if lead.state not in HELD:
        raise IllegalMoveError(lead.state, outcome)
    actor, text = f"professional:{person.id}", (note or "").strip()[:LONGEST_NOTE] or None
    if place and place not in places(program):
        raise ValueError("choose a place of the list")
    stop(lead)
    if outcome in TRIED:
        lead.updated_at, lead.try_again_at = now, when
        record(session, lead, actor, outcome, now, text)
        said = wording.missed(program, person, outcome == "left_message", when, now)
        tell_visitor(session, lead, program, said, f"missed:{lead.id}:{lead.version + 1}", now)
    elif outcome == "scheduled":
        lead.scheduled_for, lead.try_again_at = when, None
        lead.place = places(program)[place] if place else None
        move(session, lead, State.SCHEDULED, actor, now, text)
        assert when is not None  # checked above; for the type checker
        file = f"{settings().base_url}{visitor_path(lead.id)}"
        where = places(program)[place] if place else None
        say = wording.scheduled(program, person, when, now, where, file)
        # Only the lead's own visitor: an appointment is theirs, not of everybody who typed in the same number.
        tell_visitor(session, lead, program, say, f"scheduled:{lead.id}:{when.isoformat()}", now, linked=False)
    elif outcome == "wrong_person":
        wrong_person(session, lead, program, actor, text, now)
    elif outcome == "took_back":
        take_back_for(session, lead, program, actor, now)
    elif outcome == "finished":
        lead.closed_reason = "finished"
        move(session, lead, State.CLOSED, actor, now, text)
    else:
        to = State.CONTACTED if outcome == "reached" else State.UNREACHABLE
        if lead.state == to:
            record(session, lead, actor, to.value, now, text)
        else:
            move(session, lead, to, actor, now, text)
    session.flush()


def looked_at(session: Session, link: Link, now: datetime) -> None:
    """Record that the contact details were shown; whose request joined the lead meanwhile hears that it is taken."""
    lead, person, program = lead_of(session, link)
    if lead.state not in HELD:
        return
    record(session, lead, f"professional:{person.id}", "viewed", now)
    for joined in links_to(session, lead.id):
        said = wording.claimed(person, wording.at_work(program, person, now))
        post(session, lead, program, joined, said, f"claimed:{lead.id}:{lead.offer}:{joined.id}", now)

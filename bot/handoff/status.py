"""Where a request stands, told from the record and nothing else."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.handoff.hours import day_and_clock
from bot.handoff.joining import link_of, was_seen
from bot.handoff.models import Lead, LeadLink, OutboxItem
from bot.handoff.promise import promise_of
from bot.handoff.reading import lead_of_number, open_lead_of, person_of
from bot.handoff.states import State
from bot.handoff.wording import Say, office, say
from bot.program.profile import Profile
from bot.program.transfer import current_program


def status_for(session: Session, conversation_id: str, now: datetime, phone: str | None = None) -> Say:
    """Where the conversation's latest request stands, and what else the visitor can do.

    `phone`: the number that the visitor texts from, if they do. Whoever holds it hears of the request that would be
    answered there, unless a text was said not to be safe.
    """
    program = current_program(session)
    link = link_of(session, conversation_id) if open_lead_of(session, conversation_id) is None else None
    if link is not None:
        where = _where_joined(session, program, link)
        return say(f"{where} You can also call {office(program)}. Your code is {link.ref}.")
    lead = (
        open_lead_of(session, conversation_id)
        or session.execute(
            select(Lead).where(Lead.conversation_id == conversation_id).order_by(Lead.created_at.desc()).limit(1)
        ).scalar_one_or_none()
    )
    if phone and (lead is None or lead.open_key is None):
        held = lead_of_number(session, phone)
        if held is not None and held.safe_text is False:
            return say(f"I cannot tell about requests by text here. Ask where it was made, or call {office(program)}.")
        lead = held or lead
    if lead is None:
        return say(f"You have no request with me yet. I can make one, or you can call {office(program)}.")
    return say(f"{_where(session, program, lead, now)} You can also call {office(program)}. Your code is {lead.ref}.")


def has_request(session: Session, conversation_id: str, phone: str | None = None) -> bool:
    """Whether the visitor has an open request: from here, joined to another one, or answered at this number."""
    return (
        open_lead_of(session, conversation_id) is not None
        or link_of(session, conversation_id) is not None
        or (phone is not None and lead_of_number(session, phone) is not None)
    )


def _where(session: Session, program: Profile, lead: Lead, now: datetime) -> str:
    person = person_of(program, lead.professional_id)
    name = person.name if person else "A member of the staff"
    zone = ZoneInfo(program.provider.time_zone)

    def when(moment: datetime | None) -> str:
        return day_and_clock(moment, zone, now) if moment else "earlier"

    state = State(lead.state)
    if state is State.OFFERED:
        hours = promise_of(program, person, lead, now) if person else ""
        return f"{name} has not answered yet. {_sent(session, lead, now)} {hours}".strip()
    if state is State.CLAIMED:
        hours = promise_of(program, person, lead, now) if person else ""
        return f"{name} has your request since {when(lead.claimed_at)}. {hours}".strip()
    if state is State.NEW:
        asking, ended = "I am asking whether somebody else here can.", 'To pick another one, say "call me".'
        now_what = asking if lead.next_rung_at else ended
        return f"Nobody has your request now: the person you agreed to cannot take it. {now_what}"
    texts = {
        State.CONTACTED: f"{name} noted {when(lead.updated_at)} that you two were in touch.",
        State.SCHEDULED: f"{name} noted a time with you: {when(lead.scheduled_for)}.",
        State.UNREACHABLE: f"{name} tried to reach you and could not.",
        State.CLOSED: f"Your request ended {when(lead.closed_at)}: the time that you agreed to was over."
        if lead.closed_reason == "consent_ended"
        else f"{name} closed your request {when(lead.closed_at)}.",
        State.WITHDRAWN: f"You took your request back {when(lead.closed_at)}. Your details are deleted.",
    }
    return texts[state]


def _where_joined(session: Session, program: Profile, link: LeadLink) -> str:
    """Where a request stands that has joined a lead: what happened since then, and nothing from before."""
    lead = session.get(Lead, link.lead_id)
    person = person_of(program, link.professional_id)
    name = person.name if person else "The person you agreed to"
    if lead is None or lead.open_key is None:
        return f"{name} closed your request."
    if lead.professional_id != link.professional_id or lead.state == State.NEW:
        return f'{name} cannot take your request, and nobody else has it. To pick another one, say "call me".'
    if was_seen(session, lead, link):
        return f"{name} has your request."
    return f"{name} has not answered yet. Your request is stored and was sent."


def _sent(session: Session, lead: Lead, now: datetime) -> str:
    key = f"offer:{lead.id}:{lead.offer}"
    row = session.execute(
        select(OutboxItem.state, OutboxItem.sent_at).where(OutboxItem.idempotency_key == key)
    ).one_or_none()
    if row is not None and row.sent_at is not None:
        return f"I sent it {ago(row.sent_at, now)}."
    if row is not None and row.state == "dead":
        return "I could not send it. Please call."
    return "It is stored and about to be sent."


def ago(moment: datetime, now: datetime) -> str:
    """How long ago: "just now", "3 minutes ago", "2 hours ago", "4 days ago"."""
    minutes = int((now - moment).total_seconds() // 60)
    if minutes < 1:
        return "just now"
    for size, unit in ((24 * 60, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size:
            count = minutes // size
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    raise AssertionError("a minute or more is at least one minute")

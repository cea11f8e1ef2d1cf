"""Where a request stands, told from the record and nothing else."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.handoff.hours import day_and_clock
from bot.handoff.joining import link_of, was_seen
from bot.handoff.models import Lead, LeadLink, OutboxItem
from bot.handoff.phrases import Phrase, phrase, text_of
from bot.handoff.promise import promise_of
from bot.handoff.reading import lead_of_number, open_lead_of, person_of
from bot.handoff.states import State
from bot.handoff.wording import Say, office, told
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
        return told("status.end", where=where, office=office(program), ref=link.ref)
    lead = (
        open_lead_of(session, conversation_id)
        or session.execute(
            select(Lead).where(Lead.conversation_id == conversation_id).order_by(Lead.created_at.desc()).limit(1)
        ).scalar_one_or_none()
    )
    if phone and (lead is None or lead.open_key is None):
        held = lead_of_number(session, phone)
        if held is not None and held.safe_text is False:
            return told("status.not_by_text", office=office(program))
        lead = held or lead
    if lead is None:
        return told("status.none", office=office(program))
    return told("status.end", where=_where(session, program, lead, now), office=office(program), ref=lead.ref)


def has_request(session: Session, conversation_id: str, phone: str | None = None) -> bool:
    """Whether the visitor has an open request: from here, joined to another one, or answered at this number."""
    return (
        open_lead_of(session, conversation_id) is not None
        or link_of(session, conversation_id) is not None
        or (phone is not None and lead_of_number(session, phone) is not None)
    )


def _where(session: Session, program: Profile, lead: Lead, now: datetime) -> Phrase:
    person = person_of(program, lead.professional_id)
    name = person.name if person else phrase("status.somebody")
    zone = ZoneInfo(program.provider.time_zone)

    def when(moment: datetime | None) -> Phrase:
        return day_and_clock(moment, zone, now) if moment else phrase("status.earlier")

    state = State(lead.state)
    if state is State.NEW:
        return phrase("status.new_asking" if lead.next_rung_at else "status.new_ended")
    if state in (State.OFFERED, State.CLAIMED):
        hours = promise_of(program, person, lead, now) if person else ""
        sent = _sent(session, lead, now) if state is State.OFFERED else ""
        return phrase(f"status.{state.value}", person=name, sent=sent, when=when(lead.claimed_at), hours=hours)
    if state is State.CLOSED and lead.closed_reason == "consent_ended":
        return phrase("status.consent_ended", when=when(lead.closed_at))
    moments = {State.CONTACTED: lead.updated_at, State.SCHEDULED: lead.scheduled_for}
    return phrase(f"status.{state.value}", person=name, when=when(moments.get(state, lead.closed_at)))


def _where_joined(session: Session, program: Profile, link: LeadLink) -> Phrase:
    """Where a request stands that has joined a lead: what happened since then, and nothing from before."""
    lead = session.get(Lead, link.lead_id)
    person = person_of(program, link.professional_id)
    name = person.name if person else phrase("handover.the_owner")
    if lead is None or lead.open_key is None:
        state = "closed"
    elif lead.professional_id != link.professional_id or lead.state == State.NEW:
        state = "declined"
    else:
        state = "seen" if was_seen(session, lead, link) else "offered"
    return phrase(f"status.joined_{state}", person=name)


def _sent(session: Session, lead: Lead, now: datetime) -> Phrase:
    key = f"offer:{lead.id}:{lead.offer}"
    row = session.execute(
        select(OutboxItem.state, OutboxItem.sent_at).where(OutboxItem.idempotency_key == key)
    ).one_or_none()
    if row is not None and row.sent_at is not None:
        return phrase("status.sent", ago=ago(row.sent_at, now))
    return phrase("status.dead" if row is not None and row.state == "dead" else "status.stored")


def ago(moment: datetime, now: datetime) -> Phrase:
    """How long ago: "just now", "3 minutes ago", "2 hours ago", "4 days ago"."""
    minutes = int((now - moment).total_seconds() // 60)
    if minutes < 1:
        return phrase("ago.now")
    size, unit = next(step for step in ((24 * 60, "day"), (60, "hour"), (1, "minute")) if minutes >= step[0])
    count = minutes // size
    return Phrase(lambda locale: text_of(f"ago.{unit}", locale)[0 if count == 1 else 1].format(count=count))

"""The end of a consent: on the day that the visitor read, nothing more is shown or sent on it.

A request whose consent to sharing has ended is closed and its details are erased; who wants to go on says yes anew. A
request that has joined another one's lead ends by its own consent, and leaves that lead alone.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.handoff import wording
from bot.handoff.handover import close_question
from bot.handoff.history import erase_details, move, record
from bot.handoff.joining import end
from bot.handoff.models import SHARING, Consent, Lead, LeadLink
from bot.handoff.notices import post, tell_person
from bot.handoff.outbox import cancel_for
from bot.handoff.reading import person_of
from bot.handoff.states import State
from bot.handoff.withdrawal import tell_conversations
from bot.program.profile import Profile
from bot.program.transfer import current_program

REASON = "consent_ended"


def end_expired(session: Session, now: datetime, limit: int = 100) -> int:
    """Close what may not go on, and tell the visitors; gives how many requests ended."""
    links = _expired(session, LeadLink, now, limit)
    leads = _expired(session, Lead, now, limit)
    if not links and not leads:
        return 0
    program = current_program(session)
    for link in links:
        _end_link(session, link, program, now)
    for lead in leads:
        _end_lead(session, lead, program, now)
    session.flush()
    return len(links) + len(leads)


def _expired(session: Session, table: Any, now: datetime, limit: int) -> list[Any]:
    """Open rows of Lead or LeadLink whose latest valid consent to sharing has ended, locked."""
    lead_id = Lead.id if table is Lead else LeadLink.lead_id
    ended = (
        select(table.id)
        .join(Consent, (Consent.lead_id == lead_id) & (Consent.conversation_id == table.conversation_id))
        .where(table.open_key.is_not(None), Consent.kind == SHARING, Consent.withdrawn_at.is_(None))
        .group_by(table.id)
        .having(func.max(Consent.expires_at) <= now)
        .limit(limit)
    )
    ids = list(session.execute(ended).scalars())
    query = select(table).where(table.id.in_(ids), table.open_key.is_not(None)).order_by(table.id)
    return list(
        session.execute(query.with_for_update(skip_locked=True).execution_options(populate_existing=True)).scalars()
    )


def _end_lead(session: Session, lead: Lead, program: Profile, now: datetime) -> None:
    person = person_of(program, lead.professional_id)
    cancel_for(session, lead.id)
    close_question(session, lead, now)
    if person is not None and lead.state != State.NEW:
        tell_person(session, lead, person, program, "ended", f"/console/leads/{lead.id}", f"ended:{lead.id}", now)
    tell_conversations(session, program, lead, wording.consent_ended(program, str(lead.ref)), now)
    lead.closed_reason = REASON
    move(session, lead, State.CLOSED, "worker", now, REASON)
    erase_details(session, lead, now)


def _end_link(session: Session, link: LeadLink, program: Profile, now: datetime) -> None:
    lead = session.get(Lead, link.lead_id)
    if lead is not None:
        record(session, lead, "worker", "joined_ended", now, str(link.ref))
        if link.channel != "sms":
            said = wording.consent_ended(program, str(link.ref))
            post(session, lead, program, link, said, f"ended:{lead.id}:{link.id}", now)
    end(session, link, now)

"""A second request with the same number joins the open lead, from whatever conversation and channel it comes.

Anybody can type in any number. So whoever joins sees nothing of the lead that was there before, not even that it was:
their details, their code and their consent are their own, and only the professional sees that both belong together.
"""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.handoff.history import record
from bot.handoff.models import SHARING, Consent, Lead, LeadEvent, LeadLink
from bot.handoff.numbers import index_of
from bot.handoff.states import HELD, State
from bot.handoff.summary import LeadDraft, contact_of, staff_lines

WITHIN = timedelta(days=30)
"""How long after its beginning an open lead takes up further requests with its number."""


def lead_to_join(session: Session, draft: LeadDraft, now: datetime, lock: bool = False) -> Lead | None:
    """The open lead that a new request with this number joins: somebody has it or is asked for it."""
    contact, kind = contact_of(draft.contact)
    if contact is None or kind != "phone":
        return None
    query = select(Lead).where(
        Lead.phone_key == index_of(contact), Lead.created_at > now - WITHIN, Lead.state != State.NEW.value
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    lead: Lead | None = session.execute(query).scalar_one_or_none()
    return lead


def link_of(session: Session, conversation_id: str, lock: bool = False) -> LeadLink | None:
    """The conversation's request that has joined another one's lead, until it ends."""
    query = select(LeadLink).where(LeadLink.open_key == conversation_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    link: LeadLink | None = session.execute(query).scalar_one_or_none()
    return link


def links_to(session: Session, lead_id: str) -> list[LeadLink]:
    """The requests that have joined this lead and have not ended, oldest first."""
    return list(
        session.execute(
            select(LeadLink)
            .where(LeadLink.lead_id == lead_id, LeadLink.open_key.is_not(None))
            .order_by(LeadLink.at, LeadLink.id)
        ).scalars()
    )


def join(session: Session, lead: Lead, conversation_id: str, draft: LeadDraft, ref: str, now: datetime) -> LeadLink:
    """Join the lead with these details, or change them where the conversation has joined it already."""
    details = staff_lines(draft)
    link = link_of(session, conversation_id, lock=True)
    if link is not None and link.lead_id != lead.id:
        end(session, link, now)
        link = None
    if link is None:
        link = LeadLink(
            lead_id=lead.id,
            conversation_id=conversation_id,
            open_key=conversation_id,
            ref=ref,
            channel=draft.channel,
            locale=draft.locale,
            professional_id=lead.professional_id,
            at=now,
        )
        try:
            with session.begin_nested():
                session.add(link)
        except IntegrityError:  # the same turn at the same instant: the other one has joined
            link = link_of(session, conversation_id, lock=True)
            if link is None:
                raise
            return link
        record(session, lead, "visitor", "asked_again", now)
    elif link.details != details:
        record(session, lead, "visitor", "changed", now)
    link.details, link.professional_id, link.locale = details, lead.professional_id, draft.locale
    session.flush()
    return link


def end(session: Session, link: LeadLink, now: datetime) -> None:
    """The request ends: its details are forgotten."""
    link.open_key, link.details, link.ended_at = None, None, now
    session.flush()


def was_seen(session: Session, lead: Lead, link: LeadLink) -> bool:
    """Whether the professional has done anything with the lead, or looked at it, since they were given the request."""
    if lead.professional_id != link.professional_id or lead.state not in HELD:
        return False
    given = session.execute(
        select(func.max(Consent.given_at)).where(
            Consent.lead_id == lead.id, Consent.conversation_id == link.conversation_id, Consent.kind == SHARING
        )
    ).scalar_one()
    return (
        session.execute(
            select(LeadEvent.id)
            .where(
                LeadEvent.lead_id == lead.id,
                LeadEvent.actor == f"professional:{link.professional_id}",
                LeadEvent.at > max(link.at, given or link.at),
            )
            .limit(1)
        ).first()
        is not None
    )

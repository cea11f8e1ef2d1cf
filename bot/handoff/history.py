"""Moving a lead and writing down who did it: the only way in which a lead's state changes."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from bot.handoff.models import SHARING, Consent, Lead, LeadEvent, LeadLink
from bot.handoff.states import HELD, OPEN, State, checked_move
from bot.handoff.webhook import tell_crm


def record(session: Session, lead: Lead, actor: str, kind: str, at: datetime, note: str | None = None) -> None:
    """Add an event to the lead's history."""
    session.add(LeadEvent(lead_id=lead.id, actor=actor, kind=kind, note=note, at=at))


def move(
    session: Session, lead: Lead, to: State, actor: str, at: datetime, note: str | None = None, kind: str | None = None
) -> None:
    """Move the lead and record it, as `kind` (the new state's name when not given). Raises IllegalMoveError."""
    lead.state = checked_move(lead.state, to).value
    lead.updated_at = at
    if to not in OPEN:
        lead.open_key, lead.phone_key, lead.closed_at, lead.next_rung_at = None, None, at, None
    record(session, lead, actor, kind or to.value, at, note)
    tell_crm(session, lead, kind or to.value, at)


def load(session: Session) -> dict[str, int]:
    """How many leads each professional has been offered or holds now, by id."""
    active = [state.value for state in (*HELD, State.OFFERED)]
    rows = session.execute(
        select(Lead.professional_id, func.count())
        .where(Lead.state.in_(active), Lead.professional_id.is_not(None))
        .group_by(Lead.professional_id)
    )
    return {person: int(count) for person, count in rows}


def current_consent(session: Session, lead_id: str) -> Consent | None:
    """The latest consent to sharing of a lead's own conversation that has not been withdrawn."""
    consent: Consent | None = session.execute(
        select(Consent)
        .join(Lead, Lead.id == Consent.lead_id)
        .where(
            Consent.conversation_id == Lead.conversation_id,
            Consent.lead_id == lead_id,
            Consent.kind == SHARING,
            Consent.withdrawn_at.is_(None),
        )
        .order_by(Consent.given_at.desc())
        .limit(1)
    ).scalar_one_or_none()
    return consent


def end_consents(
    session: Session,
    lead: Lead,
    at: datetime,
    kind: str = "consent_replaced",
    conversation_id: str | None = None,
    kinds: Collection[str] = (),
) -> None:
    """Mark the lead's consents ended from now on, each with an event of that kind; their words stay.

    All of them, or those of one conversation, or of some kinds.
    """
    query = select(Consent).where(Consent.lead_id == lead.id, Consent.withdrawn_at.is_(None))
    if conversation_id is not None:
        query = query.where(Consent.conversation_id == conversation_id)
    if kinds:
        query = query.where(Consent.kind.in_(kinds))
    for consent in session.execute(query).scalars():
        consent.withdrawn_at = at
        record(session, lead, "visitor", kind, at, f"{consent.version}, {consent.recipient_id}")


def erase_details(session: Session, lead: Lead, at: datetime) -> None:
    """Forget who the visitor is, how to reach them and what people noted of them.

    The one way in which anything leaves a lead's history: the notes go, who did what and when stays. The store's own
    triggers allow that only once the lead is marked erased (bot.handoff.append_only).
    """
    lead.name = lead.contact = lead.contact_kind = lead.best_time = lead.place = None
    lead.zip = lead.for_whom = lead.wish = lead.phone_index = None
    lead.safe_call = lead.safe_voicemail = lead.safe_text = None
    lead.language = "en"
    lead.erased_at, lead.phone_key = at, None
    session.flush()
    session.execute(
        update(LeadLink)
        .where(LeadLink.lead_id == lead.id)
        .values(open_key=None, details=None, ended_at=at)
        .execution_options(synchronize_session="fetch")
    )
    by_people = or_(LeadEvent.actor.like("professional:%"), LeadEvent.actor.like("staff:%"))
    session.execute(
        update(LeadEvent)
        .where(LeadEvent.lead_id == lead.id, LeadEvent.note.is_not(None), by_people)
        .values(note=None)
        .execution_options(synchronize_session=False)
    )

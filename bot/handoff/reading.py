"""Leads for the console, the command line and the dialogue; personal details masked unless asked for."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.handoff.models import Consent, Lead, LeadEvent
from bot.handoff.numbers import index_of
from bot.handoff.phrases import ENGLISH, text_of
from bot.handoff.safe import Safe
from bot.handoff.summary import LeadDraft
from bot.program.profile import Professional, Profile

MASKED = ("name", "contact", "best_time", "zip", "for_whom", "wish")
"""Details that are words; what is safe stands beside them."""


def person_of(program: Profile, professional_id: str | None) -> Professional | None:
    """The professional with this id, or None when the profile no longer names them."""
    return next((person for person in program.professionals if person.id == professional_id), None)


def draft_of(lead: Lead) -> LeadDraft:
    """The details that a lead holds, as a draft."""
    safe = Safe(lead.safe_call, lead.safe_voicemail, lead.safe_text)
    details = {name: getattr(lead, name) for name in MASKED}
    return LeadDraft(**details, safe=safe, channel=lead.channel, locale=lead.locale, language=lead.language)


def open_lead_of(session: Session, conversation_id: str, lock: bool = False) -> Lead | None:
    """The conversation's open lead; with `lock`, nobody else changes it until the transaction ends."""
    query = select(Lead).where(Lead.open_key == conversation_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    lead: Lead | None = session.execute(query).scalar_one_or_none()
    return lead


def lead_of_number(session: Session, phone: str) -> Lead | None:
    """The open lead that would be answered at this number (E.164), the newest one."""
    lead: Lead | None = session.execute(
        select(Lead)
        .where(Lead.phone_index == index_of(phone), Lead.open_key.is_not(None))
        .order_by(Lead.created_at.desc())
        .limit(1)
    ).scalar_one_or_none()
    return lead


def list_leads(
    session: Session, state: str | None = None, masked: bool = True, limit: int = 100, offset: int = 0
) -> list[dict[str, Any]]:
    """Leads as JSON-able dicts, newest first. `masked` keeps the last two signs of a contact and hides the rest."""
    query = select(Lead).order_by(Lead.created_at.desc(), Lead.id).limit(limit).offset(offset)
    if state is not None:
        query = query.where(Lead.state == state)
    return [view(lead, masked) for lead in session.execute(query).scalars()]


def view(lead: Lead, masked: bool = True) -> dict[str, Any]:
    """One lead as a JSON-able dict."""
    details = {name: getattr(lead, name) for name in MASKED}
    if masked:
        details = {name: _mask(value, keep=2 if name == "contact" else 0) for name, value in details.items()}
    return {
        "id": lead.id,
        "ref": lead.ref,
        "test": bool(lead.test),
        "conversation_id": lead.conversation_id,
        "channel": lead.channel,
        "locale": lead.locale,
        "language": text_of("speaks", ENGLISH).get(lead.language),
        "state": lead.state,
        "closed_reason": lead.closed_reason,
        **details,
        "contact_kind": lead.contact_kind,
        "safe": Safe(lead.safe_call, lead.safe_voicemail, lead.safe_text).allowed if lead.contact else None,
        "professional_id": lead.professional_id,
        **{
            name: _iso(getattr(lead, name))
            for name in (
                [
                    "created_at",
                    "updated_at",
                    "offered_at",
                    "due_at",
                    "contact_due_at",
                    "next_rung_at",
                    "reminded_at",
                    "claimed_at",
                    "scheduled_for",
                    "closed_at",
                ]
            )
        },
    }


def lead_history(session: Session, lead_id: str) -> list[dict[str, Any]]:
    """The lead's events, oldest first, as JSON-able dicts."""
    events = session.execute(select(LeadEvent).where(LeadEvent.lead_id == lead_id).order_by(LeadEvent.id)).scalars()
    return [{"at": _iso(e.at), "actor": e.actor, "kind": e.kind, "note": e.note} for e in events]


def lead_consents(session: Session, lead_id: str) -> list[dict[str, Any]]:
    """The lead's consents, oldest first and sharing before contact, with their exact words, as JSON-able dicts."""
    rows = session.execute(
        select(Consent).where(Consent.lead_id == lead_id).order_by(Consent.given_at, Consent.kind.desc())
    ).scalars()
    plain = ("kind", "recipient_name", "recipient_role", "text", "version", "locale", "channel", "shared", "purpose")
    times = ("given_at", "expires_at", "withdrawn_at")
    return [{**{n: getattr(row, n) for n in plain}, **{n: _iso(getattr(row, n)) for n in times}} for row in rows]


def _mask(value: str | None, keep: int) -> str | None:
    if not value:
        return value
    return "***" + (value[-keep:] if keep and len(value) > 2 * keep else "")


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None

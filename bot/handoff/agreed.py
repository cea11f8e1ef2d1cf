"""What a visitor has agreed to: each consent a row with its exact words, version, time and channel, and their copy."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.handoff.hours import clock, date_words
from bot.handoff.models import CONTACT, SHARING, Consent, Lead
from bot.handoff.phrases import Phrase, language, phrase, text_of, together
from bot.handoff.proposals import ConsentGiven
from bot.handoff.summary import LeadDraft, lines
from bot.handoff.wording import Say, told
from bot.program.profile import Professional, Profile
from bot.program.transfer import current_program
from bot.store import load_keys

LINK_DAYS = 30


class NoCopyError(LookupError):
    """The link to a copy is not ours, or too old."""


def lines_kinds(draft: LeadDraft) -> list[str]:
    """What the consent calls each detail given."""
    return [line.kind for line in lines(draft)]


def consent_rows(
    lead: Lead,
    conversation_id: str,
    program: Profile,
    person: Professional,
    draft: LeadDraft,
    given: ConsentGiven,
    now: datetime,
) -> list[Consent]:
    """The consents of one yes: to sharing, and, where the visitor agreed to that as well, to being contacted."""
    said = [(SHARING, given.text, given.version, lines_kinds(draft), "sharing.purpose")]
    if given.contact_text:
        said.append((CONTACT, given.contact_text, given.contact_version, [], "contact.purpose"))
    return [
        Consent(
            lead_id=lead.id,
            conversation_id=conversation_id,
            act=given.act,
            kind=kind,
            discloser=program.provider.name,
            recipient_id=person.id,
            recipient_name=person.name,
            recipient_role=person.role,
            text=text,
            version=version,
            locale=draft.locale,
            channel=draft.channel,
            shared=details,
            purpose=text_of(purpose, language(draft.locale)),
            given_at=now,
            expires_at=datetime.fromisoformat(given.expires_at),
        )
        for kind, text, version, details, purpose in said
    ]


def agreements(session: Session, conversation_id: str) -> list[dict[str, Any]]:
    """What was agreed to in this conversation, as its visitor may read it, the latest first; also what has ended.

    The words are those that were agreed to; what stands beside them is told in any language (bot.handoff.phrases).
    """
    zone = ZoneInfo(current_program(session).provider.time_zone)
    rows = session.execute(
        select(Consent)
        .where(Consent.conversation_id == conversation_id)
        .order_by(Consent.given_at.desc(), Consent.kind.desc())
    ).scalars()
    return [
        {
            "kind": row.kind,
            "what": phrase(f"agreed.{row.kind}"),
            "to": row.recipient_name,
            "text": row.text,
            "version": row.version,
            "channel": phrase(f"agreed.{row.channel}"),
            "locale": language(row.locale),
            "given": _moment(row.given_at, zone),
            "ends": _moment(row.expires_at, zone),
            "ended": _moment(row.withdrawn_at, zone) if row.withdrawn_at else "",
        }
        for row in rows
    ]


def agreed_text(session: Session, conversation_id: str, base_url: str) -> Say:
    """The answer to "show me what I agreed to": the exact words in force, and a link to a copy to keep."""
    found = agreements(session, conversation_id)
    if not found:
        return told("agreed.none")
    link = f"{base_url}{copy_path(conversation_id)}"
    valid = [one for one in found if not one["ended"]]
    shown = together([phrase("agreed.one", **one) for one in valid], "\n\n")
    briefly = together([phrase("agreed.brief", **one) for one in valid], "; ")
    if not valid:
        shown = briefly = phrase("agreed.ended")
    return told("agreed.shown", shown=shown, listed=briefly, days=LINK_DAYS, link=link)


def _moment(moment: datetime, zone: ZoneInfo) -> Phrase:
    """A day and time that stay true on paper: "November 30, 2026, 3:40 pm"."""
    return phrase("day.moment", date=date_words(moment, zone), clock=clock(moment, zone))


def copy_path(conversation_id: str) -> str:
    """The address of the visitor's copy, below the public one; holds an id only."""
    return f"/handoff/agreed/{_signer().dumps(conversation_id)}"


def conversation_of_copy(token: str) -> str:
    """The conversation that a copy's link is for. Raises NoCopyError."""
    try:
        return str(_signer().loads(token, max_age=LINK_DAYS * 24 * 3600))
    except BadSignature:
        raise NoCopyError from None


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(load_keys().token("handoff"), salt="visitor-agreed")

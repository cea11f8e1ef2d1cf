"""What a visitor has agreed to: each consent a row with its exact words, version, time and channel, and their copy."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.handoff.consent import CONTACT_PURPOSE, PURPOSE
from bot.handoff.hours import clock
from bot.handoff.models import CONTACT, SHARING, TEXTS, Consent, Lead
from bot.handoff.proposals import ConsentGiven
from bot.handoff.summary import LeadDraft, lines
from bot.handoff.wording import Say, say
from bot.program.profile import Professional, Profile
from bot.program.transfer import current_program
from bot.store import load_keys

NAMES = {SHARING: "passing your details on", CONTACT: "being contacted", TEXTS: "news by text"}
CHANNELS = {"web": "in the web chat", "sms": "by text message"}
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
    said = [(SHARING, given.text, given.version, lines_kinds(draft), PURPOSE)]
    if given.contact_text:
        said.append((CONTACT, given.contact_text, given.contact_version, [], CONTACT_PURPOSE))
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
            purpose=purpose,
            given_at=now,
            expires_at=datetime.fromisoformat(given.expires_at),
        )
        for kind, text, version, details, purpose in said
    ]


def agreements(session: Session, conversation_id: str) -> list[dict[str, Any]]:
    """What was agreed to in this conversation, as its visitor may read it, the latest first; also what has ended."""
    zone = ZoneInfo(current_program(session).provider.time_zone)
    rows = session.execute(
        select(Consent)
        .where(Consent.conversation_id == conversation_id)
        .order_by(Consent.given_at.desc(), Consent.kind.desc())
    ).scalars()
    return [
        {
            "kind": row.kind,
            "what": NAMES[row.kind],
            "to": row.recipient_name,
            "text": row.text,
            "version": row.version,
            "channel": CHANNELS[row.channel],
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
        return say("You have not agreed to anything with me, and I have passed nothing on.")
    link = f"{base_url}{copy_path(conversation_id)}"
    valid = [one for one in found if not one["ended"]]
    shown = "\n\n".join(f"{one['given']}, {one['channel']} ({one['what']}):\n{one['text']}" for one in valid)
    listed = "; ".join(f"{one['what']}, {one['to']}, {one['given']}" for one in valid)
    if not valid:
        shown = listed = "nothing any more. What you had agreed to has ended"
    return say(
        f"This is what you agreed to:\n\n{shown}\n\nA copy to keep, for {LINK_DAYS} days: {link}",
        f"You agreed to: {listed}. The exact words, to keep: {link}",
    )


def _moment(moment: datetime, zone: ZoneInfo) -> str:
    """A day and time that stay true on paper: "November 30, 2026, 3:40 pm"."""
    local = moment.astimezone(zone)
    return f"{local:%B} {local.day}, {local.year}, {clock(moment, zone)}"


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

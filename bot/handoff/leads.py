"""The visitor's side of a lead: open, correct (bot.handoff.proposals comes before, withdrawal after).

Every function works in the caller's transaction. Tell the visitor only what a function returned *after* the commit:
`with database().write() as session: opened = open_lead(...)`, then say `opened.say`.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.handoff import wording
from bot.handoff.consent import CONTACT_PURPOSE, PURPOSE
from bot.handoff.history import current_consent, end_consents, move, record
from bot.handoff.hours import due_at
from bot.handoff.models import CONTACT, SHARING, Consent, Lead
from bot.handoff.notices import mail
from bot.handoff.outbox import cancel_for
from bot.handoff.proposals import ConsentGiven, ConsentMismatchError
from bot.handoff.reading import open_lead_of, person_of
from bot.handoff.safe import Safe
from bot.handoff.states import State
from bot.handoff.summary import LeadDraft, contact_of, lines
from bot.handoff.wording import Say
from bot.program.profile import Professional, Profile
from bot.program.transfer import current_program
from bot.store import load_keys

REF_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Nothing that is mixed up when read aloud: no I, L, O, 0, 1."""
FIELDS = ("name", "contact", "best_time", "zip", "for_whom", "wish")
"""Details that are words; what is safe stands beside them."""


@dataclass(frozen=True)
class OpenedLead:
    """A stored lead. `created` is false when the conversation's open lead was joined or nothing changed."""

    lead_id: str
    ref: str
    state: str
    professional: Professional
    created: bool
    say: Say


def open_lead(
    session: Session, conversation_id: str, draft: LeadDraft, consent: ConsentGiven, now: datetime
) -> OpenedLead:
    """Store lead, consent, event and the e-mail to the professional, in the session's one transaction.

    The conversation's open lead is joined, never doubled; the same call again changes nothing. Raises
    ConsentMismatchError when the draft or the professional is not what the visitor agreed to, ValueError for
    a bad contact.
    """
    program = current_program(session)
    person = person_of(program, consent.professional_id)
    if person is None:
        raise ConsentMismatchError("the person named in the consent is not there any more")
    if [str(line) for line in lines(draft)] != consent.summary:
        raise ConsentMismatchError("the details are not those that were shown")
    if datetime.fromisoformat(consent.expires_at) <= now:
        raise ConsentMismatchError("the consent has ended")
    lead, created = _lead_for(session, conversation_id, draft, now)
    agreed = None if created else current_consent(session, lead.id)
    same_person = agreed is not None and lead.professional_id == person.id and lead.state != State.NEW
    if agreed is None or not same_person or not _same_details(lead, draft):
        _put_details(lead, draft, now)
        end_consents(session, lead, now)
        session.add_all(_consent_rows(lead, program, person, lines_kinds(draft), consent, now))
        if same_person:
            record(session, lead, "visitor", "changed", now)
            mail(session, lead, person, program, "update", f"update:{lead.id}:{lead.version + 1}", now)
        else:
            _offer(session, lead, person, program, now)
        session.flush()
    say = wording.opened(program, person, lead.ref, lead.contact is not None, now)
    return OpenedLead(lead.id, lead.ref, lead.state, person, created, say)


def correct(session: Session, conversation_id: str, changes: Mapping[str, Any], now: datetime) -> OpenedLead:
    """Change details of the open lead (keys: those of FIELDS and safe); None removes a detail.

    Raises LookupError without an open lead, ConsentMismatchError for a kind of detail that the consent does not hold
    (propose and ask again), ValueError for a bad contact or an unknown key.
    """
    program = current_program(session)
    lead = open_lead_of(session, conversation_id, lock=True)
    consent = current_consent(session, lead.id) if lead else None
    person = person_of(program, lead.professional_id) if lead else None
    if lead is None or consent is None or person is None:
        raise LookupError("there is no open request to correct")
    unknown = sorted(set(changes) - {*FIELDS, "safe"})
    if unknown:
        raise ValueError(f"no such detail: {', '.join(unknown)}")
    draft = replace(draft_of(lead), **changes)
    if set(lines_kinds(draft)) - set(consent.shared):
        raise ConsentMismatchError("this was not among what the visitor agreed to share")
    before = draft_of(lead).safe.allowed
    if any(allowed and not before[way] for way, allowed in draft.safe.allowed.items()):
        raise ConsentMismatchError("the visitor did not agree to be reached in this way")
    if not _same_details(lead, draft):
        _put_details(lead, draft, now)
        record(session, lead, "visitor", "corrected", now, ", ".join(sorted(changes)))
        mail(session, lead, person, program, "update", f"update:{lead.id}:{lead.version + 1}", now)
        session.flush()
    say = wording.say(f"I have changed it. {person.name} sees the new details when opening your request.")
    return OpenedLead(lead.id, lead.ref, lead.state, person, False, say)


def draft_of(lead: Lead) -> LeadDraft:
    """The details that a lead holds, as a draft."""
    safe = Safe(lead.safe_call, lead.safe_voicemail, lead.safe_text)
    details = {name: getattr(lead, name) for name in FIELDS}
    return LeadDraft(**details, safe=safe, channel=lead.channel, locale=lead.locale)


def lines_kinds(draft: LeadDraft) -> list[str]:
    """What the consent calls each detail given."""
    return [line.kind for line in lines(draft)]


def _lead_for(session: Session, conversation_id: str, draft: LeadDraft, now: datetime) -> tuple[Lead, bool]:
    """The conversation's open lead, locked, or a new one; of two processes that make one, one joins the other's."""
    lead = open_lead_of(session, conversation_id, lock=True)
    if lead is not None:
        return lead, False
    lead = Lead(
        ref="".join(secrets.choice(REF_LETTERS) for _ in range(6)),
        conversation_id=conversation_id,
        open_key=conversation_id,
        channel=draft.channel,
        locale=draft.locale,
        state=State.NEW.value,
        offer=0,
        created_at=now,
        updated_at=now,
    )
    try:
        with session.begin_nested():
            session.add(lead)
    except IntegrityError:
        other = open_lead_of(session, conversation_id, lock=True)
        if other is None:
            raise
        return other, False
    record(session, lead, "visitor", "new", now)
    return lead, True


def _same_details(lead: Lead, draft: LeadDraft) -> bool:
    return [str(line) for line in lines(draft_of(lead))] == [str(line) for line in lines(draft)]


def _put_details(lead: Lead, draft: LeadDraft, now: datetime) -> None:
    contact, kind = contact_of(draft.contact)
    lead.name, lead.best_time, lead.zip = draft.name, draft.best_time, draft.zip
    lead.for_whom, lead.wish = draft.for_whom, draft.wish
    lead.contact, lead.contact_kind = contact, kind
    lead.safe_call, lead.safe_voicemail, lead.safe_text = draft.safe.call, draft.safe.voicemail, draft.safe.text
    lead.phone_index = load_keys().blind_index(contact) if contact and kind == "phone" else None
    lead.updated_at = now


def _offer(session: Session, lead: Lead, person: Professional, program: Profile, now: datetime) -> None:
    cancel_for(session, lead.id)  # an offer to somebody else that has not gone out yet
    lead.professional_id, lead.offer = person.id, lead.offer + 1
    lead.offered_at, lead.claimed_at, lead.reminded_at = now, None, None
    lead.due_at = due_at(person.hours, ZoneInfo(program.provider.time_zone), now)
    move(session, lead, State.OFFERED, "assistant", now, note=f"to {person.id}")
    mail(session, lead, person, program, "offer", f"offer:{lead.id}:{lead.offer}", now)


def _consent_rows(
    lead: Lead, program: Profile, person: Professional, shared: list[str], given: ConsentGiven, now: datetime
) -> list[Consent]:
    said = [(SHARING, given.text, given.version, shared, PURPOSE)]
    if given.contact_text:
        said.append((CONTACT, given.contact_text, given.contact_version, [], CONTACT_PURPOSE))
    return [
        Consent(
            lead_id=lead.id,
            conversation_id=lead.conversation_id,
            kind=kind,
            discloser=program.provider.name,
            recipient_id=person.id,
            recipient_name=person.name,
            recipient_role=person.role,
            text=text,
            version=version,
            locale=lead.locale,
            channel=lead.channel,
            shared=details,
            purpose=purpose,
            given_at=now,
            expires_at=datetime.fromisoformat(given.expires_at),
        )
        for kind, text, version, details, purpose in said
    ]

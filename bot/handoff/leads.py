"""The visitor's side of a lead: propose, open, correct (withdrawing is bot.handoff.withdrawal).

Every function works in the caller's transaction. Tell the visitor only what a function returned *after* the commit:
`with database().write() as session: opened = open_lead(...)`, then say `opened.say`.
"""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.handoff import wording
from bot.handoff.consent import PURPOSE, ConsentText, consent_for
from bot.handoff.history import current_consent, end_consents, load, move, record
from bot.handoff.hours import due_at
from bot.handoff.models import Consent, Lead, LeadEvent
from bot.handoff.notices import mail
from bot.handoff.outbox import cancel_for
from bot.handoff.reading import open_lead_of, person_of
from bot.handoff.routing import Reason, RoutingWish, candidates, route
from bot.handoff.states import State
from bot.handoff.summary import LeadDraft, contact_of, lines
from bot.handoff.wording import Say
from bot.program.directory import nearby_text, nearest
from bot.program.profile import Professional, Profile
from bot.program.transfer import current_program
from bot.safety import resources
from bot.sms_text import parts
from bot.store import load_keys

REF_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Nothing that is mixed up when read aloud: no I, L, O, 0, 1."""
FIELDS = ("name", "contact", "best_time", "zip", "for_whom", "wish")


class ConsentMismatchError(ValueError):
    """What is to be shared, or with whom, is not what the visitor agreed to: propose again and ask again."""


@dataclass(frozen=True)
class ConsentGiven:
    """The visitor's yes to a proposal. `as_slot` and `from_slot` carry it through a dialogue as JSON."""

    professional_id: str
    text: str
    version: str
    summary: list[str]
    expires_at: str
    """ISO 8601, aware."""

    def as_slot(self) -> dict[str, Any]:
        """A JSON-able form."""
        return asdict(self)

    @classmethod
    def from_slot(cls, slot: Mapping[str, Any]) -> "ConsentGiven":
        """The consent that `as_slot` wrote. Raises ConsentMismatchError when it is none."""
        try:
            return cls(**slot)
        except TypeError:
            raise ConsentMismatchError("the stored proposal is not readable") from None


@dataclass(frozen=True)
class Proposal:
    """Who would get the details, the lines that would be shared, and the words to agree to.

    `professional` is None when nobody can be offered; `say` then tells where else to turn.
    """

    professional: Professional | None
    reason: Reason
    summary_lines: list[str]
    consent: ConsentText | None
    say: Say

    def given(self, channel: str = "web") -> ConsentGiven:
        """What to keep until the visitor says yes: the consent in the words that this channel showed."""
        if self.professional is None or self.consent is None:
            raise ConsentMismatchError("there is nobody to agree to")
        text = "\n".join(self.consent.sms) if channel == "sms" else self.consent.web
        return ConsentGiven(
            self.professional.id, text, self.consent.version, self.summary_lines, self.consent.expires_at.isoformat()
        )


@dataclass(frozen=True)
class OpenedLead:
    """A stored lead. `created` is false when the conversation's open lead was joined or nothing changed."""

    lead_id: str
    ref: str
    state: str
    professional: Professional
    created: bool
    say: Say


def propose(session: Session, conversation_id: str, draft: LeadDraft, now: datetime) -> Proposal:
    """Whom the details would go to, what would be shared and the consent; stores nothing.

    Whoever holds the conversation's open lead keeps it; whoever declined it is left out. Raises ValueError for a
    contact that is neither a phone number nor an e-mail address.
    """
    program = current_program(session)
    details = lines(draft)
    lead = open_lead_of(session, conversation_id)
    reason: Reason = "found"
    person = _holder(program, lead)
    if person is None:
        wish = RoutingWish(draft.zip, draft.language, draft.format, _declined_by(session, lead))
        choice = route(candidates(program, load(session)), wish, now)
        person, reason = person_of(program, choice.professional_id), choice.reason
    shown = [str(line) for line in details]
    if person is None:
        return Proposal(None, reason, shown, None, _elsewhere(session, program, reason, draft.zip))
    consent = consent_for(program, person, details, now)
    listed = "\n".join(f"- {line}" for line in shown) or "- only that you asked to talk"
    intro = f"Here is what I will share with {person.name}:"
    short = parts(f"{intro} {'; '.join(shown) or 'only that you asked to talk'}.")
    return Proposal(person, "found", shown, consent, Say(f"{intro}\n{listed}\n\n{consent.web}", [*short, *consent.sms]))


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
        session.add(_consent_row(lead, program, person, lines_kinds(draft), consent, now))
        if same_person:
            record(session, lead, "visitor", "changed", now)
            mail(session, lead, person, program, "update", f"update:{lead.id}:{lead.version + 1}", now)
        else:
            _offer(session, lead, person, program, now)
        session.flush()
    say = wording.opened(program, person, lead.ref, lead.contact is not None, now)
    return OpenedLead(lead.id, lead.ref, lead.state, person, created, say)


def correct(session: Session, conversation_id: str, changes: Mapping[str, Any], now: datetime) -> OpenedLead:
    """Change details of the open lead (keys: name, contact, best_time, zip, for_whom, wish); None removes one.

    Raises LookupError without an open lead, ConsentMismatchError for a kind of detail that the consent does not hold
    (propose and ask again), ValueError for a bad contact or an unknown key.
    """
    program = current_program(session)
    lead = open_lead_of(session, conversation_id, lock=True)
    consent = current_consent(session, lead.id) if lead else None
    person = person_of(program, lead.professional_id) if lead else None
    if lead is None or consent is None or person is None:
        raise LookupError("there is no open request to correct")
    if set(changes) - set(FIELDS):
        raise ValueError(f"no such detail: {', '.join(sorted(set(changes) - set(FIELDS)))}")
    draft = replace(draft_of(lead), **changes)
    if set(lines_kinds(draft)) - set(consent.shared):
        raise ConsentMismatchError("this was not among what the visitor agreed to share")
    if not _same_details(lead, draft):
        _put_details(lead, draft, now)
        record(session, lead, "visitor", "corrected", now, ", ".join(sorted(changes)))
        mail(session, lead, person, program, "update", f"update:{lead.id}:{lead.version + 1}", now)
        session.flush()
    say = wording.say(f"I have changed it. {person.name} sees the new details when opening your request.")
    return OpenedLead(lead.id, lead.ref, lead.state, person, False, say)


def draft_of(lead: Lead) -> LeadDraft:
    """The details that a lead holds, as a draft."""
    return LeadDraft(**{name: getattr(lead, name) for name in FIELDS}, channel=lead.channel, locale=lead.locale)


def lines_kinds(draft: LeadDraft) -> list[str]:
    """What the consent calls each detail given."""
    return [line.kind for line in lines(draft)]


def _holder(program: Profile, lead: Lead | None) -> Professional | None:
    return person_of(program, lead.professional_id) if lead is not None and lead.state != State.NEW else None


def _declined_by(session: Session, lead: Lead | None) -> frozenset[str]:
    if lead is None:
        return frozenset()
    actors = session.execute(
        select(LeadEvent.actor).where(LeadEvent.lead_id == lead.id, LeadEvent.kind == "declined")
    ).scalars()
    return frozenset(actor.removeprefix("professional:") for actor in actors)


def _elsewhere(session: Session, program: Profile, reason: Reason, code: str | None) -> Say:
    helpline = resources()["helpline"].call or ""
    cause = (
        f"Your ZIP is outside the area of {program.provider.name}."
        if reason == "outside_area"
        else "Nobody here can take a request through me right now."
    )
    nearby = nearest(session, code) if reason == "outside_area" and code else None
    phone = "" if reason == "outside_area" else f" You can call {wording.office(program)}."
    ways = (
        f"{cause}{phone} To find a program near you, look at FindTreatment.gov or call the free helpline {helpline}, "
        "day or night. I have not shared anything."
    )
    if nearby is None:
        return wording.say(ways)
    lead, *listed = nearby_text(nearby)
    points = "\n".join(f"- {line}" for line in listed)
    return Say(f"{ways}\n\n{lead}\n{points}", [*parts(ways), *parts(f"{lead} {' '.join(listed)}")])


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
    lead.phone_index = load_keys().blind_index(contact) if contact and kind == "phone" else None
    lead.updated_at = now


def _offer(session: Session, lead: Lead, person: Professional, program: Profile, now: datetime) -> None:
    cancel_for(session, lead.id)  # an offer to somebody else that has not gone out yet
    lead.professional_id, lead.offer = person.id, lead.offer + 1
    lead.offered_at, lead.claimed_at, lead.reminded_at = now, None, None
    lead.due_at = due_at(person.hours, ZoneInfo(program.provider.time_zone), now)
    move(session, lead, State.OFFERED, "assistant", now, note=f"to {person.id}")
    mail(session, lead, person, program, "offer", f"offer:{lead.id}:{lead.offer}", now)


def _consent_row(
    lead: Lead, program: Profile, person: Professional, shared: list[str], given: ConsentGiven, now: datetime
) -> Consent:
    return Consent(
        lead_id=lead.id,
        discloser=program.provider.name,
        recipient_id=person.id,
        recipient_name=person.name,
        recipient_role=person.role,
        text=given.text,
        version=given.version,
        locale=lead.locale,
        channel=lead.channel,
        shared=shared,
        purpose=PURPOSE,
        given_at=now,
        expires_at=datetime.fromisoformat(given.expires_at),
    )

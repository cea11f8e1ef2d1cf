"""The visitor's side of a lead: open, correct (bot.handoff.proposals comes before, withdrawal after).

Every function works in the caller's transaction. Tell the visitor only what a function returned *after* the commit:
`with database().write() as session: opened = open_lead(...)`, then say `opened.say`.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.handoff import limits, wording
from bot.handoff.agreed import consent_rows, lines_kinds
from bot.handoff.handover import close_question
from bot.handoff.handover_joined import ask_joined
from bot.handoff.history import current_consent, end_consents, move, record
from bot.handoff.joining import WITHIN, end, join, lead_to_join, link_of
from bot.handoff.models import CONTACT, SHARING, TEXTS, Consent, Lead
from bot.handoff.notices import mail
from bot.handoff.numbers import index_of, is_test
from bot.handoff.outbox import cancel_for
from bot.handoff.phrases import language
from bot.handoff.professional import taken
from bot.handoff.promise import promise_of
from bot.handoff.proposals import ConsentGiven, ConsentMismatchError, refuse_blocked
from bot.handoff.reading import MASKED, draft_of, open_lead_of, person_of
from bot.handoff.states import State
from bot.handoff.status import status_for
from bot.handoff.summary import LeadDraft, contact_of, lines, staff_lines
from bot.handoff.timers import begin_ladder
from bot.handoff.wording import Say
from bot.program.profile import Professional, Profile
from bot.program.transfer import current_program

REF_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Nothing that is mixed up when read aloud: no I, L, O, 0, 1."""


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
    session: Session,
    conversation_id: str,
    draft: LeadDraft,
    consent: ConsentGiven,
    now: datetime,
    accepted: bool = False,
) -> OpenedLead:
    """Store lead, consent, event and the e-mail to the professional, in the session's one transaction.

    `accepted`: the professional has said already that they take it (bot.handoff.handover), so that it is theirs at
    once. The conversation's open lead is joined, never doubled. One yes (`consent.act`) counts once: the same call
    again changes nothing, also when the lead was declined or withdrawn meanwhile, and tells where it stands. Raises
    ConsentMismatchError when the draft or the professional is not what the visitor agreed to, LimitReachedError,
    NumberBlockedError, ValueError for a bad contact. A number with an open lead joins that (bot.handoff.joining).
    """
    program = current_program(session)
    # Locked first: who did the same a moment ago has ended by then, and what it did is seen.
    own = open_lead_of(session, conversation_id, lock=True)
    person = person_of(program, consent.professional_id)
    if person is None:
        raise ConsentMismatchError("the person named in the consent is not there any more")
    done = _done_before(session, conversation_id, consent, person, program, now)
    if done is not None:
        return done
    if [str(line) for line in lines(draft)] != consent.summary:
        raise ConsentMismatchError("the details are not those that were shown")
    if datetime.fromisoformat(consent.expires_at) <= now:
        raise ConsentMismatchError("the consent has ended")
    refuse_blocked(session, draft)
    if own is None:
        other = lead_to_join(session, draft, now, lock=True)
        # Not the conversation's own, which another process may have opened since the look above.
        if other is not None and other.conversation_id != conversation_id:
            return _join(session, other, conversation_id, draft, consent, person, program, now)
        if other is None:
            _leave(session, conversation_id, now)
    try:
        lead, created = _lead_for(session, conversation_id, draft, now)
    except IntegrityError:  # at the same instant somebody has opened a lead with this number
        other = lead_to_join(session, draft, now, lock=True)
        if other is None:
            raise
        if other.conversation_id != conversation_id:
            return _join(session, other, conversation_id, draft, consent, person, program, now)
        lead, created = other, False
    was_test = bool(lead.test)
    agreed = None if created else current_consent(session, lead.id)
    same_person = agreed is not None and lead.professional_id == person.id and lead.state != State.NEW
    if agreed is None or not same_person or not _same_details(lead, draft):
        if not created and not accepted:
            limits.check(session, conversation_id, lead.phone_index, False, now)
            limits.mark(session, conversation_id, lead.phone_index, False, now)
        _put_details(session, lead, draft, program, now)
        end_consents(session, lead, now, conversation_id=conversation_id, kinds=(SHARING, CONTACT))
        session.add_all(consent_rows(lead, conversation_id, program, person, draft, consent, now))
        if same_person and not was_test:
            record(session, lead, "visitor", "changed", now)
            mail(session, lead, person, program, "update", f"update:{lead.id}:{lead.version + 1}", now)
        else:
            _offer(session, lead, person, program, now, accepted)
        session.flush()
    say = wording.opened(program, person, lead.ref, lead.contact is not None, promise_of(program, person, lead, now))
    if lead.test:
        say = wording.opened_as_test(program, lead.ref)
    return OpenedLead(lead.id, lead.ref, lead.state, person, created, say)


def correct(session: Session, conversation_id: str, changes: Mapping[str, Any], now: datetime) -> OpenedLead:
    """Change details of the open lead (keys: those of MASKED and safe); None removes a detail.

    Raises LookupError without an open lead, ConsentMismatchError for a kind of detail that the consent does not hold
    (propose and ask again), LimitReachedError, NumberBlockedError, ValueError for a bad contact or an unknown key.
    """
    program = current_program(session)
    lead = open_lead_of(session, conversation_id, lock=True)
    consent = current_consent(session, lead.id) if lead else None
    person = person_of(program, lead.professional_id) if lead else None
    if lead is None or consent is None or person is None:
        raise LookupError("there is no open request to correct")
    unknown = sorted(set(changes) - {*MASKED, "safe"})
    if unknown:
        raise ValueError(f"no such detail: {', '.join(unknown)}")
    draft = replace(draft_of(lead), **changes)
    if set(lines_kinds(draft)) - set(consent.shared):
        raise ConsentMismatchError("this was not among what the visitor agreed to share")
    before = draft_of(lead).safe.allowed
    if any(allowed and not before[way] for way, allowed in draft.safe.allowed.items()):
        raise ConsentMismatchError("the visitor did not agree to be reached in this way")
    refuse_blocked(session, draft)
    if not _same_details(lead, draft):
        limits.check(session, conversation_id, lead.phone_index, False, now)
        limits.mark(session, conversation_id, lead.phone_index, False, now)
        _put_details(session, lead, draft, program, now)
        record(session, lead, "visitor", "corrected", now, ", ".join(sorted(changes)))
        mail(session, lead, person, program, "update", f"update:{lead.id}:{lead.version + 1}", now)
        session.flush()
    say = wording.told("corrected", person=person.name)
    return OpenedLead(lead.id, lead.ref, lead.state, person, False, say)


def _done_before(
    session: Session, conversation_id: str, consent: ConsentGiven, person: Professional, program: Profile, now: datetime
) -> OpenedLead | None:
    """What this yes has done already, told as it stands now; None when it has done nothing yet.

    A retry may come late: after a decline it must not ask the same person again, after a withdrawal not begin anew.
    """
    lead: Lead | None = session.execute(
        select(Lead)
        .join(Consent, Consent.lead_id == Lead.id)
        .where(Consent.act == consent.act, Consent.kind == SHARING)
    ).scalar_one_or_none()
    if lead is None:
        return None
    link = link_of(session, conversation_id) if lead.conversation_id != conversation_id else None
    request = lead if lead.conversation_id == conversation_id else link
    stands = status_for(session, conversation_id, now)
    if request is None or request.open_key is None:
        return OpenedLead(lead.id, lead.ref, lead.state, person, False, stands)
    if lead.test:
        say = wording.opened_as_test(program, request.ref)
    elif request.professional_id != person.id or lead.state == State.NEW:
        say = wording.stored_before(stands)
    else:
        promise = wording.at_work(program, person, now) if link else promise_of(program, person, lead, now)
        say = wording.opened(program, person, request.ref, link is not None or lead.contact is not None, promise)
    return OpenedLead(lead.id, request.ref, lead.state, person, False, say)


def _lead_for(session: Session, conversation_id: str, draft: LeadDraft, now: datetime) -> tuple[Lead, bool]:
    """The conversation's open lead, locked, or a new one; of two processes that make one, one joins the other's.

    Raises IntegrityError when another conversation has opened one with this number at the same instant.
    """
    lead = open_lead_of(session, conversation_id, lock=True)
    if lead is not None:
        return lead, False
    contact, kind = contact_of(draft.contact)
    index = index_of(contact) if contact else None
    number = index if kind == "phone" else None
    limits.check(session, conversation_id, index, True, now)
    _free(session, number, now)
    lead = Lead(
        ref=_new_ref(),
        conversation_id=conversation_id,
        open_key=conversation_id,
        phone_key=number,
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
    limits.mark(session, conversation_id, index, True, now)
    return lead, True


def _new_ref() -> str:
    return "".join(secrets.choice(REF_LETTERS) for _ in range(6))


def _free(session: Session, number: str | None, now: datetime) -> None:
    """An open lead that nobody joins any more (bot.handoff.joining) gives the number up to a newer one.

    Only such a one: a lead that somebody has opened since `lead_to_join` looked keeps its number, and is joined.
    """
    session.execute(
        update(Lead)
        .where(Lead.phone_key == number, Lead.phone_key.is_not(None))
        .where(or_(Lead.created_at <= now - WITHIN, Lead.state == State.NEW.value))
        .values(phone_key=None)
        .execution_options(synchronize_session="fetch")
    )


def _join(
    session: Session,
    lead: Lead,
    conversation_id: str,
    draft: LeadDraft,
    consent: ConsentGiven,
    person: Professional,
    program: Profile,
    now: datetime,
) -> OpenedLead:
    """The conversation's request joins a lead of another one: a code, details and consents of its own."""
    if lead.professional_id != person.id:
        raise ConsentMismatchError("the request would go to somebody whom the consent does not name")
    before = link_of(session, conversation_id, lock=True)
    joined = before is not None and before.lead_id == lead.id
    if not joined or before is None or before.details != staff_lines(draft) or before.professional_id != person.id:
        limits.check(session, conversation_id, lead.phone_index, not joined, now)
        limits.mark(session, conversation_id, lead.phone_index, not joined, now)
        if not joined:
            _leave(session, conversation_id, now)
        before = join(session, lead, conversation_id, draft, _new_ref(), now)
        end_consents(session, lead, now, conversation_id=conversation_id)
        session.add_all(consent_rows(lead, conversation_id, program, person, draft, consent, now))
        lead.updated_at = now
        mail(session, lead, person, program, "update", f"update:{lead.id}:{lead.version + 1}", now)
        session.flush()
    say = wording.opened(program, person, before.ref, True, wording.at_work(program, person, now))
    return OpenedLead(lead.id, before.ref, State.OFFERED.value, person, not joined, say)


def _leave(session: Session, conversation_id: str, now: datetime) -> None:
    """The conversation's earlier request with another lead, if it had one, is over."""
    link = link_of(session, conversation_id, lock=True)
    lead = session.get(Lead, link.lead_id) if link else None
    if link is not None and lead is not None:
        end_consents(session, lead, now, conversation_id=conversation_id)
        end(session, link, now)


def _same_details(lead: Lead, draft: LeadDraft) -> bool:
    return [str(line) for line in lines(draft_of(lead))] == [str(line) for line in lines(draft)]


def _put_details(session: Session, lead: Lead, draft: LeadDraft, program: Profile, now: datetime) -> None:
    contact, kind = contact_of(draft.contact)
    number = index_of(contact) if contact and kind == "phone" else None
    if number != lead.phone_index or not draft.safe.may_text:
        # What was agreed for the old number says nothing about the new one, and safety comes first.
        end_consents(session, lead, now, "consent_withdrawn", kinds=(TEXTS,))
    if number not in (lead.phone_index, lead.phone_key):
        lead.phone_key = number if number and not _is_taken(session, number) else None
    lead.test = is_test(program, contact)
    lead.name, lead.best_time, lead.zip = draft.name, draft.best_time, draft.zip
    lead.for_whom, lead.wish = draft.for_whom, draft.wish
    lead.locale, lead.language = draft.locale, language(draft.language)
    lead.contact, lead.contact_kind = contact, kind
    lead.safe_call, lead.safe_voicemail, lead.safe_text = draft.safe.call, draft.safe.voicemail, draft.safe.text
    lead.phone_index = number
    lead.updated_at = now


def _is_taken(session: Session, number: str) -> bool:
    return session.execute(select(Lead.id).where(Lead.phone_key == number)).first() is not None


def _offer(session: Session, lead: Lead, person: Professional, program: Profile, now: datetime, accepted: bool) -> None:
    if not accepted:
        close_question(session, lead, now)  # the visitor chose somebody without it
    cancel_for(session, lead.id)  # an offer to somebody else that has not gone out yet
    gave_up = lead.state == State.NEW
    lead.professional_id, lead.offer = person.id, lead.offer + 1
    lead.offered_at, lead.claimed_at = now, None
    begin_ladder(program, lead, person, now)
    move(session, lead, State.OFFERED, "assistant", now, note=f"to {person.id}")
    ask_joined(session, lead, person, program, now, gave_up)
    if accepted:
        taken(session, lead, person, program, now)
    about = "agreed" if accepted else "offer"
    mail(session, lead, person, program, about, f"offer:{lead.id}:{lead.offer}", now)

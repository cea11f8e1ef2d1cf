"""Withdrawing: the visitor takes a request back, and from that moment on nothing of it is sent or shown.

It works from every open state, by conversation or by phone number, in the caller's transaction.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.handoff import wording
from bot.handoff.handover import close_question
from bot.handoff.history import end_consents, erase_details, move, record
from bot.handoff.joining import end, link_of, links_to, was_seen
from bot.handoff.models import Lead, LeadEvent, LeadLink
from bot.handoff.notices import mail, post, tell_taken_back
from bot.handoff.numbers import block, index_of
from bot.handoff.outbox import cancel_for
from bot.handoff.phrases import listed, phrase
from bot.handoff.reading import open_lead_of, person_of
from bot.handoff.states import State
from bot.handoff.wording import Say, told
from bot.program.profile import Professional, Profile
from bot.program.transfer import current_program


@dataclass(frozen=True)
class Withdrawal:
    """What a withdrawal did; `found` is false when there was nothing to withdraw."""

    found: bool
    ref: str | None
    say: Say


def withdraw(session: Session, conversation_id: str, now: datetime) -> Withdrawal:
    """Stop everything at once: nothing more is sent, the details are erased, the consent's words stay as the record.

    Whoever was, or may have been, sent the request gets one notice, with no detail in it, not to use it any more. A
    request that has joined another conversation's lead takes back itself and leaves that lead alone.
    """
    program = current_program(session)
    lead = open_lead_of(session, conversation_id, lock=True)
    if lead is not None:
        seen, ref = _take_back(session, program, lead, now), str(lead.ref)
        return Withdrawal(True, ref, _done(ref, [person.name for person in seen]))
    link = link_of(session, conversation_id, lock=True)
    if link is None:
        return Withdrawal(False, None, told("withdrawn.nothing"))
    return Withdrawal(True, str(link.ref), _done(str(link.ref), _leave(session, program, link, now)))


def taken_back_briefly(ref: str) -> Say:
    """One line, for behind something that matters more: the request is taken back."""
    return told("withdrawn.briefly", ref=ref)


def withdraw_number(session: Session, phone: str, now: datetime, wrong_person: bool = False) -> list[str]:
    """Take back every open request that would be answered at this number (E.164); gives their codes.

    Whoever holds the phone may do that, from whatever conversation the number came: also when the number was wrong
    (`wrong_person`: then nobody can leave it again). Where the request was made, the visitor is told.
    """
    index = index_of(phone)
    if wrong_person:
        block(session, index, "wrong_person", now)
    program, refs = current_program(session), []
    for lead in _open_with(session, index):
        tell_others = wording.wrong_person(program) if wrong_person else wording.taken_back_by_phone(program)
        _take_back(session, program, lead, now, tell_others)
        refs.append(str(lead.ref))
    return refs


def wrong_person(session: Session, lead: Lead, program: Profile, actor: str, note: str | None, now: datetime) -> None:
    """The professional reached somebody else: the number is blocked, every request with it ends, the visitors hear."""
    index = lead.phone_index
    lead.closed_reason = "wrong_person"
    cancel_for(session, lead.id)
    end_consents(session, lead, now, "consent_withdrawn")
    move(session, lead, State.CLOSED, actor, now, note)
    tell_conversations(session, program, lead, wording.wrong_person(program), now)
    erase_details(session, lead, now)
    if index is None:
        return
    block(session, index, "wrong_person", now)
    for other in _open_with(session, index):
        _take_back(session, program, other, now, wording.wrong_person(program))


def take_back_for(session: Session, lead: Lead, program: Profile, actor: str, now: datetime) -> None:
    """The visitor took it back in another way than through us: they told the professional, or wrote to the office.

    Whoever hears it writes it down (`actor`), and it works like the visitor's own word.
    """
    _take_back(session, program, lead, now, actor=actor)
    if lead.channel != "sms":  # by text they may want none: they know that they took it back
        post(session, lead, program, lead, wording.taken_back_for(program), f"withdrawn:{lead.id}:visitor", now)


def _open_with(session: Session, phone_index: str) -> list[Lead]:
    """The open leads with this number, locked."""
    return list(
        session.execute(
            select(Lead)
            .where(Lead.phone_index == phone_index, Lead.open_key.is_not(None))
            .order_by(Lead.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).scalars()
    )


def _done(ref: str, seen: list[str]) -> Say:
    after = phrase("withdrawn.seen", people=listed(seen)) if seen else phrase("withdrawn.unseen")
    return told("withdrawn.done", ref=ref, after=after)


def _take_back(
    session: Session, program: Profile, lead: Lead, now: datetime, tell: Say | None = None, actor: str = "visitor"
) -> list[Professional]:
    """Withdraw this lead; gives the professionals who had seen the details.

    `tell`: for the conversation that made it, when somebody else took it back. Requests that have joined it end too.
    """
    seen = _who_saw_it(session, program, lead)
    # Before anything is cancelled: what left, or was about to leave, tells who has to hear of it.
    tell_taken_back(session, lead, seen, program, now)
    cancel_for(session, lead.id, but="withdrawn")
    tell_conversations(session, program, lead, tell, now)
    end_consents(session, lead, now, "consent_withdrawn")
    close_question(session, lead, now)
    move(session, lead, State.WITHDRAWN, actor, now)
    erase_details(session, lead, now)
    return seen


def tell_conversations(session: Session, program: Profile, lead: Lead, own: Say | None, now: datetime) -> None:
    """Tell the conversations whose request ends with this lead, unless by text: the number may not be theirs."""
    if own is not None and lead.channel != "sms":
        post(session, lead, program, lead, own, f"withdrawn:{lead.id}:visitor", now)
    for link in links_to(session, lead.id):
        if link.channel != "sms":
            said = own or wording.ended(program, str(link.ref))
            post(session, lead, program, link, said, f"withdrawn:{lead.id}:{link.id}", now)


def _leave(session: Session, program: Profile, link: LeadLink, now: datetime) -> list[str]:
    """Take back a request that has joined a lead; gives the names of those who had seen its details."""
    lead = session.get(Lead, link.lead_id)
    if lead is None:
        return []
    person = person_of(program, link.professional_id)
    seen = [person.name] if person is not None and was_seen(session, lead, link) else []
    end_consents(session, lead, now, "consent_withdrawn", conversation_id=str(link.conversation_id))
    end(session, link, now)
    record(session, lead, "visitor", "joined_withdrawn", now)
    if person is not None and lead.open_key is not None and lead.professional_id == person.id:
        mail(session, lead, person, program, "update", f"update:{lead.id}:left:{link.id}", now)
    return seen


def _who_saw_it(session: Session, program: Profile, lead: Lead) -> list[Professional]:
    """Everybody who ever said "I have it", also who gave it back afterwards."""
    actors = session.execute(
        select(LeadEvent.actor).where(LeadEvent.lead_id == lead.id, LeadEvent.kind == "claimed").order_by(LeadEvent.id)
    ).scalars()
    people = [person_of(program, actor.removeprefix("professional:")) for actor in dict.fromkeys(actors)]
    return [person for person in people if person is not None]

"""Withdrawing: the visitor takes a request back, and from that moment on nothing of it is sent or shown.

It works from every open state, by conversation or by phone number, in the caller's transaction.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.handoff.history import end_consents, erase_details, move
from bot.handoff.models import Lead, LeadEvent
from bot.handoff.notices import tell_taken_back
from bot.handoff.outbox import cancel_for
from bot.handoff.reading import open_lead_of, person_of
from bot.handoff.states import State
from bot.handoff.wording import Say, say
from bot.program.profile import Professional, Profile
from bot.program.times import joined
from bot.program.transfer import current_program
from bot.store import load_keys


@dataclass(frozen=True)
class Withdrawal:
    """What a withdrawal did; `found` is false when there was nothing to withdraw."""

    found: bool
    ref: str | None
    say: Say


def withdraw(session: Session, conversation_id: str, now: datetime) -> Withdrawal:
    """Stop everything at once: nothing more is sent, the details are erased, the consent's words stay as the record.

    Whoever was, or may have been, sent the request gets one notice, with no detail in it, not to use it any more.
    """
    lead = open_lead_of(session, conversation_id, lock=True)
    if lead is None:
        return Withdrawal(False, None, say("You have no open request with me, so there is nothing to take back."))
    seen = _take_back(session, current_program(session), lead, now)
    after = (
        f"{joined([person.name for person in seen])} had seen your details; I have sent word not to use them."
        if seen
        else "Nobody saw your name or how to reach you."
    )
    text = (
        f"Done. I took back your request {lead.ref} and deleted your details. {after} "
        "You can still ask me anything, or start again at any time."
    )
    return Withdrawal(True, lead.ref, say(text))


def withdraw_number(session: Session, phone: str, now: datetime) -> list[str]:
    """Take back every open request that would be answered at this number (E.164); gives their codes.

    Whoever holds the phone may do that, from whatever conversation the number came: also when the number was wrong.
    """
    leads = session.execute(
        select(Lead)
        .where(Lead.phone_index == load_keys().blind_index(phone), Lead.open_key.is_not(None))
        .order_by(Lead.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalars()
    program, refs = current_program(session), []
    for lead in leads.all():
        _take_back(session, program, lead, now)
        refs.append(str(lead.ref))
    return refs


def _take_back(session: Session, program: Profile, lead: Lead, now: datetime) -> list[Professional]:
    """Withdraw this lead; gives the professionals who had seen the details."""
    seen = _who_saw_it(session, program, lead)
    # Before anything is cancelled: what left, or was about to leave, tells who has to hear of it.
    tell_taken_back(session, lead, seen, program, now)
    cancel_for(session, lead.id, but="withdrawn")
    end_consents(session, lead, now, "consent_withdrawn")
    move(session, lead, State.WITHDRAWN, "visitor", now)
    erase_details(session, lead, now)
    return seen


def _who_saw_it(session: Session, program: Profile, lead: Lead) -> list[Professional]:
    """Everybody who ever said "I have it", also who gave it back afterwards."""
    actors = session.execute(
        select(LeadEvent.actor).where(LeadEvent.lead_id == lead.id, LeadEvent.kind == "claimed").order_by(LeadEvent.id)
    ).scalars()
    people = [person_of(program, actor.removeprefix("professional:")) for actor in dict.fromkeys(actors)]
    return [person for person in people if person is not None]

"""The visitor's yes or no to a colleague who would take their request (bot.handoff.handover asks it)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.handoff import ladder_words as words
from bot.handoff.handover import make_question, question_for, settle
from bot.handoff.history import record
from bot.handoff.leads import open_lead
from bot.handoff.models import HandoverRequest, Lead
from bot.handoff.notices import tell_person
from bot.handoff.outbox import was_tried
from bot.handoff.promise import promise_of
from bot.handoff.proposals import ConsentGiven, ConsentMismatchError
from bot.handoff.reading import draft_of, person_of
from bot.handoff.states import State
from bot.handoff.timers import climb_on
from bot.handoff.wording import Say
from bot.program.profile import Profile
from bot.program.transfer import current_program


def answer_question(session: Session, conversation_id: str, yes: bool, message_id: str, now: datetime) -> Say | None:
    """Take the visitor's answer; gives what to say *after* the commit, None when nothing was asked.

    A yes is the consent: only with it does the colleague get the request, which is theirs at once. The same message
    again is answered alike and changes nothing. Details that changed since the question was asked are asked about anew.
    """
    program = current_program(session)
    answered = _answered_before(session, program, conversation_id, message_id, now)
    if answered is not None:
        return answered
    found = question_for(session, conversation_id, lock=True)
    if found is None:
        return None
    question, lead = found
    return (_yes if yes else _no)(session, program, question, lead, message_id, now)


def _yes(
    session: Session, program: Profile, question: HandoverRequest, lead: Lead, message_id: str, now: datetime
) -> Say:
    former = person_of(program, lead.professional_id) if lead.state == State.OFFERED else None
    saw_it = former is not None and was_tried(session, f"offer:{lead.id}:{lead.offer}")
    person = person_of(program, question.professional_id)
    if person is None:
        settle(session, lead, question, "void", now, message_id)
        climb_on(lead, now)
        return words.gone(program)
    try:
        given = ConsentGiven.from_slot(question.given or {})
        open_lead(session, lead.conversation_id, draft_of(lead), given, now, accepted=True)
    except ConsentMismatchError:
        settle(session, lead, question, "void", now, message_id, tell=False)
        anew, say = make_question(session, lead, person, program, now)
        anew.told_at = now
        session.flush()
        return say
    settle(session, lead, question, "agreed", now, message_id)
    if former is not None and saw_it:
        key = f"passed_on:{question.id}"
        tell_person(session, lead, former, program, "passed_on", f"/console/leads/{lead.id}", key, now)
    return words.agreed(person, promise_of(program, person, lead, now))


def _no(
    session: Session, program: Profile, question: HandoverRequest, lead: Lead, message_id: str, now: datetime
) -> Say:
    record(session, lead, "visitor", "refused", now, question.professional_id)
    settle(session, lead, question, "refused", now, message_id)
    climb_on(lead, now)
    session.flush()
    return _refused(program, question, lead)


def _refused(program: Profile, question: HandoverRequest, lead: Lead) -> Say:
    owner = person_of(program, lead.professional_id) if lead.state == State.OFFERED else None
    return words.refused(program, owner, person_of(program, question.professional_id))


def _answered_before(
    session: Session, program: Profile, conversation_id: str, message_id: str, now: datetime
) -> Say | None:
    row = session.execute(
        select(HandoverRequest, Lead)
        .join(Lead, Lead.id == HandoverRequest.lead_id)
        .where(
            Lead.conversation_id == conversation_id,
            HandoverRequest.answered_in == message_id,
            HandoverRequest.state.in_(("agreed", "refused")),
        )
        .limit(1)
    ).first()
    if row is None:
        return None
    question, lead = row
    person = person_of(program, question.professional_id)
    if question.state == "refused" or person is None:
        return _refused(program, question, lead)
    return words.agreed(person, promise_of(program, person, lead, now))

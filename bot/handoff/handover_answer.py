"""The visitor's yes or no to a colleague who would take their request (bot.handoff.handover asks it)."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.handoff import ladder_words as words
from bot.handoff.handover import (
    ask_anew,
    ask_own_now,
    is_unsent,
    make_question,
    open_question,
    question_for,
    settle,
    told_at,
)
from bot.handoff.handover_joined import answer_of_joined, answered_by_joined, question_to_joined, say_question
from bot.handoff.history import record
from bot.handoff.leads import open_lead
from bot.handoff.models import HandoverRequest, Lead
from bot.handoff.notices import tell_person
from bot.handoff.outbox import was_tried
from bot.handoff.promise import promise_of
from bot.handoff.proposals import ConsentGiven, ConsentMismatchError
from bot.handoff.reading import draft_of, open_lead_of, person_of
from bot.handoff.states import State
from bot.handoff.timers import climb_on
from bot.handoff.wording import Say
from bot.program.profile import Profile
from bot.program.transfer import current_program

WHERE = {None: "here", "sms": "text", "web": "away"}
"""Which of the question's words were shown, by the channel of an answer from elsewhere."""


def answer_question(
    session: Session, conversation_id: str, yes: bool, message_id: str, now: datetime, away: str | None = None
) -> Say | None:
    """Take the visitor's answer; gives what to say *after* the commit, None when nothing was asked.

    A yes is the consent: only with it does the colleague get the request, which is theirs at once. The same message
    again is answered alike and changes nothing. Details that changed since the question was asked are asked about anew.
    `away`: the channel, sms or web, when the answer came from elsewhere than the conversation: by text, or on the page
    of a mail.
    """
    program = current_program(session)
    answered = _answered_before(session, program, conversation_id, message_id, now)
    answered = answered or answered_by_joined(session, conversation_id, message_id, now)
    if answered is not None:
        return answered
    found = question_for(session, conversation_id, lock=True)
    if found is None:
        joined = question_to_joined(session, conversation_id, lock=True)
        if joined is None or told_at(session, joined[0]) is None:
            return None
        return answer_of_joined(session, *joined, yes, message_id, now)
    question, lead = found
    if not yes:
        return _no(session, program, question, lead, message_id, now)
    return _yes(session, program, question, lead, message_id, now, away)


def waiting_question(session: Session, conversation_id: str) -> HandoverRequest | None:
    """The question that this conversation's visitor has been asked and not answered yet."""
    found = question_for(session, conversation_id)
    if found is not None:
        return found[0]
    joined = question_to_joined(session, conversation_id)
    return joined[0] if joined is not None and told_at(session, joined[0]) is not None else None


def has_unsent(session: Session, conversation_id: str) -> bool:
    """Whether there is a question that could not be sent, and has to be asked in the conversation."""
    lead = open_lead_of(session, conversation_id)
    question = open_question(session, lead) if lead is not None else None
    if question is None:
        joined = question_to_joined(session, conversation_id)
        question = joined[0] if joined is not None else None
    return question is not None and is_unsent(session, question)


def ask_now(session: Session, conversation_id: str, now: datetime) -> Say | None:
    """The question that could not be sent, to be said in the answer to what the visitor has just written."""
    said = ask_own_now(session, conversation_id, now)
    joined = question_to_joined(session, conversation_id, lock=True) if said is None else None
    if joined is None or not is_unsent(session, joined[0]):
        return said
    return say_question(session, *joined, now)


def _yes(
    session: Session,
    program: Profile,
    question: HandoverRequest,
    lead: Lead,
    message_id: str,
    now: datetime,
    away: str | None,
) -> Say:
    former = person_of(program, lead.professional_id) if lead.state == State.OFFERED else None
    saw_it = former is not None and was_tried(session, f"offer:{lead.id}:{lead.offer}")
    person = person_of(program, question.professional_id)
    if person is None:
        settle(session, lead, question, "void", now, message_id)
        climb_on(lead, now)
        return words.gone(program)
    try:
        given = ConsentGiven.from_slot((question.given or {}).get(WHERE[away]) or {})
        draft = replace(draft_of(lead), channel=away or lead.channel)
        open_lead(session, lead.conversation_id, draft, given, now, accepted=True)
    except ConsentMismatchError:
        settle(session, lead, question, "void", now, message_id, tell=False)
        if away is not None:
            ask_anew(session, lead, person, program, now)
            return words.changed()
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
            HandoverRequest.link_id.is_(None),
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

""" "I can take it": a colleague steps in for a professional who does not answer, once the visitor agrees.

The colleague sees nothing of the request before that. Their word makes one question to the visitor, which holds the
whole consent to that person; the visitor's yes ends the old consent, stores the new one in its exact words, and gives
the request to the colleague, offered and claimed at once. Each function works in the caller's transaction.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.handoff import ladder_words as words
from bot.handoff.agreed import lines_kinds
from bot.handoff.away_words import neutral_consent, neutral_question
from bot.handoff.history import record
from bot.handoff.links import Link, sign_waiting
from bot.handoff.models import CONTACT, Consent, HandoverRequest, LadderNotice, Lead
from bot.handoff.notices import tell_person, tell_visitor
from bot.handoff.outbox import sent_at, was_written
from bot.handoff.proposals import ConsentGiven, Proposal, proposal_for
from bot.handoff.reading import draft_of, open_lead_of, person_of
from bot.handoff.states import State
from bot.handoff.wording import Say
from bot.program.profile import Professional, Profile
from bot.program.transfer import current_program
from bot.safety import yes_no

ANSWER_WAIT = timedelta(minutes=30)
"""How long the ladder waits for the visitor's answer before somebody else is told, too."""
MOST_QUESTIONS = 2
"""After so many noes the visitor is not asked again."""
WAITING = (State.NEW.value, State.OFFERED.value)


class Answer(StrEnum):
    """What a colleague who says "I can take it" is told."""

    ASKED = "asked"
    """The visitor is being asked; also when they say it twice."""
    WHEN_THEY_WRITE = "when_they_write"
    """The visitor texts, and said that a text to them is not safe: they are asked when they write themselves."""
    SOMEBODY_ELSE = "somebody_else"
    """The visitor is being asked about another colleague."""
    NOT_NEEDED = "not_needed"
    """It is taken, taken back, or the visitor does not want it."""


@dataclass(frozen=True)
class Waiting:
    """What the page of a colleague may show: nothing of the visitor."""

    ref: str
    since: datetime
    owner: str
    declined: bool
    time_zone: str
    provider: str


def waiting_path(lead: Lead, person: Professional) -> str:
    """The address of the colleague's page, below the public one."""
    return f"/handoff/waiting/{sign_waiting(Link(lead.id, person.id, lead.climb))}"


def waiting(session: Session, link: Link) -> Waiting | None:
    """What the colleague's page shows; None when the request needs nobody else (any more)."""
    lead, person, program = _told(session, link, lock=False)
    if lead is None or person is None:
        return None
    owner = person_of(program, lead.professional_id)
    return Waiting(
        lead.ref,
        lead.offered_at or lead.created_at,
        owner.name if owner else "The person who was asked",
        lead.state == State.NEW,
        program.provider.time_zone,
        program.provider.name,
    )


def volunteer(session: Session, link: Link, now: datetime) -> Answer:
    """Say "I can take it": puts the question to the visitor, by the channel of their conversation."""
    lead, person, program = _told(session, link, lock=True)
    if lead is None or person is None:
        return Answer.NOT_NEEDED
    open_ = open_question(session, lead)
    if open_ is not None and open_.professional_id == person.id:
        return Answer.WHEN_THEY_WRITE if is_unsent(session, open_) else Answer.ASKED
    if open_ is not None and open_.asked_at + ANSWER_WAIT > now:
        return Answer.SOMEBODY_ELSE
    if _refused(session, lead, person) or refusals(session, lead) >= MOST_QUESTIONS:
        return Answer.NOT_NEEDED
    close_question(session, lead, now)
    record(session, lead, f"professional:{person.id}", "volunteered", now)
    question, say = make_question(session, lead, person, program, now)
    if not _bring(session, lead, program, question, say, now):
        # The ladder is not held up for an answer that may never come.
        return Answer.WHEN_THEY_WRITE
    if lead.next_rung_at is not None:
        lead.next_rung_at = now + ANSWER_WAIT
    session.flush()
    return Answer.ASKED


def ask_anew(session: Session, lead: Lead, person: Professional, program: Profile, now: datetime) -> None:
    """Ask once more, by every way that the visitor agreed to: the details have changed since they were asked."""
    question, say = make_question(session, lead, person, program, now)
    _bring(session, lead, program, question, say, now)


def _bring(session: Session, lead: Lead, program: Profile, question: HandoverRequest, say: Say, now: datetime) -> bool:
    """Send the question, by text in neutral words; False when nothing may be sent to this visitor unasked."""
    person, before = person_of(program, question.professional_id), person_of(program, lead.professional_id)
    assert person is not None  # they have just said that they can take it
    away = _neutral(session, lead, person, before, program, question.asked_at)
    key = question_key(question)
    return tell_visitor(
        session, lead, program, say, key, now, linked=False, choices=list(yes_no(lead.locale)), away=away
    )


def _neutral(
    session: Session,
    lead: Lead,
    person: Professional,
    before: Professional | None,
    program: Profile,
    now: datetime,
) -> Say:
    shared, may = lines_kinds(draft_of(lead)), _may_contact(session, lead)
    gave_up, locale = lead.state == State.NEW, str(lead.locale)
    return neutral_question(program, person, before, str(lead.ref), shared, may, now, gave_up, locale)


def ask_own_now(session: Session, conversation_id: str, now: datetime) -> Say | None:
    """The question that could not be sent, to be said in the answer to what the visitor has just written.

    None when there is none. Who said that no text is safe is asked when they write themselves, and not before.
    """
    lead = open_lead_of(session, conversation_id, lock=True)
    question = open_question(session, lead) if lead is not None else None
    if lead is None or question is None or not is_unsent(session, question):
        return None
    program = current_program(session)
    person = person_of(program, question.professional_id)
    settle(session, lead, question, "void", now, tell=False)
    if person is None or lead.state not in WAITING:
        return None
    anew, say = make_question(session, lead, person, program, now)
    anew.told_at = now
    session.flush()
    return say


def is_unsent(session: Session, question: HandoverRequest) -> bool:
    """Whether the question was never said, nor put into the outbox."""
    return question.told_at is None and not was_written(session, question_key(question))


def question_for(session: Session, conversation_id: str, lock: bool = False) -> tuple[HandoverRequest, Lead] | None:
    """The question that this conversation's visitor has been sent and not answered yet, with its lead."""
    query = select(Lead).where(Lead.open_key == conversation_id, Lead.state.in_(WAITING))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    lead = session.execute(query).scalar_one_or_none()
    question = open_question(session, lead) if lead is not None else None
    if lead is None or question is None or told_at(session, question) is None:
        return None
    return question, lead


def open_question(session: Session, lead: Lead) -> HandoverRequest | None:
    """The lead's question that has no answer yet."""
    found: HandoverRequest | None = session.execute(
        select(HandoverRequest).where(HandoverRequest.open_key == lead.id)
    ).scalar_one_or_none()
    return found


def told_at(session: Session, question: HandoverRequest, by_text: bool = False) -> datetime | None:
    """When the visitor was asked: in their conversation, or once a worker had posted it; None before that.

    `by_text`: when the same question was brought to their phone, since it was asked in a chat on the web.
    """
    if by_text:
        return sent_at(session, f"{question_key(question)}:text")
    return question.told_at or sent_at(session, question_key(question))


def question_key(question: HandoverRequest) -> str:
    """The key of its message in the outbox."""
    return f"handover:{question.id}"


def close_question(session: Session, lead: Lead, now: datetime) -> None:
    """The question is void: the request was claimed, taken back, or another question takes its place."""
    question = open_question(session, lead)
    if question is not None:
        settle(session, lead, question, "void", now)


def settle(
    session: Session,
    lead: Lead,
    question: HandoverRequest,
    state: str,
    now: datetime,
    message_id: str | None = None,
    tell: bool = True,
) -> None:
    """Close the question; the colleague hears of it (`tell`), unless the request became theirs."""
    question.state, question.open_key, question.given = state, None, None
    question.answered_at, question.answered_in = now, message_id
    session.flush()
    program = current_program(session)
    person = person_of(program, question.professional_id)
    if tell and state != "agreed" and person is not None:
        key = f"settled:{question.id}"
        tell_person(session, lead, person, program, "settled", f"/console/leads/{lead.id}", key, now)


def refusals(session: Session, lead: Lead) -> int:
    """How often the visitor said no to a colleague for this request."""
    query = select(func.count()).where(
        HandoverRequest.lead_id == lead.id, HandoverRequest.link_id.is_(None), HandoverRequest.state == "refused"
    )
    return int(session.execute(query).scalar_one())


def _refused(session: Session, lead: Lead, person: Professional) -> bool:
    query = select(HandoverRequest.id).where(
        HandoverRequest.lead_id == lead.id,
        HandoverRequest.link_id.is_(None),
        HandoverRequest.state == "refused",
        HandoverRequest.professional_id == person.id,
    )
    return session.execute(query).first() is not None


def _told(session: Session, link: Link, lock: bool) -> tuple[Lead | None, Professional | None, Profile]:
    """The lead, when it still waits and this person was told so on the ladder's present climb."""
    program = current_program(session)
    query = (
        select(Lead)
        .join(LadderNotice, LadderNotice.lead_id == Lead.id)
        .where(
            Lead.id == link.lead_id,
            Lead.state.in_(WAITING),
            LadderNotice.climb == link.offer,
            LadderNotice.professional_id == link.professional_id,
        )
    )
    if lock:
        query = query.with_for_update(of=Lead).execution_options(populate_existing=True)
    lead = session.execute(query).scalar_one_or_none()
    return lead, person_of(program, link.professional_id), program


def make_question(
    session: Session, lead: Lead, person: Professional, program: Profile, now: datetime
) -> tuple[HandoverRequest, Say]:
    """Store the question about this person and give its words; how they reach the visitor is the caller's."""
    proposal = proposal_for(program, person, draft_of(lead), now, contact=_may_contact(session, lead))
    owner = person_of(program, lead.professional_id)
    say = words.may_have_it(owner, person, lead.state == State.NEW, proposal.consent_words)
    away = _neutral(session, lead, person, owner, program, now)
    if lead.channel == "sms":
        say = away  # it comes unasked, on a screen that others may see
    question = HandoverRequest(
        lead_id=lead.id,
        open_key=lead.id,
        professional_id=person.id,
        state="asked",
        given=_given(proposal, away, lead, now),
        asked_at=now,
    )
    session.add(question)
    session.flush()
    record(session, lead, "assistant", "asked", now, f"about {person.id}")
    return question, say


def _given(proposal: Proposal, away: Say, lead: Lead, now: datetime) -> dict[str, Any]:
    """What a yes will have agreed to, by where it is said: in the conversation, by text, on the page of a mail."""
    person = proposal.professional
    assert person is not None
    contact = proposal.contact is not None

    def neutral(by: str) -> ConsentGiven:
        return neutral_consent(person, away, proposal.summary_lines, contact, now, by, str(lead.locale))

    here = neutral("sms") if lead.channel == "sms" else proposal.given(str(lead.channel))
    consents = {"here": here, "text": neutral("sms"), "away": neutral("web")}
    return {where: consent.as_slot() for where, consent in consents.items()}


def _may_contact(session: Session, lead: Lead) -> bool:
    """Whether the visitor agreed to be contacted; who did not is not asked for it again with another name."""
    query = select(Consent.id).where(
        Consent.lead_id == lead.id, Consent.kind == CONTACT, Consent.withdrawn_at.is_(None)
    )
    return session.execute(query).first() is not None

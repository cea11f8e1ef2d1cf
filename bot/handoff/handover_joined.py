"""Requests that have joined a lead by its number, when the lead goes to somebody else.

They do not follow it. A consent names its recipient (42 CFR 2.31(a)(4)), and what was shared on it may not go on to
anybody else: the notice of 2.32 forbids just that. Each visitor's consent names whom *they* agreed to, and the yes of
whoever opened the lead says nothing for them: anybody can type in a number. So each is asked for themselves, in neutral
words; until a yes the new person sees nothing of their request, and staff see on the lead's page that it was not passed
on.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.handoff import ladder_words as words
from bot.handoff.away_words import neutral_consent, neutral_question
from bot.handoff.history import end_consents, record
from bot.handoff.joining import link_of, links_to
from bot.handoff.models import CONTACT, SHARING, Consent, HandoverRequest, Lead, LeadLink
from bot.handoff.notices import mail, post
from bot.handoff.phrases import language, text_of
from bot.handoff.proposals import ConsentGiven
from bot.handoff.reading import person_of
from bot.handoff.states import State
from bot.handoff.summary import texts_unsafe
from bot.handoff.wording import Say, at_work
from bot.program.profile import Professional, Profile
from bot.program.transfer import current_program
from bot.safety import yes_no


def ask_joined(
    session: Session, lead: Lead, person: Professional, program: Profile, now: datetime, gave_up: bool
) -> None:
    """Ask each visitor whose request has joined `lead` whether `person`, who is asked for it now, may have theirs.

    `gave_up`: whom they agreed to said "I cannot"; else they did not answer.
    """
    for link in links_to(session, lead.id):
        void_question(session, link, now)
        if link.professional_id != person.id:
            _ask(session, lead, link, person, program, now, gave_up)


def question_to_joined(
    session: Session, conversation_id: str, lock: bool = False
) -> tuple[HandoverRequest, LeadLink] | None:
    """The open question to the visitor of this joined request, sent or not."""
    link = link_of(session, conversation_id, lock=lock)
    question = _open(session, link) if link is not None else None
    return (question, link) if question is not None and link is not None else None


def say_question(session: Session, question: HandoverRequest, link: LeadLink, now: datetime) -> Say | None:
    """The question's words, said in the answer to what the visitor has just written; None when it has lapsed."""
    lead, program = session.get(Lead, link.lead_id), current_program(session)
    person = person_of(program, question.professional_id)
    if lead is None or person is None or lead.professional_id != person.id:
        void_question(session, link, now)
        return None
    gave_up = bool((question.given or {}).get("gave_up"))
    void_question(session, link, now)
    anew, asked = _make(session, lead, link, person, program, now, gave_up)
    anew.told_at = now
    session.flush()
    return asked


def answer_of_joined(
    session: Session, question: HandoverRequest, link: LeadLink, yes: bool, message_id: str, now: datetime
) -> Say:
    """Take the visitor's answer: a yes is a consent of theirs, and only with it the new person sees their request."""
    program = current_program(session)
    lead, person = session.get(Lead, link.lead_id), person_of(program, question.professional_id)
    given = question.given or {}
    if lead is None or person is None or lead.open_key is None or lead.professional_id != person.id:
        _close(question, "void", now, message_id)
        return words.gone(program)
    if not yes:
        _close(question, "refused", now, message_id)
        record(session, lead, "visitor", "joined_refused", now, f"{link.ref}, {person.id}")
        return words.joined_refused(program, person)
    consent, shared = ConsentGiven.from_slot(given["here"]), list(given["shared"])
    end_consents(session, lead, now, conversation_id=str(link.conversation_id))
    session.add_all(_rows(lead, link, program, person, consent, shared, now))
    link.professional_id = person.id
    _close(question, "agreed", now, message_id)
    record(session, lead, "visitor", "joined_agreed", now, f"{link.ref}, {person.id}")
    if lead.state != State.NEW:
        mail(session, lead, person, program, "update", f"update:{lead.id}:joined:{question.id}", now)
    session.flush()
    return words.joined_agreed(person, at_work(program, person, now))


def answered_by_joined(session: Session, conversation_id: str, message_id: str, now: datetime) -> Say | None:
    """What was said to this very message before, when it answered such a question."""
    question = session.execute(
        select(HandoverRequest)
        .join(LeadLink, LeadLink.id == HandoverRequest.link_id)
        .where(
            LeadLink.conversation_id == conversation_id,
            HandoverRequest.answered_in == message_id,
            HandoverRequest.state.in_(("agreed", "refused")),
        )
        .limit(1)
    ).scalar_one_or_none()
    program = current_program(session)
    person = person_of(program, question.professional_id) if question is not None else None
    if question is None or person is None:
        return None
    if question.state == "refused":
        return words.joined_refused(program, person)
    return words.joined_agreed(person, at_work(program, person, now))


def void_question(session: Session, link: LeadLink, now: datetime) -> None:
    """The open question to this visitor, if there is one, is asked no more."""
    question = _open(session, link)
    if question is not None:
        _close(question, "void", now)
        session.flush()


def _open(session: Session, link: LeadLink) -> HandoverRequest | None:
    found: HandoverRequest | None = session.execute(
        select(HandoverRequest).where(HandoverRequest.open_key == link.id)
    ).scalar_one_or_none()
    return found


def _close(question: HandoverRequest, state: str, now: datetime, message_id: str | None = None) -> None:
    question.state, question.open_key, question.given = state, None, None
    question.answered_at, question.answered_in = now, message_id


def _ask(
    session: Session, lead: Lead, link: LeadLink, person: Professional, program: Profile, now: datetime, gave_up: bool
) -> None:
    question, asked = _make(session, lead, link, person, program, now, gave_up)
    if link.channel == "sms" and texts_unsafe(link.details or []):
        return  # asked when they write themselves
    post(session, lead, program, link, asked, f"handover:{question.id}", now, list(yes_no(link.locale)))


def _make(
    session: Session, lead: Lead, link: LeadLink, person: Professional, program: Profile, now: datetime, gave_up: bool
) -> tuple[HandoverRequest, Say]:
    agreed = _consents(session, link)
    sharing, contact = agreed.get(SHARING), CONTACT in agreed
    shared = list(sharing.shared) if sharing is not None else []
    before = person_of(program, link.professional_id)
    locale = str(link.locale)
    asked = neutral_question(program, person, before, str(link.ref), shared, contact, now, gave_up, locale)
    given = neutral_consent(person, asked, list(link.details or []), contact, now, str(link.channel), locale)
    question = HandoverRequest(
        lead_id=lead.id,
        link_id=link.id,
        open_key=link.id,
        professional_id=person.id,
        state="asked",
        given={"here": given.as_slot(), "shared": shared, "gave_up": gave_up},
        asked_at=now,
    )
    session.add(question)
    session.flush()
    record(session, lead, "assistant", "joined_asked", now, f"{link.ref} about {person.id}")
    return question, asked


def _consents(session: Session, link: LeadLink) -> dict[str, Consent]:
    """The live consents of the joined request's own conversation, by kind."""
    rows = session.execute(
        select(Consent).where(
            Consent.lead_id == link.lead_id,
            Consent.conversation_id == link.conversation_id,
            Consent.withdrawn_at.is_(None),
        )
    ).scalars()
    return {str(row.kind): row for row in rows}


def _rows(
    lead: Lead,
    link: LeadLink,
    program: Profile,
    person: Professional,
    given: ConsentGiven,
    shared: list[str],
    now: datetime,
) -> list[Consent]:
    said = [(SHARING, given.text, given.version, shared, "sharing.purpose")]
    if given.contact_text:
        said.append((CONTACT, given.contact_text, given.contact_version, [], "contact.purpose"))
    return [
        Consent(
            lead_id=lead.id,
            conversation_id=link.conversation_id,
            kind=kind,
            discloser=program.provider.name,
            recipient_id=person.id,
            recipient_name=person.name,
            recipient_role=person.role,
            text=text,
            version=version,
            locale=link.locale,
            channel=link.channel,
            shared=details,
            purpose=text_of(purpose, language(link.locale)),
            given_at=now,
            expires_at=datetime.fromisoformat(given.expires_at),
        )
        for kind, text, version, details, purpose in said
    ]

"""A colleague would take the request: the visitor's yes and no in real words, on the web and by text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from bot.handoff import Lead, OutboxItem
from bot.handoff.handover import Answer, question_key, volunteer, waiting_path
from bot.handoff.ladder import rungs
from bot.handoff.links import read_waiting
from bot.handoff.models import Consent, HandoverRequest, LadderNotice
from bot.handoff.reading import person_of
from bot.program import current_program
from bot.store import database, utcnow
from tests.dialogue.assistant import Conversation

pytestmark = pytest.mark.model
Assistant = Callable[..., Conversation]


def with_request(assistant: Assistant, channel: str = "web") -> Conversation:
    """A conversation with a stored request, a minute ago."""
    chat = assistant(channel)
    with time_machine.travel(utcnow() - timedelta(minutes=1)):
        for message in ("can somebody call me please", "me", "Sam", "503-555-0142", "any time", "skip", "skip", "yes"):
            chat.say(message)
    return chat


def lead_of(chat: Conversation) -> Lead:
    with database().read() as session:
        return session.execute(select(Lead).where(Lead.conversation_id == chat.id)).scalar_one()


def ask(chat: Conversation, ago: float = 30) -> str:
    """The next one of the ladder says "I can take it", and a worker has asked the visitor; gives the colleague's id."""
    lead, now = lead_of(chat), utcnow()
    with database().write() as session:
        program = current_program(session)
        person = person_of(program, rungs(program, lead.professional_id)[1].person_id)
        assert person is not None
        session.add(LadderNotice(lead_id=lead.id, climb=lead.climb, professional_id=person.id, role="backup", at=now))
    with database().write() as session:
        link = read_waiting(waiting_path(lead, person).rpartition("/")[2])
        assert volunteer(session, link, now) is Answer.ASKED
        question = session.execute(select(HandoverRequest).where(HandoverRequest.open_key == lead.id)).scalar_one()
        item = session.execute(
            select(OutboxItem).where(OutboxItem.idempotency_key == question_key(question))
        ).scalar_one()
        item.state, item.sent_at = "sent", now - timedelta(seconds=ago)
    return str(person.id)


@pytest.mark.parametrize("channel", ["web", "sms"])
@pytest.mark.parametrize("words", ["yes", "ok sure"])
def test_one_yes_gives_the_request_to_the_colleague(assistant: Assistant, channel: str, words: str) -> None:
    chat = with_request(assistant, channel)
    colleague, before = ask(chat), lead_of(chat).professional_id
    reply = chat.say(words)
    assert "has your request now" in reply.text
    lead = lead_of(chat)
    assert (lead.state, lead.professional_id) == ("claimed", colleague)
    with database().read() as session:
        rows = session.execute(select(Consent).where(Consent.lead_id == lead.id)).scalars().all()
    assert {row.recipient_id for row in rows if row.withdrawn_at is None} == {colleague}
    assert {row.recipient_id for row in rows if row.withdrawn_at is not None} == {before}
    assert all(len(message["text"]) <= 320 for message in reply.messages)


@pytest.mark.parametrize("channel", ["web", "sms"])
def test_a_no_gives_nobody_anything(assistant: Assistant, channel: str) -> None:
    chat = with_request(assistant, channel)
    ask(chat)
    before = lead_of(chat).professional_id
    assert "got nothing about you" in chat.say("no thanks").text
    assert (lead_of(chat).state, lead_of(chat).professional_id) == ("offered", before)
    assert "has your request now" not in chat.say("yes").text
    assert lead_of(chat).professional_id == before


def test_something_else_in_between_is_answered_and_the_question_asked_again(assistant: Assistant) -> None:
    chat = with_request(assistant)
    colleague = ask(chat)
    cost = chat.say("how much does it cost?")
    assert "$" in cost.text
    assert "can take your request, with the same details, if you agree" in cost.text
    assert cost.payloads == ["/affirm", "/deny"]
    assert "has your request now" in chat.say("yes").text
    assert lead_of(chat).professional_id == colleague


def test_who_must_not_be_texted_is_asked_in_the_answer_to_their_next_text(assistant: Assistant) -> None:
    chat = assistant("sms")
    for message in ("can somebody call me please", "me", "Sam", "503-555-0143", "any time", "call only", "skip", "yes"):
        chat.say(message)
    lead, now = lead_of(chat), utcnow()
    assert lead.safe_text is False
    with database().write() as session:
        program = current_program(session)
        person = person_of(program, rungs(program, lead.professional_id)[1].person_id)
        assert person is not None
        session.add(LadderNotice(lead_id=lead.id, climb=lead.climb, professional_id=person.id, role="backup", at=now))
    with database().write() as session:
        link = read_waiting(waiting_path(lead, person).rpartition("/")[2])
        assert volunteer(session, link, now) is Answer.WHEN_THEY_WRITE
    asked = chat.say("has anybody got my request?")
    assert f"give {person.name}" in asked.text.replace("\n", " ")
    assert all(len(message["text"]) <= 320 for message in asked.messages)
    assert "has your request now" in chat.say("yes").text
    assert lead_of(chat).professional_id == person.id


def test_a_yes_that_crossed_the_question_is_no_consent(assistant: Assistant) -> None:
    chat = with_request(assistant)
    ask(chat, ago=0)
    reply = chat.say("yes")
    assert "has your request now" not in reply.text
    assert "if you agree" in reply.text
    assert lead_of(chat).state == "offered"
    assert "has your request now" in chat.say("yes").text


def test_asked_where_it_stands_the_assistant_asks_again(assistant: Assistant) -> None:
    chat = with_request(assistant)
    ask(chat)
    assert "if you agree" in chat.say("has anybody got my request?").text
    assert chat.slot("offer") == "handover"


def test_an_emergency_comes_before_it(assistant: Assistant) -> None:
    chat = with_request(assistant)
    ask(chat)
    assert chat.say("i want to kill myself").actions == ["action_emergency"]
    chat.say("yes")
    assert lead_of(chat).state == "offered"

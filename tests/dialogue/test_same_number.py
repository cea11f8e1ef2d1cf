"""The same number in another conversation, by web and by text; the wrong person's number; too many requests."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from bot.conversations import open_conversation
from bot.handoff import Lead, withdraw_number
from bot.handoff.models import LeadLink
from bot.store import database, utcnow
from tests.dialogue.assistant import Conversation
from tests.dialogue.test_handoff import leads, walk

pytestmark = pytest.mark.model
Assistant = Callable[..., Conversation]
ASK = ("can somebody call me please", "me")
REST = ("any time", "skip", "97103", "yes")


def texting(assistant: Assistant, phone: str) -> Conversation:
    """Somebody who texts from this number."""
    with database().write() as session:
        conversation, _token = open_conversation(session, "sms", phone=phone)
        chat = assistant("sms")
        chat.id = conversation.id
    return chat


def asked(assistant: Assistant, phone: str, channel: str = "web") -> Conversation:
    chat = assistant(channel)
    walk(chat, *ASK, "Maria", phone, *REST)
    return chat


@pytest.mark.parametrize("channel", ["web", "sms"])
def test_another_chat_with_the_same_number_joins_and_sees_nothing_of_the_first(
    assistant: Assistant, channel: str
) -> None:
    first = asked(assistant, "503-555-0151")
    second = assistant(channel)
    summary = walk(second, *ASK, "Pat", "503-555-0151", "mornings", "skip", "97103")
    assert "Maria" not in summary
    promise = walk(second, "yes")
    assert "I have stored your request" in promise
    assert leads(second) == []
    (lead,) = leads(first)
    assert lead.ref not in promise
    with database().read() as session:
        link = session.execute(select(LeadLink).where(LeadLink.conversation_id == second.id)).scalar_one()
    assert link.ref in promise
    assert link.ref in walk(second, "has anybody got my request?")
    assert "took back your request" in walk(second, "please delete my information and dont contact me")
    (lead,) = leads(first)
    assert (lead.state, lead.name) == ("offered", "Maria")


def test_a_web_request_is_asked_after_and_taken_back_by_text(assistant: Assistant) -> None:
    web = asked(assistant, "503-555-0152")
    phone = texting(assistant, "+15035550152")
    (lead,) = leads(web)
    status = walk(phone, "has anybody got my request?")
    assert lead.ref in status
    assert "Maria" not in status
    assert "No request will be answered at this number" in walk(phone, "withdraw my request")
    assert [(lead.state, lead.contact) for lead in leads(web)] == [("withdrawn", None)]


def test_where_a_text_is_not_safe_nothing_is_told_by_text(assistant: Assistant) -> None:
    web = assistant()
    walk(web, *ASK, "Maria", "503-555-0153", "any time", "call but no texts", "97103", "yes")
    phone = texting(assistant, "+15035550153")
    status = walk(phone, "has anybody got my request?")
    assert "I cannot tell about requests by text here" in status
    assert leads(web)[0].ref not in status


def test_the_wrong_persons_number_is_refused_where_it_is_given(assistant: Assistant) -> None:
    with database().write() as session:
        withdraw_number(session, "+15035550154", utcnow(), wrong_person=True)
    web = assistant()
    assert "I may not use that number" in walk(web, *ASK, "Maria", "503-555-0154")
    assert "good time" in walk(web, "503-555-0155")


def test_whoever_texts_from_a_blocked_number_may_ask_for_a_call_there(assistant: Assistant) -> None:
    with database().write() as session:
        withdraw_number(session, "+15035550156", utcnow(), wrong_person=True)
    phone = texting(assistant, "+15035550156")
    walk(phone, *ASK, "Maria", "this number", "any time", "call", "97103")
    walk(phone, "yes")
    with database().read() as session:
        lead = session.execute(select(Lead).where(Lead.conversation_id == phone.id)).scalar_one()
    assert (lead.state, lead.contact) == ("offered", "+15035550156")


def test_after_several_requests_in_a_day_there_is_a_kind_word_and_the_phone(assistant: Assistant) -> None:
    chat = assistant()
    for number in range(3):
        walk(chat, *ASK, "Maria", f"503-555-016{number}", *REST)
        walk(chat, "please delete my information and dont contact me")
    said = walk(chat, *ASK, "Maria", "503-555-0169", *REST[:-1])
    assert "each one reaches a person" in said
    assert "(503) 555-0140" in said
    assert len(leads(chat)) == 3

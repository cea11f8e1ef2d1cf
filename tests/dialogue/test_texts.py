"""A request made on the web goes on by text, and the visitor reads what they agreed to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from bot.handoff import Consent, OutboxItem
from bot.settings import settings
from bot.store import database, utcnow
from tests.dialogue.assistant import Conversation
from tests.dialogue.test_handoff import leads, walk
from tests.dialogue.test_handover import ask, lead_of
from tests.dialogue.test_same_number import texting

pytestmark = pytest.mark.model
Assistant = Callable[..., Conversation]


@pytest.fixture
def twilio(monkeypatch: pytest.MonkeyPatch, assistant: Assistant) -> Iterator[None]:
    for name, value in (("ACCOUNT_SID", "AC0"), ("AUTH_TOKEN", "token")):
        monkeypatch.setenv(f"FIRSTSTEP_TWILIO_{name}", value)
    monkeypatch.setenv("FIRSTSTEP_SMS_NUMBER", "+15035550141")
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


def requested(assistant: Assistant, last: str, safe: str = "call or text, no voicemail") -> tuple[Conversation, str]:
    chat = assistant()
    said = walk(chat, "can somebody call me please", "me", "Maria", f"503-555-{last}", "any time", safe, "97103", "yes")
    return chat, said


def kinds(chat: Conversation) -> list[str]:
    with database().read() as session:
        return sorted(
            session.execute(
                select(Consent.kind).where(Consent.conversation_id == chat.id, Consent.withdrawn_at.is_(None))
            ).scalars()
        )


def test_the_request_goes_on_by_text_with_nothing_asked_again(assistant: Assistant, twilio: None) -> None:
    chat, said = requested(assistant, "0171")
    assert "Message and data rates may apply" in said
    assert "I will text you news" in walk(chat, "yes")
    assert kinds(chat) == ["contact", "sharing", "texts"]
    phone = texting(assistant, "+15035550171")
    (lead,) = leads(chat)
    assert lead.ref in walk(phone, "has anybody got my request?")
    summary = walk(phone, "can they call at another time instead")
    assert "Name: Maria" in summary
    walk(phone, "change the time", "mornings", "yes")
    assert leads(phone) == []
    assert [(lead.name, lead.best_time) for lead in leads(chat)] == [("Maria", "mornings")]
    assert kinds(chat) == ["contact", "sharing", "texts"]
    assert "No request will be answered at this number" in walk(phone, "withdraw my request")
    assert [lead.state for lead in leads(chat)] == ["withdrawn"]
    assert kinds(chat) == []


def asked_by_text(chat: Conversation, ago: float = 30) -> str:
    """A colleague would take it, and a worker has asked in the chat and by text; gives the colleague's id."""
    colleague = ask(chat, ago)
    with database().write() as session:
        item = session.execute(
            select(OutboxItem).where(
                OutboxItem.idempotency_key.like("handover:%:text"), OutboxItem.lead_id == lead_of(chat).id
            )
        ).scalar_one()
        item.state, item.sent_at = "sent", utcnow() - timedelta(seconds=ago)
    return colleague


def test_a_colleagues_question_is_answered_by_text_in_the_same_lead(assistant: Assistant, twilio: None) -> None:
    with time_machine.travel(utcnow() - timedelta(minutes=1)):
        chat, _said = requested(assistant, "0175")
        walk(chat, "yes")
    colleague = asked_by_text(chat)
    phone = texting(assistant, "+15035550175")
    assert "has your request now" in phone.say("yes please").text
    assert leads(phone) == []
    (lead,) = leads(chat)
    assert (lead.state, lead.professional_id) == ("claimed", colleague)
    with database().read() as session:
        row = session.execute(
            select(Consent).where(Consent.lead_id == lead.id, Consent.kind == "sharing", Consent.withdrawn_at.is_(None))
        ).scalar_one()
    assert (row.recipient_id, row.channel) == (colleague, "sms")
    assert "Recovery" not in row.text


def test_a_no_by_text_and_a_question_first(assistant: Assistant, twilio: None) -> None:
    with time_machine.travel(utcnow() - timedelta(minutes=1)):
        chat, _said = requested(assistant, "0176")
        walk(chat, "yes")
    asked_by_text(chat)
    phone = texting(assistant, "+15035550176")
    assert "if you agree" in phone.say("what does it cost?").text
    assert "got nothing about you" in phone.say("no").text
    assert [lead.state for lead in leads(chat)] == ["offered"]


def test_no_to_texts_changes_nothing_else(assistant: Assistant, twilio: None) -> None:
    chat, _said = requested(assistant, "0172")
    walk(chat, "no")
    assert kinds(chat) == ["contact", "sharing"]
    assert [lead.state for lead in leads(chat)] == ["offered"]


@pytest.mark.parametrize("safe", ["call, no voicemail", "skip"])
def test_texts_are_not_offered_where_they_are_not_safe(assistant: Assistant, twilio: None, safe: str) -> None:
    chat, said = requested(assistant, "0173", safe)
    assert "data rates" not in said
    assert chat.slot("offer") == "none"


@pytest.mark.parametrize("channel", ["web", "sms"])
def test_what_was_agreed_to_is_shown_again(assistant: Assistant, channel: str) -> None:
    chat = assistant(channel)
    assert "not agreed to anything" in walk(chat, "show me what i agreed to")
    walk(chat, "can somebody call me please", "me", "Maria", "503-555-0174", "any time", "skip", "97103", "yes")
    copy = walk(chat, "show me what I agreed to").replace("\n", " ")
    assert "/handoff/agreed/" in copy
    assert "Dana (example)" in copy


@pytest.mark.parametrize(
    "words", ["no texts please", "stop texting", "stop texting me", "no more texts", "no me manden textos"]
)
def test_no_texts_said_in_the_chat_ends_the_texts_and_leaves_the_request(
    assistant: Assistant, twilio: None, words: str
) -> None:
    chat, _ = requested(assistant, "0179")
    walk(chat, "yes")
    said = walk(chat, words)
    (lead,) = leads(chat)
    assert kinds(chat) == ["contact", "sharing"]
    assert lead.safe_text is False
    assert lead.open_key is not None
    assert str(lead.ref) in said
    assert chat.slot("lead_ref") == lead.ref


def test_no_texts_and_no_calls_takes_the_request_back(assistant: Assistant, twilio: None) -> None:
    chat, _ = requested(assistant, "0179")
    walk(chat, "yes", "don't call me or text me anymore")
    (lead,) = leads(chat)
    assert lead.open_key is None

"""A request made on the web goes on by text, and the visitor reads what they agreed to."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select

from bot.handoff import Consent
from bot.settings import settings
from bot.store import database
from tests.dialogue.assistant import Conversation
from tests.dialogue.test_handoff import leads, walk
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

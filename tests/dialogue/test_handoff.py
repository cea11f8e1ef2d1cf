"""The warm hand-off in real words: filled in, interrupted, corrected, refused, withdrawn."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from bot.handoff import Lead, OutboxItem
from bot.store import database
from tests.dialogue.assistant import Conversation

pytestmark = pytest.mark.model
Assistant = Callable[..., Conversation]


def leads(conversation: Conversation) -> list[Lead]:
    with database().read() as session:
        return list(session.execute(select(Lead).where(Lead.conversation_id == conversation.id)).scalars())


def walk(conversation: Conversation, *messages: str) -> str:
    text = ""
    for message in messages:
        text = conversation.say(message).text
    return text


def test_a_lead_is_stored_before_it_is_promised_and_asked_after(assistant: Assistant) -> None:
    chat = assistant()
    start = chat.say("can somebody call me please")
    assert "automated assistant" in start.text
    assert "FindTreatment.gov" in start.text
    assert "gets your details and nobody else" in start.text
    assert leads(chat) == []
    summary = walk(chat, "for me", "Maria", "503-555-0142", "weekdays after 5", "97103")
    for line in ("Maria", "(503) 555-0142", "weekdays after 5", "97103", "nobody else", "You can say no"):
        assert line in summary
    assert leads(chat) == []
    promise = walk(chat, "yes")
    (lead,) = leads(chat)
    assert lead.ref in promise
    assert lead.state == "offered"
    assert lead.contact == "+15035550142"
    with database().read() as session:
        mails = session.execute(select(OutboxItem).where(OutboxItem.lead_id == lead.id)).scalars().all()
    assert [mail.kind for mail in mails] == ["email_professional"]
    assert lead.ref in walk(chat, "has anybody got my request?")


def test_what_the_request_told_already_is_not_asked_again(assistant: Assistant) -> None:
    chat = assistant()
    first = chat.say("can somebody call me? my number is 503-555-0142, evenings after 5 are good")
    assert "Who is this for" in first.text
    assert "first name" in walk(chat, "for my son")
    assert "What is safe for you" in walk(chat, "Ana")
    assert "ZIP" in walk(chat, "call and voicemail")
    summary = walk(chat, "97103")
    assert "evenings after 5" in summary
    assert "my son" in summary


def test_every_question_may_be_skipped_and_the_visitor_gets_a_code_to_call_with(assistant: Assistant) -> None:
    chat = assistant()
    walk(chat, "please have someone contact me", "skip", "skip", "skip", "skip", "skip")
    promise = walk(chat, "yes")
    (lead,) = leads(chat)
    assert lead.contact is None
    assert lead.ref in promise
    assert "You left no way to reach you" in promise


def test_a_question_in_the_middle_is_answered_and_the_form_goes_on(assistant: Assistant) -> None:
    chat = assistant()
    walk(chat, "can somebody call me please", "for me")
    reply = chat.say("wait, who is going to see this?")
    assert "42 CFR Part 2" in reply.text
    assert reply.text.rstrip().endswith("What first name should we use? A made-up one is fine.")
    assert "How can we reach you" in walk(chat, "Sam")
    cost = chat.say("how much does it cost?")
    assert "$" in cost.text
    assert "How can we reach you" in cost.text


def test_details_are_corrected_at_the_summary(assistant: Assistant) -> None:
    chat = assistant()
    walk(chat, "can somebody call me please", "me", "Sam", "sam@example.org", "any time", "skip")
    assert "What should I change" in walk(chat, "change something")
    assert "first name" in walk(chat, "change my name")
    assert "Pat" in walk(chat, "Pat")
    assert "How can we reach you" in walk(chat, "no change the number")
    summary = walk(chat, "503-555-0177")
    assert "(503) 555-0177" in summary
    assert "sam@example.org" not in summary
    walk(chat, "yes")
    assert [(lead.name, lead.contact) for lead in leads(chat)] == [("Pat", "+15035550177")]


def test_a_number_that_is_none_gets_a_clear_word(assistant: Assistant) -> None:
    chat = assistant()
    walk(chat, "can somebody call me please", "me", "Sam")
    assert "10 digits" in walk(chat, "12345")
    assert "good time" in walk(chat, "ok it is 503 555 0142")


@pytest.mark.parametrize("word", ["never mind", "cancel", "stop", "forget it"])
def test_the_form_is_left_at_any_question(assistant: Assistant, word: str) -> None:
    chat = assistant()
    walk(chat, "can somebody call me please", "me")
    assert "Nothing was passed on" in walk(chat, word)
    assert leads(chat) == []
    assert "$" in walk(chat, "how much does it cost")


def test_no_at_the_summary_shares_nothing_and_changes_nothing_else(assistant: Assistant) -> None:
    chat = assistant()
    walk(chat, "can somebody call me please", "me", "Sam", "sam@example.org", "any time", "skip")
    assert "Nothing was shared" in walk(chat, "no")
    assert leads(chat) == []


def test_withdrawing_is_obeyed_at_once_and_the_details_are_gone(assistant: Assistant) -> None:
    chat = assistant()
    walk(chat, "can somebody call me please", "me", "Sam", "sam@example.org", "any time", "skip", "yes")
    assert "took back your request" in walk(chat, "please delete my information and dont contact me")
    (lead,) = leads(chat)
    assert (lead.state, lead.name, lead.contact) == ("withdrawn", None, None)


@pytest.mark.parametrize("channel", ["web", "sms"])
@pytest.mark.parametrize(
    "words",
    ["never mind don't call me", "take my number out", "stop contacting me", "tell dana not to call", "no more calls"],
)
def test_a_request_is_taken_back_in_any_words(assistant: Assistant, channel: str, words: str) -> None:
    chat = assistant(channel)
    walk(chat, "can somebody call me please", "me", "Sam", "sam@example.org", "any time", "skip", "yes")
    assert "took back your request" in walk(chat, words)
    (lead,) = leads(chat)
    assert (lead.state, lead.name, lead.contact) == ("withdrawn", None, None)
    with database().read() as session:
        mails = session.execute(select(OutboxItem).where(OutboxItem.lead_id == lead.id)).scalars().all()
    assert {mail.state for mail in mails} == {"cancelled"}


def test_stop_texting_by_text_takes_the_request_back(assistant: Assistant) -> None:
    chat = assistant("sms")
    walk(chat, "can somebody call me please", "me", "Sam", "sam@example.org", "any time", "skip", "yes")
    assert "took back your request" in walk(chat, "stop texting")


def test_asking_twice_joins_the_open_request(assistant: Assistant) -> None:
    chat = assistant()
    walk(chat, "can somebody call me please", "me", "Sam", "sam@example.org", "any time", "skip", "yes")
    again = walk(chat, "can somebody call me please")
    assert "You have a request with me already" in again
    assert "sam@example.org" in again
    walk(chat, "change the number", "503-555-0142", "yes")
    (lead,) = leads(chat)
    assert (lead.name, lead.contact) == ("Sam", "+15035550142")


@pytest.mark.parametrize("channel", ["web", "sms"])
def test_an_open_request_is_changed_in_one_sentence(assistant: Assistant, channel: str) -> None:
    chat = assistant(channel)
    walk(chat, "can somebody call me please", "me", "Sam", "503-555-0142", "any time", "skip", "97103", "yes")
    summary = walk(chat, "call me at a different number please, 503-555-0177")
    assert "(503) 555-0177" in summary
    assert "Name: Sam" in summary
    walk(chat, "yes")
    assert [lead.contact for lead in leads(chat)] == ["+15035550177"]


def test_outside_the_area_the_visitor_is_told_where_else_to_turn(assistant: Assistant) -> None:
    chat = assistant()
    reply = walk(chat, "can somebody call me please", "me", "Sam", "sam@example.org", "any time", "33101")
    assert "FindTreatment.gov" in reply
    assert leads(chat) == []


def test_an_emergency_suspends_the_form_until_the_visitor_is_safe(assistant: Assistant) -> None:
    chat = assistant()
    walk(chat, "can somebody call me please", "me", "Sam")
    emergency = chat.say("i want to kill myself")
    assert emergency.actions == ["action_emergency"]
    assert emergency.text.lstrip().startswith("Call or text 988")
    assert "reach you" not in emergency.text
    assert "safe right now" in walk(chat, "ok")
    assert "go on with your request" in walk(chat, "yes")
    assert "How can we reach you" in walk(chat, "yes please")


def test_by_text_every_message_fits(assistant: Assistant) -> None:
    chat = assistant("sms")
    for message in ("call me", "for me", "Jo", "503-555-0131", "after 5", "97103", "yes"):
        for said in chat.say(message).messages:
            assert len(said["text"]) <= 320
    assert [lead.name for lead in leads(chat)] == ["Jo"]

"""The summary before anything is shared: what is safe is asked, every line can be left out, changed, or refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.dialogue.assistant import Conversation
from tests.dialogue.test_handoff import leads, walk

pytestmark = pytest.mark.model
Assistant = Callable[..., Conversation]
CHANNELS = pytest.mark.parametrize("channel", ["web", "sms"])
ASKED = ("can somebody call me please", "for my son", "Maria", "503-555-0142", "weekdays after 5")


def at_summary(
    assistant: Assistant, channel: str = "web", *first: str, safe: str = "call but no voicemail"
) -> Conversation:
    chat = assistant(channel)
    walk(chat, *first, *ASKED, safe, "97103")
    assert chat.slot("requested_slot") == "handoff_consent"
    return chat


@CHANNELS
def test_what_is_safe_is_asked_shown_and_kept(assistant: Assistant, channel: str) -> None:
    chat = assistant(channel)
    assert "What is safe for you at that number" in walk(chat, *ASKED)
    assert "ZIP code" in walk(chat, "you can call but please no voicemail")
    summary = chat.say("97103")
    assert "Safe ways: calls; no voicemail, no texts" in summary.text
    assert "may also call you at that number. They leave no voicemail and send no texts." in summary.text
    assert all(len(message["text"]) <= 320 for message in summary.messages) or channel == "web"
    walk(chat, "yes")
    (lead,) = leads(chat)
    assert (lead.safe_call, lead.safe_voicemail, lead.safe_text) == (True, False, False)


@pytest.mark.parametrize("answer", ["skip", "97103"])
def test_the_question_may_be_skipped_and_unknown_is_read_with_care(assistant: Assistant, answer: str) -> None:
    chat = assistant()
    walk(chat, *ASKED)
    summary = walk(chat, "skip", "97103") if answer == "skip" else walk(chat, answer)
    assert "Safe ways" not in summary
    assert "They leave no voicemail and send no texts." in summary
    walk(chat, "yes")
    (lead,) = leads(chat)
    assert (lead.safe_call, lead.safe_voicemail, lead.safe_text) == (None, None, None)


def test_it_is_not_asked_without_a_number(assistant: Assistant) -> None:
    chat = assistant()
    assert "ZIP code" in walk(chat, "can somebody call me please", "me", "Sam", "sam@example.org", "any time")


@CHANNELS
@pytest.mark.parametrize(
    ("words", "gone"),
    [
        ("leave out my zip", ["97103"]),
        ("remove the name", ["Name: Maria"]),
        ("please don't share the time", ["weekdays after 5"]),
        ("leave out who it is for", ["my son"]),
        ("take out my number and the zip code", ["0142", "97103"]),
        ("leave everything out", ["0142", "97103", "Name: Maria", "my son", "weekdays"]),
    ],
)
def test_a_line_is_left_out_in_plain_words(assistant: Assistant, channel: str, words: str, gone: list[str]) -> None:
    chat = at_summary(assistant, channel)
    summary = chat.say(words).text
    assert "Here is what I will share" in summary
    assert [value for value in gone if value in summary] == []
    walk(chat, "yes")
    (lead,) = leads(chat)
    assert lead.state == "offered"
    stored = f"Name: {lead.name} {lead.contact} {lead.zip} my {lead.for_whom} {lead.best_time}"
    assert [value for value in gone if value in stored] == []


def test_each_line_has_a_button_to_leave_it_out(assistant: Assistant) -> None:
    chat = at_summary(assistant, "web", "how much does it cost")
    asked = chat.say("leave something out")
    assert len(asked.payloads) == 7
    for payload in asked.payloads:
        left = chat.say(payload)
        assert "Here is what I will share" in left.text, payload
    assert "only that you asked to talk" in left.text


def test_the_wish_is_made_of_topics_and_can_be_said_otherwise_or_left_out(assistant: Assistant) -> None:
    chat = at_summary(assistant, "web", "how much does it cost")
    assert "start after work" in walk(chat, "change my wish to start after work")
    assert "Wish" not in walk(chat, "leave out the wish")
    walk(chat, "yes")
    assert [lead.wish for lead in leads(chat)] == [None]


def test_the_words_of_the_chat_are_not_in_the_summary(assistant: Assistant) -> None:
    chat = at_summary(assistant, "web", "do you treat heroin? i have been using for six years")
    summary = walk(chat, "change something", "change the time", "mornings")
    assert "mornings" in summary
    assert "heroin" not in summary
    assert "six years" not in summary


@CHANNELS
def test_details_are_shared_without_a_call(assistant: Assistant, channel: str) -> None:
    chat = at_summary(assistant, channel)
    summary = walk(chat, "no calls")
    assert "Safe ways: no calls, no voicemail, no texts" in summary
    assert "may also call you" not in summary
    walk(chat, "yes")
    (lead,) = leads(chat)
    assert lead.safe_call is False


@CHANNELS
def test_the_request_is_cancelled_at_the_summary(assistant: Assistant, channel: str) -> None:
    chat = at_summary(assistant, channel)
    assert "Nothing was passed on" in walk(chat, "never mind")
    assert leads(chat) == []


def test_deleting_it_all_at_the_summary_shares_nothing(assistant: Assistant) -> None:
    chat = at_summary(assistant)
    walk(chat, "delete all my information")
    assert leads(chat) == []

"""Not understood, off the topic, small talk, starting over."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.dialogue.assistant import Conversation

pytestmark = pytest.mark.model
Assistant = Callable[..., Conversation]


def test_after_two_failures_in_a_row_a_person_is_offered(assistant: Assistant) -> None:
    chat = assistant()
    assert "can't help with that" in chat.say("who won the game last night").text
    second = chat.say("whats the weather tomorrow").text
    assert "A person can help better" in second
    assert chat.slot("offer") == "handoff"
    assert "Who is this for" in chat.say("yes").text


def test_a_question_understood_in_between_resets_the_count(assistant: Assistant) -> None:
    chat = assistant()
    chat.say("who won the game last night")
    chat.say("how much does it cost")
    assert "can't help with that" in chat.say("whats the weather tomorrow").text


@pytest.mark.parametrize(
    "message", ["", " ", "?", "\U0001f600\U0001f600", "<b>hi</b>", "x" * 10_000, "\x00\x07", "日本語です"]
)
def test_odd_input_is_answered_kindly(assistant: Assistant, message: str) -> None:
    reply = assistant().say(message)
    assert reply.text
    assert "Traceback" not in reply.text


def test_it_says_that_it_is_automated_and_whose(assistant: Assistant) -> None:
    chat = assistant()
    assert "automated assistant of Example Harbor Recovery" in chat.say("hello").text
    assert "not a person" in chat.say("are you a real person").text


def test_starting_over_forgets_the_form_but_not_the_request(assistant: Assistant) -> None:
    chat = assistant()
    for message in ("can somebody call me please", "me", "Sam", "sam@example.org", "any time", "skip", "yes"):
        chat.say(message)
    assert "fresh start" in chat.say("start over").text
    assert "Your code is" in chat.say("has anybody got my request?").text


def test_a_quick_reply_is_a_topic(assistant: Assistant) -> None:
    assert "$" in assistant().say("/ask_cost").text


def test_a_long_conversation_stays_whole(assistant: Assistant) -> None:
    chat = assistant()
    for _ in range(12):
        assert "$" in chat.say("how much does it cost").text
        assert "9 am" in chat.say("what are your hours").text

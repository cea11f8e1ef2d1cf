"""Honest doubt and context: what is unclear is asked back in plain words; a follow-up leans on what was before it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from actions.topics import TOPICS
from tests.dialogue.assistant import Conversation

pytestmark = pytest.mark.model
Assistant = Callable[..., Conversation]
UNCLEAR = ["is there the card thing", "my name is Sam", "and the paper for it", "the other one with the people"]
"""What is in doubt differs from one training to the next; some of these always are."""


def unclear(chat: Conversation) -> str:
    """The first of UNCLEAR that the model is in doubt about."""
    parsed = [chat.loop.run_until_complete(chat.agent.parse_message(text)) for text in UNCLEAR]
    return next(text for text, found in zip(UNCLEAR, parsed, strict=True) if found["doubt"])


def likeliest(chat: Conversation, text: str) -> list[str]:
    """The two likeliest topics that the dialogue has a plain name for."""
    parsed = chat.loop.run_until_complete(chat.agent.parse_message(text))
    return [item["name"] for item in parsed["intent_ranking"] if item["name"] in TOPICS][:2]


@pytest.mark.parametrize("channel", ["web", "sms"])
def test_in_doubt_the_two_likeliest_topics_are_named_in_plain_words_and_then_a_person(
    assistant: Assistant, channel: str
) -> None:
    chat = assistant(channel)
    said = unclear(chat)
    first = chat.say(said)
    assert first.actions == ["action_clarify"]
    likely = likeliest(chat, said)
    if len(likely) == 2:
        assert [TOPICS[name].name in first.text for name in likely] == [True, True]
        assert first.payloads == [f"/{name}" for name in likely]
    second = chat.say(said)
    assert "A person can help better" in second.text
    assert chat.slot("offer") == "handoff"
    assert all(len(message["text"]) <= 320 for message in first.messages + second.messages)


@pytest.mark.parametrize("channel", ["web", "sms"])
@pytest.mark.parametrize(
    ("first", "then", "expected"),
    [
        ("do you treat opioids?", "what about alcohol?", "treats alcohol"),
        ("what days do you meet?", "and evenings?", "meet in the evening"),
        ("how do i help someone i love", "how about my son?", "Pick a calm time"),
    ],
)
def test_a_follow_up_is_answered_with_the_topic_before_it(
    assistant: Assistant, channel: str, first: str, then: str, expected: str
) -> None:
    chat = assistant(channel)
    chat.say(first)
    assert expected in chat.say(then).text


@pytest.mark.parametrize("channel", ["web", "sms"])
def test_follow_ups_one_after_the_other(assistant: Assistant, channel: str) -> None:
    chat = assistant(channel)
    chat.say("do you take Aetna?")
    assert "treats alcohol" in chat.say("what about alcohol?").text
    assert "meet in the evening" in chat.say("and evenings?").text
    assert "$" in chat.say("and how much is it?").text


def test_a_question_that_points_back_is_no_yes(assistant: Assistant) -> None:
    chat = assistant()
    chat.say("how much does it cost")
    assert "action_take_offer" not in chat.say("does that thing count").actions


def test_an_answer_that_points_back_gets_no_gentle_line(assistant: Assistant) -> None:
    chat = assistant()
    chat.say("where are you")
    assert "action_check_in" not in chat.say("so the place with the van").actions

""" "Yes" and "no" after every offer that the assistant makes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.dialogue.assistant import Conversation

pytestmark = pytest.mark.model
Assistant = Callable[..., Conversation]

OFFERS = [
    ("schedule", "what happens in a typical week of iop", "From our own schedule"),
    ("cost", "what are your hours", "From our price list"),
    ("insurance", "how much does it cost", "Which plan is it"),
    ("first_step", "what happens after i finish the program", ""),
    ("handoff", "can i talk to a person", "Who is this for"),
]


@pytest.mark.parametrize(("offer", "question", "answer"), OFFERS)
def test_yes_takes_the_offer(assistant: Assistant, offer: str, question: str, answer: str) -> None:
    chat = assistant()
    chat.say(question)
    assert chat.slot("offer") == offer
    reply = chat.say("yes please")
    assert answer in reply.text
    assert "not getting this" not in reply.text


@pytest.mark.parametrize(("offer", "question", "_answer"), OFFERS)
def test_no_declines_it_and_it_is_not_offered_again(
    assistant: Assistant, offer: str, question: str, _answer: str
) -> None:
    chat = assistant()
    chat.say(question)
    assert chat.say("no thanks").actions == ["action_decline_offer"]
    assert offer in chat.slot("declined")
    chat.say("what are the benefits of iop")
    assert chat.slot("offer") != offer


def test_the_plan_named_after_the_offer_is_looked_up(assistant: Assistant) -> None:
    chat = assistant()
    chat.say("how much does it cost")
    chat.say("yes")
    assert "Aetna" in chat.say("aetna ppo").text


def test_yes_and_no_to_nothing(assistant: Assistant) -> None:
    chat = assistant()
    assert "What would you like to know" in chat.say("yes").text
    assert "OK" in chat.say("no").text


def test_a_call_that_was_declined_is_not_pressed(assistant: Assistant) -> None:
    chat = assistant()
    chat.say("can i talk to a person")
    chat.say("not now")
    offers = []
    for question in ("do i need detox first", "will my boss find out", "what if i use while im in the program"):
        chat.say(question)
        offers.append(chat.slot("offer"))
    assert "handoff" not in offers

"""Questions and follow-ups: answered from the program's own data, two at once, leaning on the one before."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.dialogue.assistant import Conversation

pytestmark = pytest.mark.model
Assistant = Callable[..., Conversation]


def test_two_questions_get_two_answers_from_the_providers_own_data(assistant: Assistant) -> None:
    reply = assistant().say("how much does it cost and can I keep my job?")
    assert reply.topics == ["ask_cost", "ask_work_school"]
    assert "$185 a session" in reply.text
    assert "keep your job" in reply.text


def test_the_shares_are_computed_with_their_arithmetic(assistant: Assistant) -> None:
    text = assistant().say("out of pocket for 8 weeks with a 20% coinsurance and 500 deductible left").text
    assert "3 sessions a week x 8 weeks x $185 = $4,440" in text
    assert "$500 + $788 = $1,288" in text
    assert "not a quote or a promise" in text


@pytest.mark.parametrize(
    ("first", "then", "expected"),
    [
        ("do you have evening groups", "and on weekends?", "weekend"),
        ("does insurance cover this", "what about with Aetna?", "Aetna"),
        ("do you treat heroin", "is that for alcohol too?", "alcohol"),
        ("how much does it cost", "with medicaid?", "Medicaid"),
    ],
)
def test_a_follow_up_leans_on_the_question_before_it(
    assistant: Assistant, first: str, then: str, expected: str
) -> None:
    chat = assistant()
    chat.say(first)
    assert expected.lower() in chat.say(then).text.lower()


def test_work_hours_are_taken_into_account(assistant: Assistant) -> None:
    text = assistant().say("what times do you have, I work nine to five until six").text
    assert "around work from 9 am until 6 pm" in text
    assert "Online Evening IOP" in text


def test_what_the_data_does_not_hold_is_said(assistant: Assistant) -> None:
    text = assistant().say("do you take Kaiser").text
    assert "not in our list" in text or "not on our list" in text


def test_by_text_an_answer_and_its_offer_fit(assistant: Assistant) -> None:
    chat = assistant("sms")
    for question in ("how much is it", "do you take aetna", "when do you meet", "what is iop", "where are you"):
        reply = chat.say(question)
        assert all(len(message["text"]) <= 320 for message in reply.messages)


@pytest.mark.parametrize("channel", ["web", "sms"])
def test_the_hours_are_told_honestly(assistant: Assistant, channel: str) -> None:
    text = assistant(channel).say("what is an intensive outpatient program").text
    assert "9 to 19 hours a week" in text


def test_the_price_is_told_after_a_plan_was_asked_about(assistant: Assistant) -> None:
    chat = assistant()
    chat.say("do you take medicaid")
    assert "$185 a session" in chat.say("how much does it cost").text

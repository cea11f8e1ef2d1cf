"""What the safety step does to topic and intent, with the classifier's opinion given."""

from typing import Any

import pytest
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.gate import settle
from bot.nlu.reading import READINGS, Reading
from bot.nlu.safety import SafetyCheck
from bot.nlu.sentences import Piece
from bot.nlu.spelling import Repaired
from bot.safety import assess


def checked(text: str, in_doubt: bool = False, **probabilities: float) -> dict[str, Any]:
    best = max(probabilities, key=probabilities.__getitem__)
    whole = Reading(Piece(text, 0, len(text)), True, Repaired(text.lower()), probabilities=probabilities)
    whole.topic, whole.confidence, whole.in_doubt = best, probabilities[best], in_doubt
    message = Message({"text": text, READINGS: [whole]})
    settle(message, whole)
    message.set("topics", [] if in_doubt else [{"name": best, "confidence": whole.confidence, "text": text}])
    SafetyCheck().process([message])
    return message.as_dict()


PLAIN = "what happens if it goes wrong this time"


@pytest.mark.parametrize("text", [PLAIN])
def test_a_check_leaves_the_question_its_topic(text):
    result = checked(text, crisis_withdrawal=0.45, ask_detox=0.40, ask_cost=0.15)
    assert result["safety"]["level"] == "check"
    assert result["topic"] == result["intent"]["name"] == result["topics"][0]["name"] == "ask_detox"


def test_a_crisis_that_leads_by_itself_stays_the_topic_for_the_review():
    result = checked(PLAIN, crisis_withdrawal=0.6, ask_detox=0.3, ask_cost=0.1)
    assert result["safety"]["level"] == "check"
    assert result["topic"] == "crisis_withdrawal"
    assert result["intent"]["name"] == "ask_detox"


def test_in_doubt_it_asks_again_about_an_ordinary_topic():
    result = checked(PLAIN, in_doubt=True, crisis_withdrawal=0.3, ask_detox=0.28, ask_cost=0.2)
    assert (result["intent"]["name"], result["topic"], result["topics"]) == ("nlu_fallback", "ask_detox", [])


def test_an_emergency_keeps_the_crisis():
    text = "I want to kill myself"
    assert assess(text).level == "emergency"
    result = checked(text, ask_cost=0.9, crisis_suicide=0.1)
    assert result["topic"] == result["intent"]["name"] == "crisis_suicide"

"""What the safety step does to topic and intent, with the classifier's opinion given."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.encoder import tuned_encoder
from bot.nlu.gate import settle
from bot.nlu.reading import READINGS, Reading
from bot.nlu.repair import reading_of
from bot.nlu.safety import SafetyCheck, _features, judge, opinion_of
from bot.nlu.safety_head import SafetyModel, danger, fit, signs_row
from bot.nlu.sentences import Piece
from bot.nlu.spelling import Repaired, Speller
from bot.nlu.word_pairs import Learned
from bot.safety import assess, examine


def checked(text: str, in_doubt: bool = False, **probabilities: float) -> dict[str, Any]:
    best = max(probabilities, key=probabilities.__getitem__)
    whole = Reading(Piece(text, 0, len(text)), True, Repaired(text.lower()), probabilities=probabilities)
    whole.topic, whole.confidence, whole.in_doubt = best, probabilities[best], in_doubt
    message = Message({"text": text, READINGS: [whole]})
    settle(message, whole)
    message.set("topics", [] if in_doubt else [{"name": best, "confidence": whole.confidence, "text": text}])
    SafetyCheck(LocalModelStorage(Path()), Resource("safety"), None).process([message])
    return message.as_dict()


PLAIN = "i can't do this anymore, what happens now"


def test_a_check_leaves_the_question_its_topic():
    result = checked(PLAIN, crisis_withdrawal=0.45, ask_detox=0.40, ask_cost=0.15)
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


SAID = {
    "none": ["hola cuanto cuesta", "tienen grupos en la tarde", "do you take my insurance", "when does group start"],
    "suicide": ["ya no quiero despertar", "me despido de todos", "i wrote the letters", "it will be over tonight"],
}


@pytest.fixture(scope="module")
def model() -> SafetyModel:
    texts = [text for some in SAID.values() for text in some]
    signs = np.array([signs_row(examine(text)) for text in texts], dtype=np.float32)
    dense = np.hstack([tuned_encoder().describe_all(texts), signs])
    return fit(dense, texts, [name for name, some in SAID.items() for _ in some], least=1)


def read(*texts: str) -> list[Reading]:
    repairs = Speller(Learned(), [], frozenset())
    readings = [reading_of(Piece(text, 0, len(text)), repairs) for text in texts]
    for reading in readings:
        reading.vectors = tuned_encoder().describe_all(reading.texts)
    return readings


@pytest.mark.parametrize("text", ["mañana ya no quiero despertar", "tonight it will all be over"])
@pytest.mark.parametrize("other", ["cuanto cuesta el grupo", "when do groups start"])
def test_both_languages_are_judged_by_what_is_meant(model, text, other):
    assert judge(text, read(text), model).level == "emergency"
    assert judge(other, read(other), model).level != "emergency"


def test_a_part_speaks_for_the_whole_only_when_it_is_clear(model, monkeypatch):
    text = "do you take my insurance. i wrote the letters"
    readings = read(text, "do you take my insurance", "i wrote the letters")
    opinions = [model.opinion(*_features(reading, examine(reading.piece.text))) for reading in readings]
    assert danger(opinions[2]) > danger(opinions[0])
    monkeypatch.setattr("bot.nlu.safety.CLEAR_PART", danger(opinions[2]))
    assert opinion_of(examine(text), readings, model) == opinions[2]
    monkeypatch.setattr("bot.nlu.safety.CLEAR_PART", danger(opinions[2]) + 0.01)
    assert opinion_of(examine(text), readings, model) == opinions[0]


def test_without_words_the_rules_decide_alone(model):
    assert opinion_of(examine("..."), [], model) == {}
    assert judge("...", [], model).level == "none"

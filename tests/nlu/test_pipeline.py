"""The components together, trained through Rasa on a few examples."""

import asyncio
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

os.environ["RASA_TELEMETRY_ENABLED"] = "false"
ROOT = Path(__file__).parents[2]
TOPICS = {
    "ask_cost": ["how much does it cost", "what is the price", "what do you charge", "is it expensive", "what are your fees", "$$?"],  # noqa: E501
    "ask_work_school": ["can i keep my job", "will i have to quit work", "can i stay in school", "do i need time off work"],  # noqa: E501
    "ask_schedule": ["what days are groups", "do you have evening groups", "when do you meet", "what are the hours"],
    "ask_location": ["where are you", "what is the address", "are you near me", "which city are you in"],
    "affirm": ["y", "k", "yes please", "sure"],
    "deny": ["n", "no thanks", "nope", "not now"],
    "request_human": ["operator", "agent", "talk to a person", "can i speak to someone"],
    "greet": ["hello", "hi there", "hey", "good morning"],
    "disclose_use": ["i used last night", "i relapsed yesterday", "i drank again", "i am ready to stop drinking"],
    "crisis_overdose": ["he is not breathing after taking pills", "she overdosed", "i took too many pills", "he turned blue"],  # noqa: E501
    "crisis_suicide": ["i want to die", "i am going to kill myself", "i want to end my life", "i wish i was dead"],
    "express_distress": ["i feel hopeless", "i am so scared", "i am so lonely", "i am so ashamed"],
    "out_of_scope": ["will it rain", "tell me a joke", "who won the game", "order a pizza", "play some music"],
}  # fmt: skip

Parse = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="module")
def parse(tmp_path_factory: pytest.TempPathFactory) -> Parse:
    from rasa.core.agent import Agent
    from rasa.model_training import train_nlu

    folder = tmp_path_factory.mktemp("nlu")
    config = yaml.safe_load((ROOT / "config.yml").read_text())
    for component in config["pipeline"]:
        if component["name"] in ("bot.nlu.classifier.IntentHead", "bot.nlu.gate.OutOfScopeGate"):
            component |= {"word_weight": 1.0, "character_weight": 0.0}  # of a handful of texts, words say little
    (folder / "config.yml").write_text(
        yaml.safe_dump({key: config[key] for key in ("recipe", "assistant_id", "language", "pipeline")})
    )
    nlu = [{"intent": name, "examples": "".join(f"- {text}\n" for text in texts)} for name, texts in TOPICS.items()]
    (folder / "nlu.yml").write_text(yaml.safe_dump({"version": "3.1", "nlu": nlu}))
    model = train_nlu(str(folder / "config.yml"), str(folder / "nlu.yml"), output=str(folder / "models"))
    agent = Agent.load(model)
    loop = asyncio.new_event_loop()
    return lambda text: loop.run_until_complete(agent.parse_message(text))


def test_a_plain_question(parse):
    result = parse("whats the pirce")
    assert result["intent"]["name"] == result["topic"] == "ask_cost"
    assert result["repaired"] == "what's the price"
    assert result["safety"]["level"] == "none"
    assert json.loads(json.dumps(result))["topics"] == result["topics"]


@pytest.mark.parametrize(
    ("text", "topic"),
    [("y", "affirm"), ("Y.", "affirm"), ("k", "affirm"), ("n", "deny"), ("$$?", "ask_cost"),
     ("Operator", "request_human"),
     ("agent", "request_human"), ("How Much Does It Cost", "ask_cost"), ("will it rain", "out_of_scope")],
)  # fmt: skip
def test_a_training_text_means_what_it_means_there(parse, text, topic):
    result = parse(text)
    assert result["intent"]["name"] == result["topic"] == topic
    assert result["intent"]["confidence"] >= 0.9
    assert result["doubt"] is False


@pytest.mark.parametrize(
    "text", ["necesito ayuda con mi hijo por favor", "¿Cuánto cuesta el programa?", "quiero dejar de beber"]
)
def test_spanish_is_out_of_scope_and_named(parse, text):
    result = parse(text)
    assert (result["language"], result["topic"], result["intent"]["name"]) == ("es", "out_of_scope", "out_of_scope")
    assert result["topics"] == []
    assert parse("how much does it cost")["language"] == "en"


def test_a_very_long_message_is_read(parse):
    for text in ("I drink too much and I do not know what to do about it. " * 180, "a1b2 " * 2000, "x" * 10_000):
        assert parse(text[:10_000])["topic"]


def test_two_questions_get_two_topics(parse):
    result = parse("how much does it cost and can I keep my job?")
    assert [topic["name"] for topic in result["topics"]] == ["ask_cost", "ask_work_school"]
    assert result["topics"][1]["text"] == "and can I keep my job?"


def test_an_emergency_goes_first_also_beside_a_question_and_in_shorthand(parse):
    for text in ("How much does it cost? I want to kill myself", "my bf od'd hes not breathing"):
        result = parse(text)
        assert result["intent"] == {"name": result["topics"][0]["name"], "confidence": 1.0}
        assert result["intent"]["name"].startswith("crisis_")
        assert result["safety"]["level"] == "emergency"
        assert result["topic"] == result["intent"]["name"]


def test_a_crisis_is_no_intent_without_an_emergency(parse):
    for text in ("what is the policy when someone overdosed before", "my uncle died of an overdose years ago"):
        result = parse(text)
        assert result["intent"]["name"].startswith("crisis_") == (result["safety"]["level"] == "emergency")


def test_entities_have_values_and_places(parse):
    text = "do u have evening groups after 6? i have medicade"
    facts = {(e["entity"], json.dumps(e["value"]), text[e["start"] : e["end"]]) for e in parse(text)["entities"]}
    assert ("time", '{"after": "18:00"}', "after 6") in facts
    assert ("insurer", '"medicaid"', "medicade") in facts
    assert {e["extractor"] for e in parse(text)["entities"]} == {"FactExtractor"}


def test_an_elliptical_follow_up_is_marked(parse):
    assert parse("and on weekends?")["elliptical"] is True
    assert parse("how much does it cost")["elliptical"] is False


@pytest.mark.parametrize(
    "text",
    ["", "   ", "😀😀😀", "привет, как дела", "こんにちは", "\x00\x01\x02", "<script>alert(1)</script>", "x" * 10_000, "?!" * 500,  # noqa: E501
     "necesito ayuda con mi hijo por favor", "¿cuánto cuesta?", "\u202eof the"],
)  # fmt: skip
def test_odd_texts_never_raise_and_never_get_a_sure_topic(parse, text):
    result = parse(text)
    assert result["intent"]["name"] in ("out_of_scope", "nlu_fallback") or result["intent"]["confidence"] < 0.9
    assert len(result["topics"]) <= 3


def test_a_long_story_is_answered_by_its_question(parse):
    result = parse("It has been a long week and I am tired of all of it. " * 60 + "What is the price?")
    assert result["intent"]["name"]
    result = parse("My week was long. " * 20 + "How much does it cost?")
    assert result["topics"][0]["name"] == "ask_cost"

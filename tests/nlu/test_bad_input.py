"""Whatever is sent, understanding never raises, and what cannot be read never gets a topic (our own model)."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.nlu.evaluate import Parse, load_parser
from bot.nlu.text import says_nothing

pytestmark = pytest.mark.model
UNSURE = {"nlu_fallback", "out_of_scope"}
ASKED = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])

EMOJI = st.text(st.sampled_from("😀😭💊🍺🌧👩‍👧🇺🇸\u200d\ufe0f 🆘"), min_size=1, max_size=200)
"""Without those that are training texts: folded hands are thanks."""
OTHER_SCRIPTS = st.text(
    st.sampled_from("приветкакдела こんにちは 你好吗 مرحبا नमस्ते שלום ไทย ελληνικά"), min_size=2, max_size=300
)
CONTROLS = st.text(st.characters(whitelist_categories=("Cc", "Cf", "Zs", "Zl")), max_size=300)
MARKUP = st.lists(
    st.sampled_from(
        ["<b>", "</b>", "<script>", "</script>", "<img src=x onerror=alert(1)>", "<!-- -->", "&amp;", "&#0;", " "]
    ),
    max_size=60,
).map("".join)
MARKS_AND_DIGITS = st.text(st.sampled_from("?!.,;:-_/\\|()[]{}*#%^~ 0123456789"), min_size=6, max_size=300)
"""Long enough that none is one of the training texts known by heart ("?", "1")."""
CANNOT_BE_READ = st.one_of(st.just(""), EMOJI, OTHER_SCRIPTS, CONTROLS, MARKUP, MARKS_AND_DIGITS)
SENTENCE = st.sampled_from(
    ["how much does it cost", "do u take aetna?", "mornings only, 97103", "call me at 503-555-0144"]
)


@pytest.fixture(scope="module")
def parse(trained_model: Path) -> Parse:
    return load_parser(trained_model)


def check_shape(text: str, result: dict) -> None:
    """What every parse result holds, whatever came in."""
    assert result["text"] == text.strip()  # as Rasa takes it in
    assert len(result["topics"]) <= 3
    assert all(0 <= e["start"] < e["end"] <= len(result["text"]) for e in result["entities"])
    assert 0.0 <= result["intent"]["confidence"] <= 1.0
    json.dumps(result)


@given(text=CANNOT_BE_READ)
@ASKED
def test_what_cannot_be_read_gets_no_topic(parse: Parse, text: str) -> None:
    result = parse(text)
    check_shape(text, result)
    assert result["intent"]["name"] in UNSURE, result["intent"]
    assert result["topics"] == []


@given(text=st.text(max_size=500))
@ASKED
def test_no_text_raises(parse: Parse, text: str) -> None:
    check_shape(text, parse(text))


@given(
    unit=st.one_of(
        st.text(min_size=1, max_size=12), st.sampled_from(["x", "a ", "😀", "<b>", "1", "\x00", "' ", "/", "and "])
    )
)
@example(unit="1¡UA")
@example(unit="UA ")
@example(unit="UA")
@example(unit="cost, ")
@settings(ASKED, max_examples=20)
def test_ten_thousand_characters_never_get_a_confident_topic(parse: Parse, unit: str) -> None:
    text = (unit * 10_000)[:10_000]
    result = parse(text)
    check_shape(text, result)
    assert result["intent"]["name"] in UNSURE or result["intent"]["confidence"] < 0.9


@pytest.mark.parametrize(
    "text",
    [
        "no no no no no",
        "help help help help me please help",
        "do you take aetna? do you take cigna? do you take uhc? do you take tricare? do you take bcbs?",
        "we have looked at a lot of places and none of them would tell us what it costs so what does it cost here",
        "1",
        "",
    ],
)
def test_what_people_write_says_something(text: str) -> None:
    assert not says_nothing(text)


@given(sentence=SENTENCE, noise=st.one_of(EMOJI, CONTROLS, MARKUP), before=st.booleans())
@ASKED
def test_noise_around_a_question_leaves_its_facts(parse: Parse, sentence: str, noise: str, before: bool) -> None:
    text = f"{noise} {sentence}" if before else f"{sentence} {noise}"
    result = parse(text)
    check_shape(text, result)
    alone = {(e["entity"], json.dumps(e["value"])) for e in parse(sentence)["entities"]}
    assert alone <= {(e["entity"], json.dumps(e["value"])) for e in result["entities"]}

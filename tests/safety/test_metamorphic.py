"""An emergency stays one however its words are changed: slips, capitals, emoji, politeness, a question, pieces.

The rules are tested on the development sets (never on what is held back); `model` tests the trained check as a whole.
"""

import asyncio
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.safety import assess, assess_together, is_piece

HERE = Path(__file__).parent


def texts(*names: str) -> list[str]:
    """Development messages that the rules alone take for an emergency."""
    lines = [line for name in names for line in (HERE / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    found = [str(json.loads(line)["text"]) for line in lines]
    return [text for text in found if assess(text).level == "emergency"]


ENGLISH, SPANISH = texts("crisis", "fresh_crisis"), texts("spanish_crisis")
QUESTIONS = ["how much does it cost?", "what are your hours?", "do you take aetna?", "where are you located?"]
PREGUNTAS = ["¿cuánto cuesta?", "¿qué horario tienen?", "¿dónde están?"]
POLITE = [
    "please {}",
    "{} please",
    "hi, {}",
    "good evening, sorry to bother you. {}",
    "{} thank you so much",
    "ok so {}",
]
CORTES = ["por favor {}", "{} por favor", "hola, {}", "buenas noches, perdón la molestia. {}", "{} muchas gracias"]
EMOJI = ["{} 😭", "😔 {}", "{} 🙏🙏", "{}!!!", "{}...", "💔{}💔"]
CASES: list[Callable[[str], str]] = [str.upper, str.lower, str.title, str.capitalize]
REPEATABLE = settings(max_examples=40, deadline=None, derandomize=True)


def typo(text: str, seed: int) -> str:
    """One slip in one longer word: two letters swapped, one dropped, or one doubled."""
    chance = random.Random(seed)
    words = text.split(" ")
    long = [index for index, word in enumerate(words) if len(word) >= 5 and word.isalpha()]
    if not long:
        return text
    index = chance.choice(long)
    word, at = words[index], chance.randrange(1, len(words[index]) - 2)
    words[index] = chance.choice(
        [word[:at] + word[at + 1] + word[at] + word[at + 2 :], word[:at] + word[at + 1 :], word[: at + 1] + word[at:]]
    )
    return " ".join(words)


def pieces(text: str, at: int) -> tuple[str, str] | None:
    """The message as two, cut behind the word `at`; None where it cannot be cut so that its beginning is a piece."""
    words = text.split()
    first, second = " ".join(words[:at]), " ".join(words[at:])
    return (first, second) if second and is_piece(first) and len(words) - at <= 20 else None


def lost(messages: list[str], changed: Callable[[str], str]) -> list[str]:
    return [text for text in messages if assess(changed(text)).level == "none"]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("messages", [ENGLISH, SPANISH], ids=["english", "spanish"])
def test_capitals_hide_nothing(messages: list[str], case: Callable[[str], str]) -> None:
    assert lost(messages, case) == []


@pytest.mark.parametrize("form", EMOJI)
@pytest.mark.parametrize("messages", [ENGLISH, SPANISH], ids=["english", "spanish"])
def test_emoji_and_signs_hide_nothing(messages: list[str], form: str) -> None:
    assert lost(messages, form.format) == []


@pytest.mark.parametrize(("messages", "forms"), [(ENGLISH, POLITE), (SPANISH, CORTES)], ids=["english", "spanish"])
def test_politeness_hides_nothing(messages: list[str], forms: list[str]) -> None:
    for form in forms:
        assert lost(messages, form.format) == [], form


@pytest.mark.parametrize("order", ["{question} {text}", "{text}. {question}"])
@pytest.mark.parametrize(
    ("messages", "questions"), [(ENGLISH, QUESTIONS), (SPANISH, PREGUNTAS)], ids=["english", "spanish"]
)
def test_an_ordinary_question_beside_it_hides_nothing(messages: list[str], questions: list[str], order: str) -> None:
    for question in questions:

        def beside(text: str, question: str = question) -> str:
            return order.format(question=question, text=text)

        assert lost(messages, beside) == [], question


@REPEATABLE
@given(
    text=st.sampled_from(ENGLISH),
    form=st.sampled_from(POLITE),
    mood=st.sampled_from(EMOJI),
    question=st.sampled_from(["", *QUESTIONS]),
    case=st.sampled_from(CASES),
)
def test_all_of_it_at_once_hides_nothing(
    text: str, form: str, mood: str, question: str, case: Callable[[str], str]
) -> None:
    assert assess(case(mood.format(f"{question} {form.format(text)}"))).level != "none"


@settings(max_examples=5, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10_000))
def test_a_slip_in_one_long_word_hides_less_than_a_quarter_from_the_rules_alone(seed: int) -> None:
    """Rules name words, so a slip in the one that matters hides it: the engine's repair and classifier are for that."""
    missing = lost(ENGLISH, lambda text: typo(text, seed))
    assert len(missing) <= 0.25 * len(ENGLISH), missing


@pytest.mark.parametrize("messages", [ENGLISH, SPANISH], ids=["english", "spanish"])
@pytest.mark.parametrize("at", range(1, 7))
def test_two_messages_hide_few_from_the_rules_alone(messages: list[str], at: int) -> None:
    cut = [parts for text in messages if (parts := pieces(text, at))]
    missing = [
        parts
        for parts in cut
        if assess(parts[0]).level == "none" and assess_together(parts[1], [parts[0]]).level == "none"
    ]
    assert len(missing) <= 0.02 * len(cut), missing


# --- the trained check: rules and classifier, as the engine asks it ---


@pytest.fixture(scope="module")
def engine(trained_model: Path) -> Callable[..., str]:
    """Gives the level of a message, with the short ones before it, as a turn of the engine sees it."""
    from rasa.core.channels.channel import UserMessage
    from rasa.core.lock_store import InMemoryLockStore
    from rasa.core.nlg import TemplatedNaturalLanguageGenerator
    from rasa.core.tracker_store import InMemoryTrackerStore
    from rasa.shared.core.domain import Domain

    from bot.engine.processor import TurnProcessor

    processor = TurnProcessor(
        model_path=str(trained_model),
        tracker_store=InMemoryTrackerStore(Domain.empty()),
        lock_store=InMemoryLockStore(),
        generator=TemplatedNaturalLanguageGenerator({}),
    )
    loop = asyncio.new_event_loop()

    def level(text: str, before: tuple[str, ...] = ()) -> str:
        message = UserMessage(text, metadata={"before": list(before)})
        parsed: dict[str, Any] = loop.run_until_complete(processor.parse_message(message))
        return str(parsed["safety"]["level"])

    return level


WITH_MODEL = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.mark.model
@WITH_MODEL
@given(
    text=st.sampled_from(ENGLISH + SPANISH),
    form=st.sampled_from(["{}", *POLITE, *EMOJI]),
    question=st.sampled_from(["", *QUESTIONS]),
    case=st.sampled_from(CASES),
)
def test_the_engine_notices_it_however_it_is_dressed(
    engine: Callable[..., str], text: str, form: str, question: str, case: Callable[[str], str]
) -> None:
    assert engine(case(f"{question} {form.format(text)}".strip())) != "none"


@pytest.mark.model
@pytest.mark.parametrize("seed", [1, 2])
def test_a_slip_in_one_long_word_hides_few_from_the_engine(engine: Callable[..., str], seed: int) -> None:
    missing = [text for text in ENGLISH[seed::3] if engine(typo(text, seed)) == "none"]
    assert len(missing) <= 0.1 * len(ENGLISH[seed::3]), missing


@pytest.mark.model
@WITH_MODEL
@given(text=st.sampled_from(ENGLISH + SPANISH), at=st.integers(1, 6))
def test_the_engine_notices_it_in_two_messages(engine: Callable[..., str], text: str, at: int) -> None:
    parts = pieces(text, at)
    if parts:
        first, second = parts
        assert engine(first) != "none" or engine(second, (first,)) != "none"


@pytest.mark.model
def test_the_engine_reads_pieces_together_and_ordinary_ones_stay_ordinary(engine: Callable[..., str]) -> None:
    assert engine("die", ("i want to",)) == "emergency"
    assert engine("does it cost", ("how much",)) == "none"

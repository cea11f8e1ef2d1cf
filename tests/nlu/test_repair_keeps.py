"""Repair works on a copy, and never touches names, numbers, ZIP codes, phone numbers and addresses."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.encoder import shared_vocabulary
from bot.nlu.entity_patterns import entity_words
from bot.nlu.examples import training_examples
from bot.nlu.reading import READINGS
from bot.nlu.repair import MessageRepair, speller
from bot.nlu.spelling import general_words, learn
from bot.nlu.word_pairs import Learned
from tests.conftest import ROOT

GENERAL = general_words(shared_vocabulary())
TEXTS = [text for text, _ in training_examples(ROOT / "data/nlu")]
SPELLER = speller(learn(TEXTS, GENERAL, entity_words()))

NAMES = st.sampled_from(
    [
        "Jhon",
        "Aiden",
        "Marisol",
        "Tyrell",
        "Nguyen",
        "Kowalczyk",
        "Shanice",
        "Xochitl",
        "Deb",
        "Anwar",
        "Siobhan",
        "Beaverton",
        "Tualatin",
    ]
)
NUMBERS = st.one_of(
    st.integers(min_value=0, max_value=99_999).map(str),
    st.integers(min_value=501, max_value=99_950).map("{:05d}".format),
    st.integers(min_value=200, max_value=999).map(lambda n: f"{n}-555-0{n % 100 + 100}"),
    st.decimals(min_value=0, max_value=9999, places=2).map(lambda n: f"${n}"),
    st.sampled_from(["97103-1234", "10/12", "5:30pm", "1st", "24/7", "80%", "4x", "#12", "H0015", "F10.20"]),
)
ADDRESSES = st.builds(
    "{}{}@{}.{}".format,
    st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz"), min_size=1, max_size=9),
    st.sampled_from(["", "_99", ".smth", "+tx"]),
    st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz"), min_size=2, max_size=9),
    st.sampled_from(["com", "org", "example", "co.uk"]),
)
SENTENCES = st.sampled_from(
    ["plz cal {} abt my insurence", "my nmae is {} n i need hlep", "im in {} rn", "wat abt {} tho", "tel {} 2 txt me"]
)


@given(sentence=SENTENCES, kept=st.one_of(NAMES, NUMBERS, ADDRESSES))
@settings(max_examples=100, deadline=None)
def test_names_numbers_and_addresses_stay(sentence: str, kept: str) -> None:
    text = sentence.format(kept)
    repaired = SPELLER.repair(text)
    assert kept.lower() in repaired.text
    assert repaired.changed
    start = text.index(kept)
    assert not any(change.start < start + len(kept) and start < change.end for change in repaired.changes)


@given(text=st.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_all_digits_stay_in_order(text: str) -> None:
    def numbers(words: str) -> list[str]:
        return re.findall(r"[0-9]{3,}", words)

    assert numbers(SPELLER.repair(text).text) == numbers(text)


@pytest.mark.parametrize("text", ["Do u take atena?  My # is 503-555-0144", "I'm Jhon, plz cal", "hlep 97103"])
def test_the_message_stays_as_typed_beside_its_repair(text: str) -> None:
    component = MessageRepair(None, None, Learned())  # type: ignore[arg-type]
    message = Message({"text": text})
    component.process([message])
    assert message.get("text") == text
    assert message.get("repaired") == message.get(READINGS)[0].repaired.text != text.lower()
    assert message.get(READINGS)[0].piece.text == text

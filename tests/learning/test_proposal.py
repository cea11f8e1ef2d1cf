"""What approved corrections would add to the training data, and what they would not."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from bot.conversations.corrections import Corrected
from bot.learning import training_data
from bot.learning.proposal import propose
from bot.learning.training_data import DataError
from bot.nlu.weights import Array

ONE = """version: "3.1"
nlu:
# a comment
- intent: ask_cost
  examples: |
    - what does it cost
    - price

- intent: ask_place
  examples: |
    - where is it
"""
TWO = """version: "3.1"
nlu:
- intent: ask_cost
  examples: |
    - how much is it
    - is it much
    - how much for a day
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "data" / "nlu"
    folder.mkdir(parents=True)
    (folder / "one.yml").write_text(ONE)
    (folder / "two.yml").write_text(TWO)
    return tmp_path


def correction(text: str, topic: str, number: int = 1) -> Corrected:
    moment = datetime(2026, 11, 24, tzinfo=UTC)
    return Corrected(f"k{number}", "c1", f"m{number}", number, text, "greet", topic, "", "a@harbor.example", moment)


def by_letters(texts: list[str]) -> Array:
    """Vectors in which texts are alike that hold the same letters."""
    rows = np.array([[text.lower().count(letter) for letter in "abcdefghijklmnopqrstuvwxyz"] for text in texts], float)
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def test_a_new_text_stands_at_the_end_of_its_topics_longest_list(root: Path) -> None:
    found = propose(
        [correction("how much for where it is", "ask_cost", 1), correction("is it where the day is", "ask_place", 2)],
        {},
        root,
        accepted=["the"],
        vectors=by_letters,
    )
    assert [(one.text, one.topic) for one in found.added] == [
        ("how much for where it is", "ask_cost"),
        ("is it where the day is", "ask_place"),
    ]
    assert set(found.files) == {Path("data/nlu/one.yml"), Path("data/nlu/two.yml")}
    training_data.write(root, found.files)
    assert (root / "data/nlu/two.yml").read_text() == TWO + "    - how much for where it is\n"
    assert (root / "data/nlu/one.yml").read_text() == ONE + "    - is it where the day is\n"


def test_git_takes_the_diff(root: Path) -> None:
    found = propose([correction("where is it much", "ask_place")], {}, root, vectors=by_letters)
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    subprocess.run(["git", "apply", "-"], cwd=root, input=found.diff, text=True, check=True)
    assert (root / "data/nlu/one.yml").read_text() == ONE + "    - where is it much\n"


@pytest.mark.parametrize(
    ("text", "topic", "why", "known"),
    [
        ("What does it cost?", "ask_cost", "its like", True),
        ("what does it cost", "ask_cost", "holds it already", True),
        ("price", "ask_place", "as ask_cost", False),
        ("much is how it", "ask_cost", "its like: how much is it", True),
        ("is where it day", "ask_place", "held out", False),
        ("is it in salem", "ask_place", "salem", False),
        ("where is it", "ask_fit", "no examples of ask_fit", False),
    ],
)
def test_what_says_nothing_new_or_cannot_be_said_is_left_out(
    root: Path, text: str, topic: str, why: str, known: bool
) -> None:
    found = propose([correction(text, topic)], {}, root, ["where is it, day"], vectors=by_letters)
    (left,) = found.left_out
    assert why in left.why
    assert (left.known, found.added, found.diff) == (known, (), "")
    assert found.settled == (("k1",) if known else ())


def test_two_alike_are_added_once(root: Path) -> None:
    pair = [correction("is much where", "ask_place", 1), correction("where is much", "ask_place", 2)]
    found = propose(pair, {}, root, vectors=by_letters)
    assert [one.correction for one in found.added] == ["k1"]
    assert found.settled == ("k1", "k2")


def test_names_of_the_conversation_give_way(root: Path) -> None:
    found = propose([correction("is riley where it is", "ask_place")], {"c1": ["Riley"]}, root, vectors=by_letters)
    assert [one.text for one in found.added] == ["is Sam where it is"]


def test_a_topic_without_a_list_is_told(root: Path) -> None:
    with pytest.raises(DataError, match="ask_fit"):
        training_data.with_added(root, [("x", "ask_fit")])

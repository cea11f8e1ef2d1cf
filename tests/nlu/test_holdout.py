"""The hold-out is apart from the training data: no line of it is nearly an example, by the encoder that reads both.

ALIKE is the cosine from which `firststep learn` leaves a text out because one says nothing that the other does not
(bot.learning.proposal): a change of a word or of its spelling lies above it, the same question in other words below. A
finding names the hold-out's line by its number only, so that nobody reads it on the way to the training data.
"""

import json

import numpy as np

from bot.learning.proposal import ALIKE
from bot.nlu.examples import training_examples
from bot.nlu.faults import sentence_vectors
from bot.nlu.memory import key_of
from tests.conftest import ROOT

HOLD_OUT = ROOT / "tests/nlu/holdout.jsonl"


def held_texts() -> list[str]:
    return [json.loads(line)["text"] for line in HOLD_OUT.read_text(encoding="utf-8").splitlines() if line.strip()]


def test_no_line_is_a_training_example_word_for_word():
    known = {key_of(text): text for text, _ in training_examples(ROOT / "data/nlu")}
    found = [f"line {n}: {known[key_of(t)]}" for n, t in enumerate(held_texts(), 1) if key_of(t) in known]
    assert found == []


def test_no_line_is_nearly_a_training_example():
    held, examples = held_texts(), [text for text, _ in training_examples(ROOT / "data/nlu")]
    assert len(held) >= 800
    vectors = sentence_vectors([*examples, *held])
    cosines = vectors[len(examples) :] @ vectors[: len(examples)].T
    nearest = cosines.argmax(axis=1)
    near = np.flatnonzero(cosines.max(axis=1) >= ALIKE)
    assert [f"line {n + 1}, {cosines[n].max():.3f}: {examples[nearest[n]]}" for n in near] == []


def test_the_encoder_tells_a_copy_from_the_same_question_in_other_words():
    copies = [("do you take Aetna", "Do you take aetna?"), ("is he using again", "Is he using, again")]
    others = [("do you take Aetna", "is my Aetna plan accepted"), ("is he using again", "he went back to it")]
    rows = sentence_vectors([text for pair in [*copies, *others] for text in pair])
    cosines = [float(rows[n] @ rows[n + 1]) for n in range(0, len(rows), 2)]
    assert min(cosines[:2]) >= ALIKE > max(cosines[2:])

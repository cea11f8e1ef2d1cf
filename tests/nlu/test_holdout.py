"""The hold-out is apart from the training data (tests/nlu/apart.py says what that means and takes out what is not)."""

from bot.learning.proposal import ALIKE
from bot.nlu.examples import training_examples
from bot.nlu.faults import sentence_vectors
from tests.conftest import ROOT
from tests.nlu.apart import held_texts, near_lines


def test_no_line_is_nearly_a_training_example():
    held = held_texts()
    assert len(held) >= 800
    found = near_lines(held, [text for text, _ in training_examples(ROOT / "data/nlu")])
    assert [f"line {n + 1}, {cosine:.3f}: {example}" for n, (cosine, example) in found.items()] == []


def test_a_copy_is_found_and_the_same_question_in_other_words_is_not():
    examples = ["do you take Aetna insurance here", "is he using drugs again"]
    held = ["Do you take Aetna insurance here??", "is my Aetna plan one that you accept", "he went back to it"]
    assert [*near_lines(held, examples)] == [0]


def test_the_threshold_lies_between_a_copy_and_other_words():
    texts = ["do you take Aetna", "Do you take aetna?", "is my Aetna plan accepted"]
    rows = sentence_vectors(texts)
    assert float(rows[0] @ rows[1]) >= ALIKE > float(rows[0] @ rows[2])

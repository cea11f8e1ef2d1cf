"""The safety classifier: its data's errors, its opinion, its file."""

from pathlib import Path

import numpy as np
import pytest

from bot.nlu.safety_head import (
    SafetyDataError,
    SafetyModel,
    class_of,
    danger,
    data_digest,
    fit,
    safety_examples,
    strongest,
)
from bot.safety import OPINIONS

TEXTS = ["what does it cost", "do you take aetna", "he is turning blue", "she turned blue and cold"]
CLASSES = ["none", "none", "overdose", "overdose"]
SIGNS = np.zeros((4, 4), dtype=np.float32)


def test_the_data_of_both_languages_is_readable():
    for language in ("english", "spanish"):
        assert {name for _, name in safety_examples(language)} == set(OPINIONS)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("self-harm:\n- a message\n", "needs lists of messages"),
        ("suicide: a message\n", "needs lists of messages"),
        ("suicide:\n- no\n", "no message; quote it"),
        ("suicide: [", "data.yml"),
        ("", "needs lists of messages"),
    ],
)
def test_broken_data_is_named(tmp_path: Path, written: str, message: str):
    (tmp_path / "english").mkdir()
    (tmp_path / "english" / "data.yml").write_text(written, encoding="utf-8")
    with pytest.raises(SafetyDataError, match=message):
        safety_examples("english", tmp_path)


def test_missing_data_is_an_error(tmp_path: Path):
    with pytest.raises(SafetyDataError, match="cannot be trained without"):
        safety_examples("english", tmp_path)


def test_a_changed_message_changes_the_digest(tmp_path: Path):
    file = tmp_path / "english.yml"
    digests = [data_digest(tmp_path)]
    for text in ("none: [hi]", "none: [hello]"):
        file.write_text(text, encoding="utf-8")
        digests.append(data_digest(tmp_path))
    assert len(set(digests)) == 3


def test_ordinary_topics_are_no_danger():
    assert class_of("ask_cost") == "none"
    assert class_of("crisis_overdose") == "overdose"


def test_it_learns_and_survives_its_file(tmp_path: Path):
    model = fit(SIGNS, TEXTS, CLASSES, least=1)
    model.save(tmp_path / "safety.npz")
    again = SafetyModel.load(tmp_path / "safety.npz")
    for text, name in zip(TEXTS, CLASSES, strict=True):
        opinion = model.opinion(SIGNS[:1], [text])
        assert sum(opinion.values()) == pytest.approx(1.0, abs=1e-5)
        assert max(opinion, key=opinion.__getitem__) == name
        assert again.opinion(SIGNS[:1], [text]) == pytest.approx(opinion, abs=1e-2)


def test_the_strongest_opinion_is_that_of_the_most_danger():
    calm, tired, alarmed = {"none": 0.9}, {"distress": 0.9}, {"none": 0.3, "overdose": 0.7}
    assert strongest([calm, alarmed, tired]) == alarmed
    assert danger(tired) == 0
    assert strongest([]) == {}


def test_accents_do_not_count():
    model = fit(SIGNS, TEXTS, CLASSES, least=1)
    assert model.opinion(SIGNS[:1], ["él está azul"]) == model.opinion(SIGNS[:1], ["EL ESTA AZUL"])

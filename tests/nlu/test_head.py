import numpy as np
import pytest

from bot.nlu.encoder import shared_encoder
from bot.nlu.head import OUT_OF_SCOPE, Examples, IntentModel, Options, cross_validate, train, unseen
from bot.nlu.scope import doubt_threshold, fit

TEXTS = {
    "ask_cost": [
        "how much does it cost",
        "what is the price",
        "what do you charge",
        "is it expensive",
        "price please",
        "the fee",
    ],
    "ask_location": [
        "where are you",
        "what is the address",
        "are you near me",
        "which city",
        "how do i get there",
        "location",
    ],
    OUT_OF_SCOPE: [
        "will it rain",
        "tell me a joke",
        "who won the game",
        "order a pizza",
        "play some music",
        "book a flight",
    ],
}


@pytest.fixture(scope="module")
def examples() -> Examples:
    texts = [text for group in TEXTS.values() for text in group]
    labels = [label for label, group in TEXTS.items() for _ in group]
    return Examples.of(list(shared_encoder().encode_all(texts)[:, None]), [[text] for text in texts], labels)


PLAIN = Options(word_weight=1.0, character_weight=0.0)
"""For the original encoder and a handful of texts."""


def ask(model: IntentModel, text: str) -> dict[str, float]:
    values = np.exp(model.log_probabilities(shared_encoder().encode_all([text]), [text]))
    return dict(zip(model.labels, map(float, values), strict=True))


def test_unseen_words_find_their_topic_and_probabilities_sum_to_one(examples):
    answer = ask(train(examples, PLAIN), "how expensive is this going to be")
    assert max(answer, key=answer.__getitem__) == "ask_cost"
    assert sum(answer.values()) == pytest.approx(1.0, abs=1e-4)


def test_a_saved_model_says_the_same(examples, tmp_path):
    model = train(examples, Options(folds=3))
    model.save(tmp_path / "head.npz")
    again = IntentModel.load(tmp_path / "head.npz")
    assert ask(again, "which street is it on") == pytest.approx(ask(model, "which street is it on"), abs=1e-6)


def test_the_nearest_example_is_in_scope(examples):
    model = train(examples, PLAIN)
    cosine, owner = model.nearest(shared_encoder().encode_all(["will it rain"]))
    assert cosine < 0.9
    assert examples.labels[owner] != OUT_OF_SCOPE
    cosine, owner = model.nearest(shared_encoder().encode_all(["what is the price"]))
    assert cosine == pytest.approx(1.0, abs=1e-2)
    assert owner == 1


def test_a_text_with_two_rows_is_never_asked_about_itself(examples):
    rows = np.concatenate([examples.rows, examples.rows])
    owner = np.concatenate([examples.owner, examples.owner])
    doubled = Examples(rows, examples.texts * 2, owner, examples.labels)
    assert cross_validate(doubled, PLAIN).cosine.max() < 0.97


def test_the_repaired_text_counts_for_more_than_the_one_as_typed(examples):
    model = train(examples, PLAIN)
    cost, place = (shared_encoder().encode(text) for text in ("what is the price", "what is the address"))

    def likeliest(typed, repaired):
        texts = ["what is the price" if vector is cost else "what is the address" for vector in (typed, repaired)]
        return model.labels[int(model.log_probabilities(np.stack([typed, repaired]), texts).argmax())]

    assert likeliest(cost, place) == "ask_location"
    assert likeliest(place, cost) == "ask_cost"


def test_calibration_asks_only_what_the_tuning_never_saw_when_there_is_enough(examples, monkeypatch):
    aside = {examples.texts[row] for row in (0, 5)}
    monkeypatch.setattr("bot.nlu.head.set_aside", lambda text: text in aside)
    monkeypatch.setattr("bot.nlu.head._last", {})
    assert len(unseen(examples, PLAIN).truth) == len(examples.labels)
    monkeypatch.setattr("bot.nlu.head._last", {})
    monkeypatch.setattr("bot.nlu.head.ENOUGH_TO_MEASURE", 2)
    few = unseen(examples, PLAIN)
    assert [few.labels[number] for number in few.truth] == [examples.labels[0], examples.labels[5]]
    assert few.cosine.max() < 0.999
    assert unseen(examples, PLAIN) is few


def test_the_gate_keeps_what_is_ours_and_stops_the_rest(examples):
    model = train(examples, PLAIN)
    result = cross_validate(examples, PLAIN)
    gate = fit(result, result.temperature(), keep=0.95, doubt=0.5)
    vector = shared_encoder().encode_all(["how much is the price"])
    topic, confidence, _ = gate.judge(ask(model, "how much is the price"), model.nearest(vector)[0])
    assert topic == "ask_cost"
    assert 0.5 < confidence <= 1
    vector = shared_encoder().encode_all(["play a song"])
    assert gate.judge(ask(model, "play a song"), model.nearest(vector)[0])[0] == OUT_OF_SCOPE
    assert gate.judge({}, 0.0) == (OUT_OF_SCOPE, 0.0, True)


def test_doubt_starts_where_answers_become_right():
    confidence = np.linspace(0, 1, 1000, dtype=np.float32)
    assert doubt_threshold(confidence, confidence > 0.4, 0.5) == pytest.approx(0.4, abs=0.05)
    assert doubt_threshold(confidence, np.ones(1000, dtype=bool), 0.5) == 0.0

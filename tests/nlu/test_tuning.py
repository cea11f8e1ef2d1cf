"""The tuning of the encoder, on a handful of texts: a full one takes a quarter of an hour."""

import random

import numpy as np
import pytest

from bot.nlu import tuning
from bot.nlu.encoder import MAX_TOKENS, shared_encoder
from bot.nlu.tuned import FIRST_LAYER, set_aside
from bot.nlu.weights import load_tensors, weight_files

tf = pytest.importorskip("tensorflow")
TEXTS = [
    f"{start} {end}" for start in ("how much is", "do you take", "where is") for end in ("it", "the group", "aetna")
]


@pytest.fixture(scope="module")
def tuner():
    tensors = load_tensors(weight_files().tensors)
    return tuning.Tuner({name: value for name, value in tensors.items() if value.dtype == np.float32}, 3)


def test_only_the_upper_layers_are_free(tuner):
    assert {int(name.split(".")[2]) for name in tuner.free} == set(range(FIRST_LAYER, 6))
    assert not set(tuner.free) & set(tuner.fixed)


def test_it_begins_as_the_encoder_that_is_in_use(tuner, monkeypatch):
    monkeypatch.setattr(tuning, "DROPOUT", 0.0)
    encoder = shared_encoder()
    numbers = encoder.word_pieces.encode("how much does it cost", MAX_TOKENS)
    seen = {}
    monkeypatch.setattr(tuning, "_miss", lambda pooled, head, truth: seen.setdefault("pooled", pooled)[:, 0])
    block = np.zeros((1, len(numbers) + 5), dtype=np.int32)  # padding must not count
    block[0, : len(numbers)] = numbers
    tuner.loss(tf.constant(block), tf.constant([0]), tf.constant([0]))
    pooled = seen["pooled"].numpy()[0]
    assert pooled / np.linalg.norm(pooled) @ encoder.encode("how much does it cost") > 0.97


def test_a_text_without_a_topic_teaches_only_danger(tuner):
    block = tf.constant([[101, 2129, 102]])
    with tf.GradientTape() as tape:
        loss = tuner.loss(block, tf.constant([tuning.NO_TOPIC]), tf.constant([2]))
    by_topic, by_danger = tape.gradient(loss, [tuner.topic, tuner.danger])
    assert float(tf.reduce_max(tf.abs(by_topic))) == 0.0
    assert float(tf.reduce_max(tf.abs(by_danger))) > 0.0


def test_an_epoch_holds_every_text_of_a_full_batch_once():
    data = [(f"{text} {number}", 0, 0) for number in range(8) for text in TEXTS][: 2 * tuning.BATCH]
    found = list(tuning.batches(data, shared_encoder().word_pieces, random.Random(0)))
    assert [block.shape[0] for block, _, _ in found] == [tuning.BATCH] * 2
    assert all((block[:, 0] == 101).all() for block, _, _ in found)


def test_what_is_set_aside_is_never_learned():
    learned, topics = tuning.rows()
    assert len(topics) == 48
    assert not any(set_aside(text) for text, _, _ in learned)
    assert {danger for _, _, danger in learned} == set(range(len(tuning.OPINIONS)))
    assert any(topic == tuning.NO_TOPIC for _, topic, _ in learned)

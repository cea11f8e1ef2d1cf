"""Tune the encoder to this project's messages: `make tune`, then commit bot/nlu/tuned/.

The upper layers of all-MiniLM-L6-v2 learn, together, to tell our topics apart (data/nlu) and to tell danger from
words that only alarm (data/safety, both languages). What a sentence vector says of negation, tense and who is
meant gets sharper; Spanish, of which the original knows little, becomes readable. A training of the model (`rasa
train`) does not need it: it uses the committed weights, and its classifiers learn new examples on top of them within a
minute. Tune again when the data has grown by a fifth or so; bot/nlu/tuned/encoder.json says how long it took.

One tenth of the texts, chosen by their hash (`set_aside`), is never learned here: confidences and thresholds are
measured on those, for on the others the encoder is better than it will be on a visitor's message.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from bot.nlu.noise import mistype
from bot.nlu.safety_head import LANGUAGES, class_of, data_digest, safety_examples
from bot.nlu.text import plain
from bot.nlu.tuned import FIRST_LAYER, FOLDER, save, set_aside
from bot.nlu.weights import EPSILON, HEADS, LAYERS, WIDTH, load_tensors, weight_files
from bot.nlu.wordpiece import WordPiece
from bot.safety import OPINIONS


def _flags() -> list[str]:
    """What the processor says it can do; nothing where that cannot be read."""
    try:
        return Path("/proc/cpuinfo").read_text(encoding="utf-8").split()
    except OSError:
        return []


LONGEST = 64  # word pieces; few messages are longer
BATCH, EPOCHS, PEAK, WARM_UP = 32, 3, 1e-4, 0.06
DROPOUT, SMOOTHING = 0.1, 0.05
_SHORT = any("_bf16" in flag for flag in _flags())  # else products in bfloat16 take twice the time
MISTYPED = 0.45  # share of the texts that are seen with typing mistakes, others in each epoch
NO_TOPIC = -1
Row = tuple[str, int, int]
"""A text, the number of its topic (NO_TOPIC when only its danger is known) and that of its danger."""


def rows() -> tuple[list[Row], list[str]]:
    """What to learn from, and the topics' names; run in the project's folder."""
    from rasa.shared.importers.utils import training_data_from_paths

    data = training_data_from_paths(["data/nlu"], "en")
    labelled = [(plain(example.get("text")), str(example.get("intent"))) for example in data.intent_examples]
    topics = sorted({topic for _, topic in labelled})
    found = [(text, topics.index(topic), OPINIONS.index(class_of(topic))) for text, topic in labelled]
    for language in LANGUAGES:
        found += [(plain(text), NO_TOPIC, OPINIONS.index(name)) for text, name in safety_examples(language)]
    return [row for row in found if not set_aside(row[0])], topics


class Tuner(tf.Module):
    """The transformer with its upper layers free to move, and two heads that are thrown away afterwards."""

    def __init__(self, tensors: dict[str, Any], topics: int) -> None:
        super().__init__()
        self.fixed = {name: tf.constant(value) for name, value in tensors.items() if not _is_free(name)}
        self.free = {name: tf.Variable(value) for name, value in tensors.items() if _is_free(name)}
        self.topic = tf.Variable(tf.zeros((WIDTH + 1, topics)))
        self.danger = tf.Variable(tf.zeros((WIDTH + 1, len(OPINIONS))))

    def _of(self, name: str) -> Any:
        return self.free[name] if name in self.free else self.fixed[name]

    def _dense(self, x: Any, name: str) -> Any:
        # Products in bfloat16: a third faster where the processor knows it, and finer than the 7 bits that are kept.
        product = tf.matmul(_short(x), _short(self._of(f"{name}.weight")), transpose_b=True)
        return tf.cast(product, tf.float32) + self._of(f"{name}.bias")

    def _normed(self, x: Any, name: str) -> Any:
        mean, variance = tf.nn.moments(x, axes=[-1], keepdims=True)
        weight, bias = self._of(f"{name}.weight"), self._of(f"{name}.bias")
        return (x - mean) * tf.math.rsqrt(variance + EPSILON) * weight + bias

    def _layer(self, x: Any, shut: Any, number: int) -> Any:
        part = f"encoder.layer.{number}."
        count, length = tf.shape(x)[0], tf.shape(x)[1]

        def heads(role: str) -> Any:
            y = tf.reshape(self._dense(x, f"{part}attention.self.{role}"), (count, length, HEADS, WIDTH // HEADS))
            return tf.transpose(y, (0, 2, 1, 3))

        scores = tf.matmul(heads("query"), heads("key"), transpose_b=True) / (WIDTH // HEADS) ** 0.5 + shut
        mixed = tf.matmul(tf.nn.softmax(scores), heads("value"))
        mixed = tf.reshape(tf.transpose(mixed, (0, 2, 1, 3)), (count, length, WIDTH))
        mixed = tf.nn.dropout(self._dense(mixed, f"{part}attention.output.dense"), DROPOUT)
        x = self._normed(x + mixed, f"{part}attention.output.LayerNorm")
        wide = tf.nn.gelu(self._dense(x, f"{part}intermediate.dense"), approximate=False)
        narrow = tf.nn.dropout(self._dense(wide, f"{part}output.dense"), DROPOUT)
        return self._normed(x + narrow, f"{part}output.LayerNorm")

    def loss(self, numbers: Any, topics: Any, dangers: Any) -> Any:
        """The mean loss over a batch: [texts, word pieces] with 0 as padding, and the two truths."""
        there = tf.cast(numbers > 0, tf.float32)
        x = tf.gather(self.fixed["embeddings.word_embeddings.weight"], numbers)
        x += self.fixed["embeddings.position_embeddings.weight"][: tf.shape(numbers)[1]]
        x = self._normed(x + self.fixed["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
        shut = (there[:, tf.newaxis, tf.newaxis, :] - 1.0) * 1e9
        for number in range(LAYERS):
            x = self._layer(x, shut, number)
        pooled = tf.reduce_sum(x * there[..., tf.newaxis], 1) / tf.reduce_sum(there, 1, keepdims=True)
        pooled = tf.nn.dropout(pooled, DROPOUT)
        known = tf.cast(topics != NO_TOPIC, tf.float32)
        by_topic = _miss(pooled, self.topic, tf.maximum(topics, 0))
        by_danger = _miss(pooled, self.danger, dangers)
        return tf.reduce_mean(by_danger) + tf.reduce_sum(by_topic * known) / tf.maximum(tf.reduce_sum(known), 1.0)


def _short(x: Any) -> Any:
    return tf.cast(x, tf.bfloat16) if _SHORT else x


def _is_free(name: str) -> bool:
    return name.startswith("encoder.layer.") and int(name.split(".")[2]) >= FIRST_LAYER


def _miss(pooled: Any, head: Any, truth: Any) -> Any:
    logits = tf.matmul(pooled, head[:-1]) + head[-1]
    classes = head.shape[1]
    wanted = tf.one_hot(truth, classes) * (1 - SMOOTHING) + SMOOTHING / classes
    return tf.nn.softmax_cross_entropy_with_logits(wanted, logits)


def batches(data: list[Row], pieces: WordPiece, chance: random.Random) -> Iterator[tuple[Any, Any, Any]]:
    """One epoch: texts of like length together, batches in random order; what does not fill a batch is left out."""
    order = chance.sample(data, len(data))
    run = BATCH * 20
    for begin in range(0, len(order), run):
        near = sorted(order[begin : begin + run], key=lambda row: len(row[0]))
        groups = [near[i : i + BATCH] for i in range(0, len(near) - BATCH + 1, BATCH)]
        for group in chance.sample(groups, len(groups)):
            seen = [mistype(text, chance) if chance.random() < MISTYPED else text for text, _, _ in group]
            numbers = [pieces.encode(text, LONGEST) for text in seen]
            block = np.zeros((BATCH, max(map(len, numbers))), dtype=np.int32)
            for row, found in zip(block, numbers, strict=True):
                row[: len(found)] = found
            truths = np.array([row[1:] for row in group], dtype=np.int32)
            yield block, truths[:, 0], truths[:, 1]


def tune(seed: int = 0) -> dict[str, Any]:
    """The tuned tensors by name (float32), as `bot.nlu.tuned.save` takes them; prints how it goes."""
    tf.config.threading.set_inter_op_parallelism_threads(1)
    tf.random.set_seed(seed)
    chance = random.Random(seed)  # noqa: S311  (no secret)
    files = weight_files()
    pieces = WordPiece.from_file(files.vocabulary)
    data, topics = rows()
    tuner = Tuner(
        {name: value for name, value in load_tensors(files.tensors).items() if value.dtype == np.float32}, len(topics)
    )
    steps = EPOCHS * (len(data) // BATCH)
    body, heads = list(tuner.free.values()), [tuner.topic, tuner.danger]
    for_body, for_heads = tf.keras.optimizers.AdamW(PEAK, weight_decay=0.01), tf.keras.optimizers.Adam(10 * PEAK)

    @tf.function(input_signature=[tf.TensorSpec((BATCH, None), tf.int32), *[tf.TensorSpec((BATCH,), tf.int32)] * 2])
    def step(numbers: Any, truth: Any, danger: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = tuner.loss(numbers, truth, danger)
        slopes, _ = tf.clip_by_global_norm(tape.gradient(loss, body + heads), 1.0)
        for_body.apply_gradients(zip(slopes[: len(body)], body))  # noqa: B905  (TensorFlow's own zip)
        for_heads.apply_gradients(zip(slopes[len(body) :], heads))  # noqa: B905
        return loss

    print(f"{len(data)} texts, {len(topics)} topics, {steps} steps", flush=True)
    began, done, recent = time.monotonic(), 0, 0.0
    for _ in range(EPOCHS):
        for block in batches(data, pieces, chance):
            rate = PEAK * min(1.0, (done + 1) / (WARM_UP * steps)) * max(0.0, 1 - done / steps)
            for_body.learning_rate.assign(rate)
            for_heads.learning_rate.assign(10 * rate)
            recent += float(step(*block))
            done += 1
            if done % 100 == 0:
                print(f"{done} steps, {time.monotonic() - began:.0f} s, loss {recent / 100:.3f}", flush=True)
                recent = 0.0
    return {name: variable.numpy() for name, variable in tuner.free.items()}


def main() -> None:
    """Tune and write the weights with their manifest."""
    parser = argparse.ArgumentParser(description="Tune the sentence encoder to data/nlu and data/safety.")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=FOLDER, help="where the weights go (the package's own folder)")
    given = parser.parse_args()
    data, topics = rows()
    about = {"made": datetime.now(UTC).date().isoformat(), "texts": len(data), "topics": len(topics)}
    about |= {"safety_data": data_digest()[:12], "epochs": EPOCHS, "seed": given.seed}
    began = time.monotonic()
    tensors = tune(given.seed)
    about["minutes"] = round((time.monotonic() - began) / 60)
    print(json.dumps(save(tensors, about, given.out)))


if __name__ == "__main__":
    main()

"""The classifier on top of the sentence encoder: multinomial logistic regression, its calibration, and the nearest
example.

Plain numpy and scipy; nothing here knows Rasa. A saved model is an npz file without pickled objects.
"""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import logsumexp
from sklearn.model_selection import StratifiedKFold

from bot.nlu.nearest import Nearest, Rows, shrunk
from bot.nlu.regression import Weights, regress
from bot.nlu.tuned import set_aside
from bot.nlu.weights import WIDTH, Array
from bot.nlu.wording import Wording

OUT_OF_SCOPE = "out_of_scope"
"""The class of messages that none of our topics covers."""

Ints = NDArray[np.int64]
ENOUGH_TO_MEASURE = 200
TYPED_SHARE = 0.25
"""What the text as typed counts for beside its repair. With half, heavy typing mistakes cost two points more; less
changes nothing, on texts as they are neither (benchmarks/nlu/RESULTS.md)."""


@dataclass(frozen=True)
class Examples:
    """Training texts as vectors. A text that repair changed has two rows, as typed and as repaired; `owner` tells
    whose row it is."""

    rows: Array
    texts: tuple[str, ...]
    owner: Ints
    labels: tuple[str, ...]

    @classmethod
    def of(cls, vectors: list[Array], texts: list[list[str]], labels: list[str]) -> Examples:
        """From each text's vectors (one or two rows), what they are the vectors of, and its label."""
        owner = np.repeat(np.arange(len(vectors)), [len(v) for v in vectors])
        flat = tuple(text for group in texts for text in group)
        return cls(np.concatenate(vectors).astype(np.float32), flat, owner.astype(np.int64), tuple(labels))

    @property
    def row_labels(self) -> NDArray[np.str_]:
        """Each row's label."""
        labels: NDArray[np.str_] = np.array(self.labels)[self.owner]
        return labels

    def digest(self) -> str:
        """A fingerprint of the vectors and labels."""
        content = hashlib.sha256(self.rows.tobytes())
        content.update("\n".join([*self.labels, *self.texts]).encode())
        return content.hexdigest()


def _shares(owner: Ints) -> Array:
    """What each row counts for in its text's mean: the first row of a text is the one as typed."""
    typed = np.zeros(len(owner), dtype=np.bool_)
    typed[np.unique(owner, return_index=True)[1]] = True
    alone = np.bincount(owner)[owner] == 1
    return np.where(alone, 1.0, np.where(typed, TYPED_SHARE, 1 - TYPED_SHARE)).astype(np.float32)


def _normalised(logits: Array) -> Array:
    """Log probabilities of the last axis; SciPy's logsumexp takes as long for one row as the rest of a reading."""
    highest = logits.max(axis=-1, keepdims=True)
    normalised: Array = logits - (highest + np.log(np.exp(logits - highest).sum(axis=-1, keepdims=True)))
    return normalised


@dataclass
class IntentModel:
    """A trained head. `examples` are the training texts' sentence vectors (bot.nlu.nearest.shrunk), for the nearest
    neighbour."""

    labels: list[str]
    weights: Weights
    wording: Wording
    temperature: float
    examples: Rows
    example_scales: Array
    example_owner: Ints
    example_in_scope: NDArray[np.bool_]

    def __post_init__(self) -> None:
        """Make the in-scope examples ready to be searched."""
        self._in_scope = Nearest(self.examples, self.example_scales, self.example_in_scope)

    def log_probabilities(self, vectors: Array, texts: list[str]) -> Array:
        """Calibrated log probabilities by label: the weighted mean over the given rows, which are one text as typed
        and, where repair changed it, as repaired."""
        logits = vectors @ self.weights.dense + self.weights.bias
        for row, text in enumerate(texts):
            logits[row] += self.wording.values(text, self.weights.words)
        logits = logits / self.temperature
        values = _normalised(logits)
        mean = values[0] + (1 - TYPED_SHARE) * (values[-1] - values[0])
        return np.asarray(_normalised(mean), dtype=np.float32)

    def nearest(self, vectors: Array) -> tuple[float, int]:
        """The cosine to the nearest in-scope training example, and that example's number (-1 when there is none)."""
        cosine, row = self._in_scope.find(vectors[:, :WIDTH])
        return cosine, -1 if row < 0 else int(self.example_owner[row])

    def save(self, path: Path) -> None:
        """Write the model as npz."""
        np.savez(
            path,
            labels=np.array(self.labels),
            dense=self.weights.dense,
            sparse=self.weights.words,
            bias=self.weights.bias,
            **self.wording.arrays(),
            temperature=np.float64(self.temperature),
            examples=self.examples,
            example_scales=self.example_scales,
            example_owner=self.example_owner,
            example_in_scope=self.example_in_scope,
        )

    @classmethod
    def load(cls, path: Path) -> IntentModel:
        """Read what `save` wrote; unpickles nothing."""
        with np.load(path, allow_pickle=False) as data:
            return cls(
                labels=[str(label) for label in data["labels"]],
                weights=Weights(data["dense"], data["sparse"], data["bias"]),
                wording=Wording.of(data),
                temperature=float(data["temperature"]),
                examples=data["examples"],
                example_scales=data["example_scales"],
                example_owner=data["example_owner"],
                example_in_scope=data["example_in_scope"],
            )


@dataclass(frozen=True)
class Options:
    """How to train. `inverse_penalty`: C of the regression; `steps`: of its optimiser; `folds`: of the
    cross-validation.

    `word_weight`, `character_weight`: lengths of the features of bot.nlu.wording beside the sentence vectors' 1 and 1;
    0 leaves them out. The defaults are for the tuned encoder; on the original one 0.5 and 0.5 are better.
    """

    inverse_penalty: float = 10.0
    steps: int = 50
    folds: int = 5
    word_weight: float = 3.0
    character_weight: float = 4.0

    @classmethod
    def of(cls, config: dict[str, Any]) -> Options:
        """From a component's configuration."""
        weights = float(config["word_weight"]), float(config["character_weight"])
        return cls(float(config["C"]), int(config["max_iter"]), int(config["folds"]), *weights)


def _fit(examples: Examples, rows: NDArray[np.bool_], names: list[str], options: Options) -> tuple[Wording, Weights]:
    texts = [text for text, chosen in zip(examples.texts, rows, strict=True) if chosen]
    wording = Wording.learn(texts, options.word_weight, options.character_weight)
    classes = np.array([names.index(label) for label in examples.row_labels[rows]], dtype=np.int64)
    matrix = wording.matrix(texts)
    return wording, regress(examples.rows[rows], matrix, classes, len(names), options.inverse_penalty, options.steps)


@dataclass(frozen=True)
class CrossValidation:
    """What the head says of training texts when it has not been trained on them."""

    labels: list[str]
    truth: Ints
    logits: Array
    cosine: Array

    def log_probabilities(self, temperature: float) -> Array:
        """Log probabilities, texts by labels."""
        scaled = self.logits / temperature
        return np.asarray(scaled - logsumexp(scaled, axis=1, keepdims=True), dtype=np.float32)

    def temperature(self) -> float:
        """The divisor of the logits that makes the probabilities honest (least negative log likelihood)."""

        def loss(log_temperature: float) -> float:
            log_p = self.log_probabilities(float(np.exp(log_temperature)))
            return -float(log_p[np.arange(len(self.truth)), self.truth].mean())

        return float(np.exp(minimize_scalar(loss, bounds=(-2.0, 2.0), method="bounded").x))


_last: dict[tuple[str, Options], CrossValidation] = {}


def cross_validate(examples: Examples, options: Options) -> CrossValidation:
    """Train on all folds but one, and ask about that one; both rows of a text stay together."""
    truth = _truth(examples)
    folds = max(2, min(options.folds, int(np.bincount(truth).min())))
    parts = [
        (test, _ask(examples, train, test, options))
        for train, test in StratifiedKFold(folds, shuffle=True, random_state=0).split(truth, truth)
    ]
    order = np.argsort(np.concatenate([test for test, _ in parts]))
    logits = np.concatenate([part.logits for _, part in parts])[order]
    cosine = np.concatenate([part.cosine for _, part in parts])[order]
    return CrossValidation(sorted(set(examples.labels)), truth, logits, cosine)


def unseen(examples: Examples, options: Options) -> CrossValidation:
    """What the head says of the texts that the encoder's tuning never learned, trained without them.

    On the others the vectors already know the answer, so confidences measured there would be too high. Where too few
    are set aside, all texts are cross-validated. The last result is kept: the head (calibration) and the out-of-scope
    gate (thresholds) ask for the same.
    """
    key = (examples.digest(), options)
    if key not in _last:
        first = np.unique(examples.owner, return_index=True)[1]
        aside = np.array([set_aside(examples.texts[row]) for row in first], dtype=np.bool_)
        known = {label for label, away in zip(examples.labels, aside, strict=True) if not away}
        enough = aside.sum() >= ENOUGH_TO_MEASURE and known == set(examples.labels)
        measured = (
            _ask(examples, np.flatnonzero(~aside), np.flatnonzero(aside), options)
            if enough
            else cross_validate(examples, options)
        )
        _last.clear()
        _last[key] = measured
    return _last[key]


def _truth(examples: Examples) -> Ints:
    names = sorted(set(examples.labels))
    return np.array([names.index(label) for label in examples.labels], dtype=np.int64)


def _ask(examples: Examples, train: Ints, test: Ints, options: Options) -> CrossValidation:
    """Train on some texts and ask about others, both by their numbers in ascending order."""
    names = sorted(set(examples.labels))
    mine, asked = np.isin(examples.owner, train), np.flatnonzero(np.isin(examples.owner, test))
    wording, weights = _fit(examples, mine, names, options)
    known = examples.rows[mine & (examples.row_labels != OUT_OF_SCOPE), :WIDTH]
    texts = [examples.texts[row] for row in asked]
    values = examples.rows[asked] @ weights.dense + wording.matrix(texts) @ weights.words + weights.bias
    values -= logsumexp(values, axis=1, keepdims=True)
    near = (examples.rows[asked, :WIDTH] @ known.T).max(axis=1) if len(known) else np.zeros(len(asked))
    owner = np.searchsorted(test, examples.owner[asked])
    logits = np.zeros((len(test), len(names)), dtype=np.float32)
    cosine = np.full(len(test), -1.0, dtype=np.float32)
    np.add.at(logits, owner, values * _shares(owner)[:, np.newaxis])
    np.maximum.at(cosine, owner, near)
    return CrossValidation(names, _truth(examples)[test], logits, cosine)


def train(examples: Examples, options: Options | None = None) -> IntentModel:
    """Train the head and calibrate it by cross-validation."""
    options = options or Options()
    labels = sorted(set(examples.labels))
    counts = [examples.labels.count(label) for label in labels]
    every = np.ones(len(examples.rows), dtype=bool)
    with ThreadPoolExecutor(1) as pool:  # numpy and scipy let go of the interpreter's lock
        fitting = pool.submit(_fit, examples, every, labels, options)
        temperature = unseen(examples, options).temperature() if min(counts) >= 2 else 1.0
        wording, weights = fitting.result()
    shrunk_rows, scales = shrunk(examples.rows[:, :WIDTH])
    return IntentModel(
        labels=labels,
        weights=weights,
        wording=wording,
        temperature=temperature,
        examples=shrunk_rows,
        example_scales=scales,
        example_owner=examples.owner,
        example_in_scope=examples.row_labels != OUT_OF_SCOPE,
    )

"""The classifier on top of the sentence encoder: multinomial logistic regression, its calibration, and the nearest example.

Plain numpy and scikit-learn; nothing here knows Rasa. A saved model is an npz file without pickled objects.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import logsumexp
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from threadpoolctl import threadpool_limits

from bot.nlu.weights import Array

OUT_OF_SCOPE = "out_of_scope"
"""The class of messages that none of our topics covers."""

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Examples:
    """Training texts as vectors. A text that repair changed has two rows, as typed and as repaired; `owner` tells whose row it is."""

    rows: Array
    owner: Ints
    labels: tuple[str, ...]

    @classmethod
    def of(cls, vectors: list[Array], labels: list[str]) -> Examples:
        """From each text's vectors (one or two rows) and its label."""
        owner = np.repeat(np.arange(len(vectors)), [len(v) for v in vectors])
        return cls(np.concatenate(vectors).astype(np.float32), owner.astype(np.int64), tuple(labels))

    @property
    def row_labels(self) -> NDArray[np.str_]:
        """Each row's label."""
        return np.array(self.labels)[self.owner]

    def digest(self) -> str:
        """A fingerprint of the vectors and labels."""
        content = hashlib.sha256(self.rows.tobytes())
        content.update("\n".join(self.labels).encode())
        return content.hexdigest()


@dataclass
class IntentModel:
    """A trained head. `examples` are the training rows (float16), for the nearest neighbour."""

    labels: list[str]
    weights: Array
    bias: Array
    temperature: float
    examples: NDArray[np.float16]
    example_owner: Ints
    example_in_scope: NDArray[np.bool_]

    def __post_init__(self) -> None:
        """Keep a float32 copy of the examples: a product of float16 matrices is slow on a CPU."""
        self._in_scope_rows = np.flatnonzero(self.example_in_scope)
        self._matrix: Array = self.examples[self._in_scope_rows].astype(np.float32)

    def log_probabilities(self, vectors: Array) -> Array:
        """Calibrated log probabilities by label: the mean over the given rows (one text as typed and as repaired)."""
        logits = (vectors @ self.weights.T + self.bias) / self.temperature
        mean = (logits - logsumexp(logits, axis=1, keepdims=True)).mean(axis=0)
        return np.asarray(mean - logsumexp(mean), dtype=np.float32)

    def nearest(self, vectors: Array) -> tuple[float, int]:
        """The cosine to the nearest in-scope training example, and that example's number (-1 when there is none)."""
        if not len(self._in_scope_rows):
            return 0.0, -1
        cosines = (self._matrix @ vectors.T).max(axis=1)
        best = int(cosines.argmax())
        return float(cosines[best]), int(self.example_owner[self._in_scope_rows[best]])

    def save(self, path: Path) -> None:
        """Write the model as npz."""
        np.savez(
            path,
            labels=np.array(self.labels),
            weights=self.weights,
            bias=self.bias,
            temperature=np.float64(self.temperature),
            examples=self.examples,
            example_owner=self.example_owner,
            example_in_scope=self.example_in_scope,
        )

    @classmethod
    def load(cls, path: Path) -> IntentModel:
        """Read what `save` wrote; unpickles nothing."""
        with np.load(path, allow_pickle=False) as data:
            return cls(
                labels=[str(label) for label in data["labels"]],
                weights=data["weights"],
                bias=data["bias"],
                temperature=float(data["temperature"]),
                examples=data["examples"],
                example_owner=data["example_owner"],
                example_in_scope=data["example_in_scope"],
            )


def _regress(rows: Array, labels: NDArray[np.str_], inverse_penalty: float, steps: int) -> tuple[list[str], Array, Array]:
    model = LogisticRegression(C=inverse_penalty, max_iter=steps, tol=1e-3, multi_class="multinomial")
    # Two BLAS threads gain little here and starve the other processes of a small machine.
    with threadpool_limits(1):
        model.fit(rows, labels)
    weights, bias = model.coef_.astype(np.float32), model.intercept_.astype(np.float32)
    if len(model.classes_) == 2:  # scikit-learn keeps one row for two classes
        weights, bias = np.concatenate([-weights, weights]), np.concatenate([-bias, bias])
    return [str(label) for label in model.classes_], weights, bias


@dataclass(frozen=True)
class CrossValidation:
    """What the head says of each training text when it has not been trained on it."""

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


_last: dict[tuple[str, float, int, int], CrossValidation] = {}


def cross_validate(examples: Examples, inverse_penalty: float, steps: int, folds: int = 5) -> CrossValidation:
    """Train on all folds but one, and ask about that one; both rows of a text stay together.

    The last result is kept: the head (calibration) and the out-of-scope gate (thresholds) ask for the same.
    """
    key = (examples.digest(), inverse_penalty, steps, folds)
    if key in _last:
        return _last[key]
    names = sorted(set(examples.labels))
    truth = np.array([names.index(label) for label in examples.labels], dtype=np.int64)
    folds = max(2, min(folds, int(np.bincount(truth).min())))
    logits = np.zeros((len(truth), len(names)), dtype=np.float32)
    cosine = np.full(len(truth), -1.0, dtype=np.float32)
    in_scope = examples.row_labels != OUT_OF_SCOPE
    for train, test in StratifiedKFold(folds, shuffle=True, random_state=0).split(truth, truth):
        mine = np.isin(examples.owner, train)
        found, weights, bias = _regress(examples.rows[mine], examples.row_labels[mine], inverse_penalty, steps)
        columns = [names.index(name) for name in found]
        known = examples.rows[mine & in_scope]
        asked = np.flatnonzero(~mine)
        values = examples.rows[asked] @ weights.T + bias
        values -= logsumexp(values, axis=1, keepdims=True)
        near = (examples.rows[asked] @ known.T).max(axis=1) if len(known) else np.zeros(len(asked))
        owner = examples.owner[asked]
        rows_of = np.bincount(owner, minlength=len(truth))[test, np.newaxis]
        summed = np.zeros((len(truth), len(found)), dtype=np.float32)
        np.add.at(summed, owner, values)
        logits[test] = -1e3
        logits[np.ix_(test, columns)] = summed[test] / rows_of
        np.maximum.at(cosine, owner, near)
    result = CrossValidation(names, truth, logits, cosine)
    _last.clear()
    _last[key] = result
    return result


def train(examples: Examples, inverse_penalty: float = 30.0, steps: int = 300, folds: int = 5) -> IntentModel:
    """Train the head and calibrate it by cross-validation; `inverse_penalty` is scikit-learn's C."""
    counts = np.unique(np.array(examples.labels), return_counts=True)[1]
    enough = len(counts) > 1 and counts.min() >= 2
    temperature = cross_validate(examples, inverse_penalty, steps, folds).temperature() if enough else 1.0
    labels, weights, bias = _regress(examples.rows, examples.row_labels, inverse_penalty, steps)
    return IntentModel(
        labels=labels,
        weights=weights,
        bias=bias,
        temperature=temperature,
        examples=examples.rows.astype(np.float16),
        example_owner=examples.owner,
        example_in_scope=examples.row_labels != OUT_OF_SCOPE,
    )

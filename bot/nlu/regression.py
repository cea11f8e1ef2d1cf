"""Multinomial logistic regression over a dense part (the sentence vector) and a sparse part (its words), by L-BFGS.

scikit-learn's takes one matrix: as a sparse one the dense part makes it ten times slower than BLAS does here.
"""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.special import logsumexp
from threadpoolctl import threadpool_limits

from bot.nlu.weights import Array

_TOKEN = re.compile(r"[\w']+")


def _terms(text: str) -> list[str]:
    words = _TOKEN.findall(text.lower())
    return words + [f"{a} {b}" for a, b in itertools.pairwise(words)]


@dataclass
class Words:
    """TF-IDF of words and pairs of words: sublinear counts, length `weight`."""

    terms: list[str]
    idf: Array
    weight: float

    def __post_init__(self) -> None:
        """Index the terms."""
        self._number = {term: number for number, term in enumerate(self.terms)}

    @classmethod
    def learn(cls, texts: list[str], weight: float, least: int = 2) -> Words:
        """The terms that at least `least` texts hold."""
        counts = Counter(term for text in texts for term in set(_terms(text)))
        terms = sorted(term for term, count in counts.items() if count >= least)
        idf = [math.log((1 + len(texts)) / (1 + counts[term])) + 1 for term in terms]
        return cls(terms, np.array(idf, dtype=np.float32), weight)

    def row(self, text: str) -> tuple[list[int], Array]:
        """The numbers of the text's known terms and their values."""
        counts = Counter(number for term in _terms(text) if (number := self._number.get(term)) is not None)
        numbers = sorted(counts)
        values = np.array([(1 + math.log(counts[number])) for number in numbers], dtype=np.float32) * self.idf[numbers]
        return numbers, (values * (self.weight / max(float(np.linalg.norm(values)), 1e-9))).astype(np.float32)

    def matrix(self, texts: list[str]) -> csr_matrix:
        """One row a text."""
        rows = [self.row(text) for text in texts]
        ends = np.cumsum([0, *(len(numbers) for numbers, _ in rows)])
        numbers = np.array([number for row, _ in rows for number in row], dtype=np.int32)
        values = np.concatenate([np.zeros(0, dtype=np.float32), *(values for _, values in rows)])
        return csr_matrix((values, numbers, ends), shape=(len(texts), len(self.terms)), dtype=np.float32)


@dataclass(frozen=True)
class Weights:
    """Trained weights, features by classes, and the classes' biases."""

    dense: Array
    words: Array
    bias: Array


def regress(
    dense: Array, words: csr_matrix, classes: NDArray[np.int64], count: int, inverse_penalty: float, steps: int
) -> Weights:
    """Fit. `classes`: each row's class, 0 to `count` - 1; `inverse_penalty`: as scikit-learn's C; `steps`: at most so
    many."""
    rows, width = dense.shape
    transposed = words.T.tocsr()
    truth = np.zeros((rows, count), dtype=np.float32)
    truth[np.arange(rows), classes] = 1
    scale = np.float32(inverse_penalty)

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = flat.reshape(-1, count).astype(np.float32)
        logits = dense @ weights[:width] + words @ weights[width:-1] + weights[-1]
        total = logsumexp(logits, axis=1, keepdims=True)
        miss = float((total[:, 0] - logits[np.arange(rows), classes]).sum())
        error = (np.exp(logits - total) - truth) * scale
        gradient = np.concatenate(
            [dense.T @ error + weights[:width], transposed @ error + weights[width:-1], error.sum(axis=0)[np.newaxis]]
        )
        return miss * inverse_penalty + 0.5 * float((weights[:-1] ** 2).sum()), gradient.ravel().astype(np.float64)

    start = np.zeros((width + words.shape[1] + 1) * count)
    # Two BLAS threads gain little here and starve the other processes of a small machine.
    with threadpool_limits(1):
        found = minimize(
            loss,
            start,
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": steps, "maxcor": 6, "ftol": 1e-6, "gtol": 1e-3},
        )
    weights = found.x.reshape(-1, count).astype(np.float32)
    return Weights(weights[:width], weights[width:-1], weights[-1])

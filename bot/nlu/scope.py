"""Whether a message is about our topics at all, and whether its likeliest topic is to be trusted.

The score weighs three signs: the log of the best in-scope probability, the log of the out-of-scope class's, and the
cosine to the nearest in-scope example. Means, deviations, weights and thresholds come from cross-validation on the
training texts, so the operator sets two shares, not magic numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from bot.nlu.head import OUT_OF_SCOPE, CrossValidation
from bot.nlu.weights import Array

_LEAST = 1e-9
Three = tuple[float, float, float]
"""One number for each sign: log p of the best topic, log p of out of scope, cosine."""


@dataclass(frozen=True)
class ScopeGate:
    """The measured thresholds."""

    means: Three
    deviations: Three
    weights: Three
    score_threshold: float
    doubt_threshold: float

    def score(self, probabilities: Mapping[str, float], cosine: float) -> float:
        """How much a message looks like one of ours."""
        best = max((p for name, p in probabilities.items() if name != OUT_OF_SCOPE), default=0.0)
        none = probabilities.get(OUT_OF_SCOPE, 0.0)
        signs = (float(np.log(max(best, _LEAST))), float(np.log(max(none, _LEAST))), cosine)
        measured = zip(signs, self.means, self.deviations, self.weights, strict=True)
        return sum(weight * (sign - mean) / deviation for sign, mean, deviation, weight in measured)

    def judge(self, probabilities: Mapping[str, float], cosine: float) -> tuple[str, float, bool]:
        """The topic, its confidence, and whether it is in doubt.

        A message outside our topics gets `out_of_scope`, with the confidence that none of ours is meant.
        """
        ours = {name: p for name, p in probabilities.items() if name != OUT_OF_SCOPE}
        if not ours:
            return OUT_OF_SCOPE, 0.0, True
        best = max(ours, key=lambda name: ours[name])
        if self.score(probabilities, cosine) < self.score_threshold:
            return OUT_OF_SCOPE, max(probabilities.get(OUT_OF_SCOPE, 0.0), 1.0 - ours[best]), False
        return best, ours[best], ours[best] < self.doubt_threshold

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


OPEN_GATE = ScopeGate((0.0,) * 3, (1.0,) * 3, (0.0,) * 3, -1e9, 0.0)
"""Lets everything pass: for a model trained on too little to measure anything."""


def fit(result: CrossValidation, temperature: float, keep: float, doubt: float) -> ScopeGate:
    """Measure the thresholds.

    `keep`: share of our own messages that pass the gate. `doubt`: a topic is in doubt below the confidence where fewer
    than this share of the answers would be right. Without an out-of-scope class the two other signs count alike.
    """
    log_p = result.log_probabilities(temperature)
    ours = np.array([name != OUT_OF_SCOPE for name in result.labels])
    best = log_p[:, ours].max(axis=1)
    mine = ours[result.truth]
    none = np.full_like(best, np.log(_LEAST)) if ours.all() else log_p[:, ~ours][:, 0]
    signs = np.stack([best, np.maximum(none, np.log(_LEAST)), result.cosine], axis=1).astype(np.float64)
    means, deviations = signs[mine].mean(axis=0), signs[mine].std(axis=0)
    deviations[deviations < 1e-6] = 1.0
    scaled = (signs - means) / deviations
    weights = np.array([1.0, 0.0, 1.0])
    if not mine.all():
        weights = LogisticRegression(C=10.0, class_weight="balanced").fit(scaled, mine).coef_[0]
    names = np.flatnonzero(ours)
    right = names[log_p[:, ours].argmax(axis=1)] == result.truth
    return ScopeGate(
        means=_three(means),
        deviations=_three(deviations),
        weights=_three(weights),
        score_threshold=float(np.quantile((scaled @ weights)[mine], 1.0 - keep)),
        doubt_threshold=doubt_threshold(np.exp(best[mine]), right[mine], doubt),
    )


def _three(values: np.ndarray) -> Three:
    first, second, third = map(float, values)
    return first, second, third


def doubt_threshold(confidence: Array, right: np.ndarray, share: float, window: int = 60) -> float:
    """The confidence below which answers are right less often than `share`, by a moving window over sorted answers."""
    order = np.argsort(confidence)
    hits, sure = right[order].astype(float), confidence[order]
    if len(hits) < 2 * window:
        return share
    rates = np.convolve(hits, np.ones(window) / window, mode="valid")
    good = np.flatnonzero(rates >= share)
    return float(sure[good[0] + window // 2]) if len(good) and good[0] > 0 else float(sure[0])

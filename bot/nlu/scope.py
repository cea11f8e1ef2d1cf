"""Whether a message is about our topics at all, and whether its likeliest topic is to be trusted.

The score is z(log of the best in-scope probability) + z(cosine to the nearest in-scope example). The means,
deviations and  # noqa: E501
thresholds come from cross-validation on the training texts, so the operator sets two shares, not two magic numbers.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from bot.nlu.head import OUT_OF_SCOPE, CrossValidation
from bot.nlu.weights import Array


@dataclass(frozen=True)
class ScopeGate:
    """The measured thresholds."""

    log_p_mean: float
    log_p_deviation: float
    cosine_mean: float
    cosine_deviation: float
    score_threshold: float
    none_threshold: float
    doubt_threshold: float

    def score(self, probabilities: dict[str, float], cosine: float) -> float:
        """How much a message looks like one of ours; the mean of our own is 0."""
        best = max((p for name, p in probabilities.items() if name != OUT_OF_SCOPE), default=0.0)
        log_p = float(np.log(max(best, 1e-9)))
        return (log_p - self.log_p_mean) / self.log_p_deviation + (cosine - self.cosine_mean) / self.cosine_deviation

    def judge(self, probabilities: dict[str, float], cosine: float) -> tuple[str, float, bool]:
        """The topic, its confidence, and whether it is in doubt.

        A message outside our topics gets `out_of_scope`, with the confidence that none of ours is meant.
        """
        ours = {name: p for name, p in probabilities.items() if name != OUT_OF_SCOPE}
        if not ours:
            return OUT_OF_SCOPE, 0.0, True
        best = max(ours, key=lambda name: ours[name])
        nothing = probabilities.get(OUT_OF_SCOPE, 0.0)
        if nothing >= self.none_threshold or self.score(probabilities, cosine) < self.score_threshold:
            return OUT_OF_SCOPE, max(nothing, 1.0 - ours[best]), False
        return best, ours[best], ours[best] < self.doubt_threshold

    def as_dict(self) -> dict[str, float]:
        """For JSON."""
        return asdict(self)


def fit(result: CrossValidation, temperature: float, keep: float, none_threshold: float, doubt: float) -> ScopeGate:
    """Measure the thresholds.

    `keep`: share of our own messages that pass the gate. `none_threshold`: probability of the out-of-scope class that
    is enough by itself.
    `doubt`: a topic is in doubt below the confidence where fewer than this share of the answers would be right.
    """
    log_p = result.log_probabilities(temperature)
    ours = np.array([name != OUT_OF_SCOPE for name in result.labels])
    best = log_p[:, ours].max(axis=1)
    mine = ours[result.truth]
    mean, deviation = float(best[mine].mean()), float(best[mine].std()) or 1.0
    cosine_mean, cosine_deviation = float(result.cosine[mine].mean()), float(result.cosine[mine].std()) or 1.0
    score = (best - mean) / deviation + (result.cosine - cosine_mean) / cosine_deviation
    names = np.flatnonzero(ours)
    right = names[log_p[:, ours].argmax(axis=1)] == result.truth
    return ScopeGate(
        log_p_mean=mean,
        log_p_deviation=deviation,
        cosine_mean=cosine_mean,
        cosine_deviation=cosine_deviation,
        score_threshold=float(np.quantile(score[mine], 1.0 - keep)),
        none_threshold=none_threshold,
        doubt_threshold=doubt_threshold(np.exp(best[mine]), right[mine], doubt),
    )


def doubt_threshold(confidence: Array, right: np.ndarray, share: float, window: int = 60) -> float:
    """The confidence below which answers are right less often than `share`, by a moving window over sorted answers."""
    order = np.argsort(confidence)
    hits, sure = right[order].astype(float), confidence[order]
    if len(hits) < 2 * window:
        return share
    rates = np.convolve(hits, np.ones(window) / window, mode="valid")
    good = np.flatnonzero(rates >= share)
    return float(sure[good[0] + window // 2]) if len(good) and good[0] > 0 else float(sure[0])

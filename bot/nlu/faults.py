"""Which training examples are at fault when a message is taken for another topic.

For each wrong prediction: the example of the predicted topic that lies nearest to the message (it may be labelled
wrongly, or need a neighbour of the right topic), and the nearest example of the right topic (how far the data is from
knowing such messages).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.nlu.evaluate import Prediction
from bot.nlu.weights import WIDTH, Array

Vectors = Callable[[list[str]], Array]
"""Texts to sentence vectors of length 1, a row each."""


@dataclass(frozen=True)
class Neighbour:
    """A training example and its cosine to the message."""

    text: str
    cosine: float


@dataclass(frozen=True)
class Fault:
    """One wrong prediction; `pulled`: the nearest example of the predicted topic, `missing`: of the right one."""

    text: str
    label: str
    predicted: str
    pulled: Neighbour | None
    missing: Neighbour | None

    def as_dict(self) -> dict[str, Any]:
        """For the report as JSON."""
        sides = {"pulled": self.pulled, "missing": self.missing}
        return {
            "text": self.text,
            **{name: {"text": n.text, "cosine": round(n.cosine, 3)} if n else None for name, n in sides.items()},
        }


def sentence_vectors(texts: list[str]) -> Array:
    """By the assistant's own encoder; those of the training examples come from the training's cache."""
    from bot.nlu.encoder import cache_folder, shared_encoder
    from bot.nlu.vectors import describe_all

    return describe_all(shared_encoder(), texts, cache_folder())[:, :WIDTH]


def find_faults(
    predictions: Sequence[Prediction], examples: Sequence[tuple[str, str]], vectors: Vectors = sentence_vectors
) -> list[Fault]:
    """A fault for each wrong prediction, in their order; without neighbours when a topic has no examples."""
    wrong = [p for p in predictions if not p.right]
    if not wrong:
        return []
    texts, topics = [text for text, _ in examples], np.array([topic for _, topic in examples], dtype=np.str_)
    known = vectors(texts)
    asked = vectors([p.line.text for p in wrong])

    def nearest(row: Array, topic: str) -> Neighbour | None:
        mine = np.flatnonzero(topics == topic)
        if not len(mine):
            return None
        cosines = known[mine] @ row
        return Neighbour(texts[mine[int(cosines.argmax())]], float(cosines.max()))

    return [
        Fault(p.line.text, p.line.label, p.predicted, nearest(row, p.predicted), nearest(row, p.line.label))
        for p, row in zip(wrong, asked, strict=True)
    ]


def at_fault(faults: Sequence[Fault]) -> list[tuple[str, str, int]]:
    """(example, its topic, how many wrong predictions it is nearest to), the worst first."""
    counts: dict[tuple[str, str], int] = {}
    for fault in faults:
        if fault.pulled:
            key = fault.pulled.text, fault.predicted
            counts[key] = counts.get(key, 0) + 1
    return sorted(((text, topic, count) for (text, topic), count in counts.items()), key=lambda row: (-row[2], row))

"""What the components of the pipeline hand to one another about one message: a reading of the whole, then one of each
part."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bot.nlu.sentences import Piece
from bot.nlu.spelling import Repaired
from bot.nlu.weights import WIDTH, Array

READINGS = "readings"
"""Message key: list[Reading]; the first is the whole message, the others its parts when there are several."""
REPAIRED, TOPIC, TOPICS, DOUBT, ELLIPTICAL, SAFETY = "repaired", "topic", "topics", "doubt", "elliptical", "safety"
LANGUAGE, SCOPE = "language", "scope"
"""Message keys that the parse result shows (docs/architecture.md)."""


@dataclass
class Reading:
    """One text to classify and what is found out about it, filled in from component to component."""

    piece: Piece
    legible: bool
    repaired: Repaired
    vectors: Array = field(default_factory=lambda: np.zeros((0, WIDTH), dtype=np.float32))
    probabilities: dict[str, float] = field(default_factory=dict)
    cosine: float = 0.0
    by_heart: str | None = None  # the topic of the training example that this text is
    topic: str = ""
    confidence: float = 0.0
    in_doubt: bool = True
    language: str = "en"
    """en or es. Spanish is read for danger only: no topic has Spanish examples."""

    @property
    def texts(self) -> list[str]:
        """The texts to encode: as typed, and as repaired when repair changed a word."""
        return [self.piece.text, self.repaired.text] if self.repaired.changed else [self.piece.text]

    def fingerprint(self) -> str:
        """Rasa asks every value in a message for one when it caches training."""
        return f"{self.piece}|{self.repaired.text}"


def readings_of(message: Any) -> list[Reading]:
    """The message's readings; empty for a message without text."""
    return list(message.get(READINGS) or [])

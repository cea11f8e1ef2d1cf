"""Pipeline step: the sentence encoder's vector of every reading, and of the whole message as a dense feature of
Rasa's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.encoder import cache_folder, tuned_encoder
from bot.nlu.fingerprint import code_digest
from bot.nlu.reading import Reading, readings_of
from bot.nlu.vectors import describe_all
from bot.nlu.weights import WIDTH, Array


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceFeaturizer(GraphComponent):
    """all-MiniLM-L6-v2, 384 numbers a sentence; other Rasa components may use the dense sentence feature as any
    other."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceFeaturizer:
        """The component; the encoder is the process's own and is built on a new machine."""
        return cls()

    @classmethod
    def required_components(cls) -> list[type]:
        """Rasa's dense features go with tokens."""
        return [Tokenizer]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Vectors come from weights that Rasa does not see."""
        return code_digest()

    def __init__(self) -> None:
        self._encoder = tuned_encoder()

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Encode the examples, one sentence at a time; those met before come from the cache."""
        examples = training_data.training_examples
        texts = _legible_texts(reading for example in examples for reading in readings_of(example))
        self._fill(examples, texts, describe_all(self._encoder, texts, cache_folder()))
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Fill in the readings' vectors; a text that cannot be read gets none.

        The whole message is encoded by itself, for everything hangs on it; its parts go through the encoder together.
        """
        for message in messages:
            texts = _legible_texts(readings_of(message)[:1])
            parts = [text for text in _legible_texts(readings_of(message)[1:]) if text not in texts]
            rows = [self._encoder.describe_all(texts), self._encoder.describe_together(parts)]
            self._fill([message], texts + parts, np.concatenate(rows))
        return messages

    def _fill(self, messages: list[Message], texts: list[str], rows: Array) -> None:
        row_of = dict(zip(texts, rows, strict=True))
        for message in messages:
            for number, reading in enumerate(readings_of(message)):
                if not reading.legible:
                    continue
                reading.vectors = np.stack([row_of[text] for text in reading.texts])
                if number == 0:
                    dense = reading.vectors[-1:, :WIDTH]
                    message.add_features(Features(dense, FEATURE_TYPE_SENTENCE, TEXT, "SentenceFeaturizer"))


def _legible_texts(readings: Iterable[Reading]) -> list[str]:
    """What there is to encode, each text once."""
    return list(dict.fromkeys(text for reading in readings if reading.legible for text in reading.texts))

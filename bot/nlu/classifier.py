"""Pipeline step: the intent, by multinomial logistic regression over the sentence vectors, with honest confidences."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.featurizer import SentenceFeaturizer
from bot.nlu.fingerprint import code_digest
from bot.nlu.head import OUT_OF_SCOPE, Examples, IntentModel, Options, train
from bot.nlu.memory import certain, learn, recall
from bot.nlu.reading import Reading, readings_of

RANKING = 10
DEFAULTS = {"C": 10.0, "max_iter": 50, "folds": 5, "word_weight": 3.0, "character_weight": 4.0}
"""The head's options in config.yml, and the gate's: both must be the same for the cross-validation to be shared."""
_FILE, _MEMORY = "head.npz", "by_heart.json"


def training_examples(training_data: TrainingData) -> Examples | None:
    """The vectors and intents of the training texts; None when fewer than two intents can be told apart."""
    vectors, texts, labels = [], [], []
    for example in training_data.intent_examples:
        readings = readings_of(example)
        if readings and len(readings[0].vectors) and readings[0].language == "en" and example.get(INTENT):
            vectors.append(readings[0].vectors)
            texts.append(readings[0].texts)
            labels.append(str(example.get(INTENT)))
    return Examples.of(vectors, texts, labels) if len(set(labels)) > 1 else None


def ranked(probabilities: dict[str, float]) -> list[dict[str, Any]]:
    """Rasa's intent ranking: the likeliest ten."""
    best = sorted(probabilities.items(), key=lambda item: -item[1])[:RANKING]
    return [{"name": name, "confidence": confidence} for name, confidence in best]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentHead(GraphComponent, IntentClassifier):
    """Sets `intent` and `intent_ranking`; the readings get every topic's probability and the cosine to the nearest
    example."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See bot.nlu.head.Options."""
        return dict(DEFAULTS)

    @classmethod
    def required_components(cls) -> list[type]:
        """Vectors to classify."""
        return [SentenceFeaturizer]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> IntentHead:
        """An untrained head."""
        return cls(config, model_storage, resource, None, {})

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: IntentModel | None,
        by_heart: dict[str, str],
    ) -> None:
        self._config = config
        self._storage = model_storage
        self._resource = resource
        self._model = model
        self._by_heart = by_heart

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Other code behind this component makes another model."""
        return code_digest()

    def train(self, training_data: TrainingData) -> Resource:
        """Fit and calibrate the head; keep the texts themselves too."""
        examples = training_examples(training_data)
        self._by_heart = learn(
            (str(example.get(TEXT)), str(example.get(INTENT)))
            for example in training_data.intent_examples
            if example.get(TEXT)
        )
        if examples is not None:
            self._model = train(examples, Options.of(self._config))
            with self._storage.write_to(self._resource) as folder:
                self._model.save(folder / _FILE)
                (folder / _MEMORY).write_text(json.dumps(self._by_heart), encoding="utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> IntentHead:
        """The trained head; one without a model when there was nothing to train on."""
        try:
            with model_storage.read_from(resource) as folder:
                by_heart = json.loads((folder / _MEMORY).read_text(encoding="utf-8"))
                return cls(config, model_storage, resource, IntentModel.load(folder / _FILE), by_heart)
        except ValueError:  # Rasa's word for a resource that was never written
            return cls(config, model_storage, resource, None, {})

    def process(self, messages: list[Message]) -> list[Message]:
        """Classify every reading; the message's intent is the whole's."""
        for message in messages:
            readings = readings_of(message)
            for reading in readings:
                self._classify(reading)
            ranking = ranked(readings[0].probabilities) if readings else []
            message.set(INTENT, ranking[0] if ranking else {"name": None, "confidence": 0.0}, add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages

    def _classify(self, reading: Reading) -> None:
        reading.by_heart = recall(self._by_heart, [reading.piece.text, reading.repaired.text])
        if self._model is not None and len(reading.vectors) and reading.language == "en":
            values = np.exp(self._model.log_probabilities(reading.vectors, reading.texts))
            reading.probabilities = dict(zip(self._model.labels, map(float, values), strict=True))
            if reading.by_heart in (None, OUT_OF_SCOPE):  # of any other example the gate knows without looking
                reading.cosine, _ = self._model.nearest(reading.vectors)
        if reading.by_heart:
            reading.probabilities = certain(reading.probabilities, reading.by_heart)

"""Pipeline step: the out-of-scope gate. Sets `topic` and `doubt`, and the intent to nlu_fallback or out_of_scope
where due."""

from __future__ import annotations

import json
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.classifier import DEFAULTS, training_examples
from bot.nlu.featurizer import SentenceFeaturizer
from bot.nlu.head import Options, cross_validate
from bot.nlu.reading import DOUBT, TOPIC, Reading, readings_of
from bot.nlu.scope import ScopeGate, fit

_FILE = "gate.json"
OPEN_GATE = ScopeGate(0.0, 1.0, 0.0, 1.0, -1e9, 1.1, 0.0)
"""Lets everything pass: for a model trained on too little to measure anything."""


def settle(message: Message, reading: Reading) -> None:
    """Make the reading's topic the message's, and its intent what the dialogue is to act on."""
    name = DEFAULT_NLU_FALLBACK_INTENT_NAME if reading.in_doubt else reading.topic
    message.set(INTENT, {"name": name, "confidence": reading.confidence}, add_to_output=True)
    message.set(TOPIC, reading.topic, add_to_output=True)
    message.set(DOUBT, reading.in_doubt, add_to_output=True)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class OutOfScopeGate(GraphComponent, IntentClassifier):
    """Judges every reading; the message's `topic` stays the likeliest even when in doubt."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See bot.nlu.scope.fit; the others as in IntentHead, so that the cross-validation is shared."""
        return {"keep": 0.98, "none": 0.4, "doubt": 0.5, **DEFAULTS}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> OutOfScopeGate:
        """A gate that is open until it is trained."""
        return cls(config, model_storage, resource, OPEN_GATE)

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, gate: ScopeGate
    ) -> None:
        self._config = config
        self._storage = model_storage
        self._resource = resource
        self._gate = gate

    @classmethod
    def required_components(cls) -> list[type]:
        """Vectors to measure on. (Not the classifier: training asks for what trains before it, and that does not.)"""
        return [SentenceFeaturizer]

    def train(self, training_data: TrainingData) -> Resource:
        """Measure the thresholds by cross-validation."""
        examples = training_examples(training_data)
        smallest = min((examples.labels.count(name) for name in set(examples.labels)), default=0) if examples else 0
        if examples is not None and smallest >= 2:
            config = self._config
            result = cross_validate(examples, Options.of(config))
            shares = (float(config["keep"]), float(config["none"]), float(config["doubt"]))
            self._gate = fit(result, result.temperature(), *shares)
        with self._storage.write_to(self._resource) as folder:
            (folder / _FILE).write_text(json.dumps(self._gate.as_dict()), encoding="utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> OutOfScopeGate:
        """The gate with its measured thresholds."""
        with model_storage.read_from(resource) as folder:
            values = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        return cls(config, model_storage, resource, ScopeGate(**values))

    def process(self, messages: list[Message]) -> list[Message]:
        """Judge the readings and settle the message by the whole."""
        for message in messages:
            readings = readings_of(message)
            for reading in readings:
                reading.topic, reading.confidence, reading.in_doubt = self._gate.judge(
                    reading.probabilities, reading.cosine
                )
            if readings:
                settle(message, readings[0])
        return messages

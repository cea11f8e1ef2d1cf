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
from bot.nlu.fingerprint import code_digest
from bot.nlu.head import OUT_OF_SCOPE, Options, unseen
from bot.nlu.reading import DOUBT, LANGUAGE, SCOPE, TOPIC, Reading, readings_of
from bot.nlu.scope import OPEN_GATE, ScopeGate, fit
from bot.nlu.spanish import spanish_topic
from bot.nlu.text import says_nothing

_FILE = "gate.json"


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
        return {"keep": 0.97, "doubt": 0.6, **DEFAULTS}

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

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Other code behind this component makes another model."""
        return code_digest()

    def train(self, training_data: TrainingData) -> Resource:
        """Measure the thresholds by cross-validation."""
        examples = training_examples(training_data)
        smallest = min((examples.labels.count(name) for name in set(examples.labels)), default=0) if examples else 0
        if examples is not None and smallest >= 2:
            config = self._config
            result = unseen(examples, Options.of(config))
            shares = (float(config["keep"]), float(config["doubt"]))
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
                self._judge(reading)
            if readings:
                if says_nothing(readings[0].piece.text):
                    for reading in readings:
                        reading.in_doubt = True
                spanish = spanish_topic(readings[0].piece.text)
                if spanish or (message.get(LANGUAGE) == "es" and not readings[0].by_heart):
                    # Else nothing to ask again about: the dialogue answers that it understands English only.
                    readings[0].topic, readings[0].confidence = spanish or OUT_OF_SCOPE, 1.0
                    readings[0].in_doubt = False
                    for part in readings[1:]:  # no part of it is a question that we know
                        part.in_doubt = True
                settle(message, readings[0])
                score = self._gate.score(readings[0].probabilities, readings[0].cosine)
                message.set(SCOPE, score, add_to_output=True)
        return messages

    def _judge(self, reading: Reading) -> None:
        """A text known by heart passes as what it is; any other is measured."""
        if reading.by_heart:
            reading.topic = reading.by_heart
            reading.confidence, reading.in_doubt = reading.probabilities[reading.by_heart], False
            reading.cosine = 1.0 if reading.by_heart != OUT_OF_SCOPE else reading.cosine
        else:
            reading.topic, reading.confidence, reading.in_doubt = self._gate.judge(
                reading.probabilities, reading.cosine
            )

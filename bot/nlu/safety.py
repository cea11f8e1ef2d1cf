"""Pipeline step, the last: the safety check of bot.safety with the classifier's opinion. An emergency beats every
topic."""

from __future__ import annotations

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

from bot.nlu.choice import MOST
from bot.nlu.encoder import cache_folder, tuned_encoder
from bot.nlu.featurizer import SentenceFeaturizer
from bot.nlu.fingerprint import code_digest
from bot.nlu.head import OUT_OF_SCOPE
from bot.nlu.reading import DOUBT, SAFETY, TOPIC, TOPICS, Reading, readings_of
from bot.nlu.repair import known_words, reading_of, speller
from bot.nlu.safety_head import (
    LANGUAGES,
    SIGNS,
    SafetyModel,
    class_of,
    danger,
    data_digest,
    fit,
    safety_examples,
    signs_row,
    strongest,
)
from bot.nlu.sentences import Piece
from bot.nlu.text import plain
from bot.nlu.vectors import describe_all
from bot.nlu.weights import Array
from bot.safety import Assessment, Signs, assess, conclude, examine

_SEVERITY = {"none": 0, "check": 1, "emergency": 2}
_DISTRESS = "express_distress"
# Below this no ordinary topic is worth an answer to a message that the classifier takes for a crisis.
_ORDINARY_FROM = 0.25
# From here on a crisis class leads by itself: it has more than all the others together.
_CLEAR = 0.5
_FILE = "safety.npz"
VECTOR_WEIGHT = 0.5
"""The tuned vectors know the training texts too well; less of them, and what the words say counts for more."""
CLEAR_PART = 0.9
"""From this danger on a part of a message speaks for the whole, unless the whole shows hardly any."""
HARDLY = 0.05


def judge(text: str, readings: list[Reading], model: SafetyModel | None) -> Assessment:
    """The most severe assessment of the message as typed and as repaired, with the classifier's opinion of it.

    Without a model (nothing to train on) the rules decide alone.
    """
    signs = examine(text)
    opinion = opinion_of(signs, readings, model) if model else {}
    found = conclude(signs, opinion or None)
    if readings and readings[0].repaired.changed:
        again = assess(readings[0].repaired.text, opinion or None)
        found = max(found, again, key=lambda item: _SEVERITY[item.level])
    return found


def opinion_of(signs: Signs, readings: list[Reading], model: SafetyModel) -> dict[str, float]:
    """The classifier's opinion of the message; of one of its parts where that speaks clearly of danger.

    An emergency in one sentence of a long message must not drown in the others; but a sentence out of its context often
    sounds worse than it is, so it has to be clear. {} of a message that cannot be read.
    """
    judged = [
        (part, model.opinion(*_features(reading, part)))
        for number, reading in enumerate(readings)
        if len(reading.vectors)
        for part in [signs if number == 0 else examine(reading.piece.text)]
    ]
    if not judged:
        return {}
    whole, clearest = judged[0][1], strongest(opinion for _, opinion in judged[1:])
    speaks = danger(clearest) >= max(CLEAR_PART, danger(whole)) and danger(whole) >= HARDLY
    if speaks:
        return clearest
    # "I can't do this anymore, what does it cost": where a rule sees a sign too, distress counts in its own part.
    sad = max((opinion["distress"] for part, opinion in judged if _veiled(part)), default=0.0)
    return {**whole, "distress": max(whole["distress"], sad)}


def _veiled(signs: Signs) -> bool:
    """Whether the rules see a sign of despair that may be no more than a bad day."""
    return signs.level == "check" and signs.findings[0].category == "suicide"


def _features(reading: Reading, signs: Signs) -> tuple[Array, list[str]]:
    """Rows of features and their texts: as typed and as repaired."""
    count, width = reading.vectors.shape
    rows = np.empty((count, width + SIGNS), dtype=np.float32)
    np.multiply(reading.vectors, np.float32(VECTOR_WEIGHT), out=rows[:, :width])
    rows[:, width:] = signs_row(signs)
    return rows, reading.texts


def _learn(training_data: TrainingData) -> SafetyModel:
    """Train on the topics' examples and data/safety."""
    known = [
        (readings[0], class_of(str(example.get(INTENT))))
        for example in training_data.intent_examples
        if (readings := readings_of(example)) and len(readings[0].vectors)
    ]
    repairs = speller(known_words(training_data))
    for language in LANGUAGES:
        for text, name in safety_examples(language):
            known.append((reading_of(Piece(plain(text), 0, len(plain(text))), repairs), name))
    return learn(known)


def learn(known: list[tuple[Reading, str]]) -> SafetyModel:
    """Train on readings and their classes (OPINIONS); vectors that a reading does not have yet are filled in."""
    describe([reading for reading, _ in known if not len(reading.vectors)])
    rows: list[Array] = []
    texts: list[str] = []
    classes: list[str] = []
    for reading, name in known:
        dense, read = _features(reading, examine(reading.piece.text))
        rows.append(dense)
        texts += read
        classes += [name] * len(read)
    return fit(np.concatenate(rows), texts, classes)


def describe(readings: list[Reading]) -> None:
    """Fill in the vectors of these readings."""
    texts = [text for reading in readings for text in reading.texts]
    vectors = describe_all(tuned_encoder(), texts, cache_folder())
    start = 0
    for reading in readings:
        reading.vectors = vectors[start : start + len(reading.texts)]
        start += len(reading.texts)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SafetyCheck(GraphComponent, IntentClassifier):
    """Sets `safety`; no option switches it off. A crisis is the intent only when bot.safety says emergency."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SafetyCheck:
        """An untrained check: the rules alone."""
        return cls(model_storage, resource, None)

    def __init__(self, model_storage: ModelStorage, resource: Resource, model: SafetyModel | None) -> None:
        self._storage = model_storage
        self._resource = resource
        self._model = model

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Training reads data/safety and the rules too, of which Rasa knows nothing."""
        return code_digest() + data_digest()

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the classifier. Raises SafetyDataError where data/safety is missing or broken."""
        self._model = _learn(training_data)
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder / _FILE)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SafetyCheck:
        """The trained check; raises when its file is not in the model, for rules alone are half of it."""
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, SafetyModel.load(folder / _FILE))

    @classmethod
    def required_components(cls) -> list[type]:
        """Vectors to classify."""
        return [SentenceFeaturizer]

    def process(self, messages: list[Message]) -> list[Message]:
        """Assess every message and let an emergency go first."""
        for message in messages:
            text: str = message.get(TEXT) or ""
            readings = readings_of(message)
            found = judge(text, readings, self._model)
            message.set(SAFETY, found.to_dict(), add_to_output=True)
            if found.level == "emergency" and found.topic:
                _raise(message, found.topic, text)
            else:
                _lower(message, readings, found.level)
        return messages


def _raise(message: Message, topic: str, text: str) -> None:
    """The crisis becomes the message's topic; questions beside it stay behind it."""
    others = [item for item in message.get(TOPICS) or [] if item["name"] != topic]
    intent = {"name": topic, "confidence": 1.0}
    ranking = [item for item in message.get(INTENT_RANKING_KEY) or [] if item["name"] != topic]
    message.set(INTENT, intent, add_to_output=True)
    message.set(INTENT_RANKING_KEY, [intent, *ranking], add_to_output=True)
    message.set(TOPICS, [{**intent, "text": text}, *others][:MOST], add_to_output=True)
    message.set(TOPIC, topic, add_to_output=True)
    message.set(DOUBT, False, add_to_output=True)


def _lower(message: Message, readings: list[Reading], level: str) -> None:
    """A crisis topic without an emergency is no crisis intent: the likeliest ordinary topic is answered, else distress.

    `topic` stays the crisis, for the review, only where there is a check and the class leads by itself; otherwise it
    is the ordinary topic.
    """
    topics = [item for item in message.get(TOPICS) or [] if not item["name"].startswith("crisis_")]
    message.set(TOPICS, topics, add_to_output=True)
    intent = message.get(INTENT) or {}
    if not str(message.get(TOPIC) or intent.get("name")).startswith("crisis_"):
        return
    said = readings[0].probabilities if readings else {}
    ordinary = {name: p for name, p in said.items() if not name.startswith("crisis_") and name != OUT_OF_SCOPE}
    best = max(ordinary, key=lambda name: ordinary[name], default=_DISTRESS)
    if message.get(DOUBT):  # asks again, whatever it is about
        message.set(TOPIC, best, add_to_output=True)
        return
    if not topics:
        name = best if ordinary.get(best, 0.0) >= _ORDINARY_FROM else _DISTRESS
        topics = [{"name": name, "confidence": ordinary.get(name, 0.0), "text": message.get(TEXT) or ""}]
        message.set(TOPICS, topics, add_to_output=True)
    message.set(INTENT, {"name": topics[0]["name"], "confidence": topics[0]["confidence"]}, add_to_output=True)
    if level != "check" or max((p for name, p in said.items() if name.startswith("crisis_")), default=0.0) < _CLEAR:
        message.set(TOPIC, topics[0]["name"], add_to_output=True)

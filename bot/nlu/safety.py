"""Pipeline step, the last: the safety check of bot.safety with the classifier's opinion. An emergency beats every
topic."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.choice import MOST
from bot.nlu.head import OUT_OF_SCOPE
from bot.nlu.reading import DOUBT, SAFETY, TOPIC, TOPICS, Reading, readings_of
from bot.safety import Assessment, assess

_SEVERITY = {"none": 0, "check": 1, "emergency": 2}
_DISTRESS = "express_distress"
# Below this no ordinary topic is worth an answer to a message that the classifier takes for a crisis.
_ORDINARY_FROM = 0.25
# From here on a crisis class leads by itself: it has more than all the others together.
_CLEAR = 0.5


def judge(text: str, readings: list[Reading]) -> Assessment:
    """The most severe assessment of the message as typed and as repaired.

    The crisis topics' probabilities are those of the whole or of the part that shows most of them: a crisis in one
    sentence of a
    long message must not drown in the others.
    """
    probabilities: dict[str, float] = {}
    for reading in readings:
        if sum(p for name, p in reading.probabilities.items() if name.startswith("crisis_")) >= sum(
            p for name, p in probabilities.items() if name.startswith("crisis_")
        ):
            probabilities = reading.probabilities
    found = assess(text, probabilities or None)
    if readings and readings[0].repaired.changed:
        again = assess(readings[0].repaired.text, probabilities or None)
        found = max(found, again, key=lambda item: _SEVERITY[item.level])
    return found


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
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
        """The component; it has nothing to learn."""
        return cls()

    @classmethod
    def required_components(cls) -> list[type]:
        """A classifier comes first."""
        return [IntentClassifier]

    def process(self, messages: list[Message]) -> list[Message]:
        """Assess every message and let an emergency go first."""
        for message in messages:
            text: str = message.get(TEXT) or ""
            readings = readings_of(message)
            found = judge(text, readings)
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

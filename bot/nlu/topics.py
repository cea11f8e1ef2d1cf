"""Pipeline step: `topics`, the distinct things that a message asks for, and `elliptical`."""

from __future__ import annotations

import re
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.choice import choose, leans
from bot.nlu.reading import DOUBT, ELLIPTICAL, TOPIC, TOPICS, readings_of

ANSWERS = frozenset({"affirm", "deny"})
_ASKED = re.compile(r"^\W*(?:do|does|did|is|are|was|will|would|can|could|should)\b|\?\W*$", re.IGNORECASE)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class SeveralTopics(GraphComponent, IntentClassifier):
    """Chooses between the whole message's topic and its parts'; the first of them becomes the intent."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`least`: confidence that a part of a message needs to count as a question of its own."""
        return {"least": 0.6}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SeveralTopics:
        """The component; it has nothing to learn."""
        return cls(config)

    def __init__(self, config: dict[str, Any]) -> None:
        self._least = float(config["least"])

    @classmethod
    def required_components(cls) -> list[type]:
        """A classifier comes first."""
        return [IntentClassifier]

    def process(self, messages: list[Message]) -> list[Message]:
        """Set `topics`; when there are any, the first is the message's topic and intent."""
        for message in messages:
            chosen = choose(readings_of(message), self._least)
            message.set(TOPICS, [topic.as_dict() for topic in chosen], add_to_output=True)
            if chosen:
                message.set(INTENT, {"name": chosen[0].name, "confidence": chosen[0].confidence}, add_to_output=True)
                message.set(TOPIC, chosen[0].name, add_to_output=True)
                message.set(DOUBT, False, add_to_output=True)
            facts = [(fact["start"], fact["end"]) for fact in message.get(ENTITIES) or []]
            elliptical = leans(message.get(TEXT) or "", facts)
            message.set(ELLIPTICAL, elliptical, add_to_output=True)
            if elliptical and chosen and chosen[0].name in ANSWERS and _ASKED.search(message.get(TEXT) or ""):
                # "Does that thing count" asks and leans on what was said: it is no yes.
                fallback = {"name": DEFAULT_NLU_FALLBACK_INTENT_NAME, "confidence": chosen[0].confidence}
                message.set(INTENT, fallback, add_to_output=True)
                message.set(TOPICS, [], add_to_output=True)
                message.set(DOUBT, True, add_to_output=True)
        return messages

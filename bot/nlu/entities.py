"""Pipeline step: the facts in a message, with normalised values and their place in the text as typed
(docs/architecture.md)."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.facts import find_facts
from bot.nlu.reading import readings_of
from bot.nlu.text import plain


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class FactExtractor(GraphComponent, EntityExtractorMixin):
    """Sets `entities` by rules; each carries a confidence by its evidence (bot/nlu/entity_context.py)."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> FactExtractor:
        """The component; it has nothing to learn."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the facts to each message."""
        for message in messages:
            readings = readings_of(message)
            repaired = readings[0].repaired if readings else None
            facts = [
                {
                    "entity": fact.entity,
                    "value": fact.value,
                    "start": fact.start,
                    "end": fact.end,
                    "extractor": type(self).__name__,
                    "confidence_entity": fact.confidence,
                }
                for fact in find_facts(plain(message.get(TEXT) or ""), repaired)
            ]
            message.set(ENTITIES, [*message.get(ENTITIES, []), *facts], add_to_output=True)
        return messages

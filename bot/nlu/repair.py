"""Pipeline step: cuts a message into readings and repairs their typing; the text as typed stays untouched."""

from __future__ import annotations

import json
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.encoder import shared_vocabulary
from bot.nlu.entity_patterns import entity_words
from bot.nlu.fingerprint import code_digest
from bot.nlu.reading import LANGUAGE, READINGS, REPAIRED, Reading
from bot.nlu.sentences import Piece, pieces, read
from bot.nlu.spelling import Repaired, Speller, general_words, learn
from bot.nlu.text import is_legible, looks_spanish, plain
from bot.nlu.word_pairs import Learned

_FILE = "words.json"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class MessageRepair(GraphComponent):
    """Adds `repaired` (shown in the parse result) and the readings that the next components fill in."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> MessageRepair:
        """A component that has not seen training texts yet."""
        return cls(model_storage, resource, Learned())

    def __init__(self, model_storage: ModelStorage, resource: Resource, learned: Learned) -> None:
        self._storage = model_storage
        self._resource = resource
        self._speller = speller(learned)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Other code behind this component makes another model."""
        return code_digest()

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the words of the training texts."""
        learned = known_words(training_data)
        self._speller = speller(learned)
        with self._storage.write_to(self._resource) as folder:
            (folder / _FILE).write_text(json.dumps(learned.as_dict()), encoding="utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> MessageRepair:
        """The component with the words that training kept."""
        with model_storage.read_from(resource) as folder:
            data = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        return cls(model_storage, resource, Learned.from_dict(data))

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """One reading of each whole example: parts of an example have no label of their own."""
        for example in training_data.training_examples:
            if example.get(TEXT):
                example.set(READINGS, [self._reading(_whole(plain(example.get(TEXT))))])
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Readings of the whole message and, when there are several, of its parts."""
        for message in messages:
            text = plain(message.get(TEXT) or "")
            whole = self._reading(_whole(text))
            parts = pieces(read(text)) if whole.legible else []
            message.set(READINGS, [whole, *(self._reading(part) for part in parts if len(parts) > 1)])
            message.set(REPAIRED, whole.repaired.text, add_to_output=True)
            message.set(LANGUAGE, whole.language, add_to_output=True)
        return messages

    def _reading(self, piece: Piece) -> Reading:
        return reading_of(piece, self._speller)


def reading_of(piece: Piece, repairs: Speller) -> Reading:
    """What is known of a text before it is encoded. Spanish words are left alone: each is near to an English one."""
    if looks_spanish(piece.text):
        return Reading(piece, is_legible(piece.text), Repaired(piece.text.lower()), language="es")
    return Reading(piece, is_legible(piece.text), repairs.repair(piece.text))


def known_words(training_data: TrainingData) -> Learned:
    """The words of the training texts that a speller may repair to, and their pairs."""
    texts = [example.get(TEXT) for example in training_data.training_examples if example.get(TEXT)]
    return learn(texts, general_words(shared_vocabulary()), entity_words())


def speller(learned: Learned) -> Speller:
    """A speller for these training words, the encoder's whole words and the words of our entities."""
    return Speller(learned, general_words(shared_vocabulary()), entity_words())


def _whole(text: str) -> Piece:
    return Piece(text, 0, len(text))

"""Rasa's tokens from spaCy's English tokenizer; needs no model to be downloaded."""

from __future__ import annotations

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.sentences import read
from bot.nlu.text import plain


class _Token(Token):
    """Rasa asks every token of the training data for a fingerprint, several times; its own takes seconds in all."""

    def fingerprint(self) -> str:
        """What tells it from any other: its text and place."""
        return f"{self.start} {self.text}"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class SpacyTokens(Tokenizer):
    """spaCy's rule-based tokenizer; markup and control characters become space, offsets are those of the text as
    typed."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Rasa's options of every tokenizer: intents are not split."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_"}

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """The tokens of one attribute; one token for a text that holds none, as Rasa's own tokenizers do."""
        text: str = message.get(attribute)
        doc = read(plain(text))
        tokens: list[Token] = [_Token(token.text, token.idx) for token in doc if not token.is_space]
        return tokens or [Token(text, 0)]

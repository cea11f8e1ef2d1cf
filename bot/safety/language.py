"""English or Spanish: told by the frequent words of either (rules/language.yml), so that the front can tell too."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from importlib.resources import files

import yaml

from bot.safety.assessment import Language

_WORD = re.compile(r"[a-z']+")


@lru_cache(maxsize=1)
def _table() -> dict[str, frozenset[str]]:
    text = files("bot.safety").joinpath("rules", "language.yml").read_text(encoding="utf-8")
    return {language: frozenset(words.split()) for language, words in yaml.safe_load(text).items()}


def folded(text: str) -> str:
    """Lower case, without accents: many who write Spanish on a phone leave them out."""
    lowered = text.lower()
    if lowered.isascii():
        return lowered
    return "".join(c for c in unicodedata.normalize("NFD", lowered) if not unicodedata.combining(c))


def _words(text: str) -> list[str]:
    return [word.replace("'", "") for word in _WORD.findall(folded(text))]


@lru_cache(maxsize=32)  # a message is asked about several times
def _counts(text: str) -> tuple[int, int, int]:
    words = _words(text)
    table = _table()
    return len(words), sum(word in table["spanish"] for word in words), sum(word in table["english"] for word in words)


def may_be_spanish(text: str) -> bool:
    """Whether to read the text by the Spanish rules too: one word of it is Spanish, or no frequent one is English."""
    _, spanish, english = _counts(text)
    return spanish > 0 or english == 0


def looks_spanish(text: str) -> bool:
    """Whether the whole reads as Spanish, which the English encoder would classify at random.

    A name ("El Camino", "La Mesa") or a few words inside an English message are not enough.
    """
    words, spanish, english = _counts(text)
    marked = "\u00bf" in text or "\u00a1" in text
    return spanish > english and (marked or (spanish >= 2 and spanish * 4 >= words))


def looks_english(text: str) -> bool:
    """Whether at least two frequent words are English, and more than are Spanish: enough to change back to English."""
    _, spanish, english = _counts(text)
    return english >= 2 and english > spanish


def language_of(text: str, before: str = "en") -> Language:
    """`en` or `es`: the message's own where it tells, else the one of the messages `before` it."""
    words = _words(text)
    if looks_spanish(text) or (words and set(words) <= _table()["alone"]):
        return "es"
    return "en" if looks_english(text) or not before.lower().startswith("es") else "es"

"""What is said about a request, in the language of whoever reads it: the texts of words_en.yml and words_es.yml.

A `Phrase` is English as it stands and tells itself in another language by `into`; the phrases that fill it follow. So
a message is worded once, and each conversation that it goes to reads it in its own language.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from bot.program.times import joined

ENGLISH, SPANISH = "en", "es"
LANGUAGES = (ENGLISH, SPANISH)
_E = re.compile(r"h?i(?!e)", re.IGNORECASE)
"""Before such a beginning Spanish says "e" for "y"."""


class Phrase(str):
    """Words in English that know themselves in other languages."""

    def __new__(cls, make: Callable[[str], str]) -> "Phrase":
        """`make` gives the words for a language of LANGUAGES."""
        phrase = super().__new__(cls, make(ENGLISH))
        phrase._make = make
        return phrase

    _make: Callable[[str], str]

    def into(self, locale: str) -> str:
        """The words for readers of this language tag, as plain text."""
        return self._make(language(locale))


def language(locale: str | None) -> str:
    """The language of LANGUAGES for a tag such as "es-MX"; English for those that we have no words in."""
    short = (locale or ENGLISH)[:2].lower()
    return short if short in LANGUAGES else ENGLISH


def into(words: str, locale: str | None) -> str:
    """The words in this language, where they know themselves in it."""
    return words.into(locale or ENGLISH) if isinstance(words, Phrase) else words


def phrase(key: str, **fields: Any) -> Phrase:
    """The text of this key ("status.claimed") with its fields filled in; each field may be a phrase itself."""
    return Phrase(lambda locale: _fill(str(text_of(key, locale)), locale, fields))


def either(key: str, **fields: Any) -> tuple[Phrase, Phrase]:
    """The text of this key for the web, and for SMS: its own words there, where the key has some."""
    return _variant(key, "web", fields), _variant(key, "sms", fields)


def listed(items: Sequence[str]) -> Phrase:
    """A list as people write it, in either language: "a, b and c"."""

    def make(locale: str) -> str:
        words = [into(item, locale) for item in items]
        if locale == ENGLISH or not words:
            return joined(words)
        return joined(words, "e" if _E.match(words[-1]) else "y")

    return Phrase(make)


def together(words: Iterable[str], between: str = " ") -> Phrase:
    """Those of the words that are not empty, one after the other."""
    held = list(words)
    return Phrase(lambda locale: between.join(text for word in held if (text := into(word, locale))))


def text_of(key: str, locale: str) -> Any:
    """What stands under a key in a language of LANGUAGES. Raises KeyError for a key that is not there."""
    found: Any = tables()[locale]
    for part in key.split("."):
        found = found[part]
    return found


@lru_cache(maxsize=1)
def tables() -> dict[str, dict[str, Any]]:
    """The texts by language."""
    return {
        locale: yaml.safe_load(files("bot.handoff").joinpath(f"words_{locale}.yml").read_text(encoding="utf-8"))
        for locale in LANGUAGES
    }


def _variant(key: str, channel: str, fields: dict[str, Any]) -> Phrase:
    def make(locale: str) -> str:
        text = text_of(key, locale)
        return _fill(text[channel] if isinstance(text, dict) else text, locale, fields)

    return Phrase(make)


def _fill(template: str, locale: str, fields: dict[str, Any]) -> str:
    """The text with its fields; where one is empty, no gap is left."""
    text = template.format(**{name: into(value, locale) for name, value in fields.items()})
    return re.sub(r"(?<=\n) +", "", re.sub(r" {2,}", " ", text)).strip()

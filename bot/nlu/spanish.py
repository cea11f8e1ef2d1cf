"""What a message in Spanish asks of the hand-off, or answers to a question of ours, by the patterns of spanish.yml."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

import yaml

from bot.nlu.text import folded

_POLITE = r"(?: (?:por favor|porfa(?:vor)?|gracias|muchas gracias))*"


def spanish_topic(text: str) -> str | None:
    """The topic that the words name in Spanish; None when they name none, or are not Spanish."""
    plain = " ".join(re.sub(r"[^\w]+", " ", folded(text)).split())
    return next((topic for topic, pattern in _patterns() if pattern.search(plain)), None)


@lru_cache(maxsize=1)
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    """Topic and pattern; a request to be left alone stands before one to be called, whose words it holds."""
    table = yaml.safe_load(files("bot.nlu").joinpath("spanish.yml").read_text(encoding="utf-8"))
    within = [(topic, "|".join(patterns)) for topic, patterns in table["within"].items()]
    whole = [
        # Folded lines of YAML are joined by a space, which a pattern does not mean.
        (topic, rf"^(?:por favor )?(?:{re.sub(r'(?<=[|(]) ', '', words)}){_POLITE}$")
        for topic, words in table["whole"].items()
    ]
    return [(topic, re.compile(pattern)) for topic, pattern in [*whole, *within]]

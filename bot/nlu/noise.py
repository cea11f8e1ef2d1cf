"""Typing mistakes as thumbs make them, for training and for measuring what they cost."""

import random
import string

SHARE = 0.15  # of the words of four letters or more


def mistype(text: str, chance: random.Random, share: float = SHARE) -> str:
    """The text with mistakes in about this share of its longer words: a letter lost, doubled, swapped or another."""
    return " ".join(_slip(word, chance) if len(word) > 3 and chance.random() < share else word for word in text.split())


def _slip(word: str, chance: random.Random) -> str:
    at = chance.randrange(len(word) - 1)
    kind = chance.randrange(4)
    if kind == 0:
        return word[:at] + word[at + 1 :]
    if kind == 1:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if kind == 2:
        return word[: at + 1] + word[at:]
    return word[:at] + chance.choice(string.ascii_lowercase) + word[at + 1 :]

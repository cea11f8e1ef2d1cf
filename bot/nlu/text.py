"""A message made safe to read, without moving any character: offsets found in the result hold in the original."""

import re
import unicodedata
from collections import Counter

from bot.safety.language import looks_spanish as looks_spanish

MAX_CHARACTERS = 2000
"""What is read of one message; people ask at the start, and 128 word pieces are read at a time anyway."""

_STRAIGHT = str.maketrans({"‘": "'", "’": "'", "ʼ": "'", "`": "'", "´": "'", "“": '"', "”": '"', "–": "-", "—": "-"})
_MARKUP = re.compile(
    r"<(script|style)\b[^<>]{0,300}>.*?</\1\s*>|<[/!?]?[a-zA-Z][^<>]{0,300}>|<!--.{0,300}?-->|&(?:[a-z]{2,8}|#\d{1,6});",
    re.DOTALL | re.IGNORECASE,
)
_LATIN_WORD = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ]{2,}")
_WORD = re.compile(r"\w+")
MANY, TIMES, OTHERS, ENDLESS = 24, 6, 2, 60
"""From so many words on, of which each stands there so many times but for a few others, a text says one thing over and
over. No word of any language that we read has so many letters."""
_ODD = re.compile(r"[^\x20-\x7e]")


def _one(char: str) -> str:
    kind = unicodedata.category(char)
    if (kind[0] == "C" and kind != "Cs") or kind[0] == "Z":
        return " "
    return "\ufffd" if kind == "Cs" else char


def plain(text: str) -> str:
    """The first 2,000 characters: straight quotes, no control characters, markup blanked; every offset is kept."""
    text = _ODD.sub(lambda found: _one(found[0]) if found[0] != "\n" else "\n", text[:MAX_CHARACTERS])
    return _MARKUP.sub(lambda found: " " * len(found[0]), text.translate(_STRAIGHT))


def folded(text: str) -> str:
    """Lower case, without accents: many who write Spanish on a phone leave them out."""
    text = text.lower()
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def is_legible(text: str) -> bool:
    """Whether there is a word in Latin letters to classify: not so for emoji, digits, punctuation and other scripts
    alone."""
    words = sum(len(word) for word in _LATIN_WORD.findall(text))
    letters = sum(char.isalpha() for char in text)
    return words > 0 and words * 2 >= letters


def says_nothing(text: str) -> bool:
    """Whether a text that has letters is no message all the same: one thing over and over, or one endless word.

    What it is made of ("UA" a thousand times) may well be a word of ours, and the classifier is sure of it then.
    """
    words = _WORD.findall(text.lower())
    longest = max(map(len, words), default=0)
    often = Counter(words)
    others = sum(count < TIMES for count in often.values())
    repeated = len(words) >= MANY and others <= OTHERS and len(often) * TIMES <= len(words)
    return repeated or (longest > ENDLESS and longest * 2 > sum(map(len, words)))

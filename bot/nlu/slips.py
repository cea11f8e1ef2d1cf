"""The words that a misspelled one may stand for, each with the cost of the slips between them.

Two slips at most count (Damerau's: a letter lost, too many, another, or two swapped), and either the first or the last
letter is right; a word that sounds alike counts from further away ("trtmnt", "alchahol"), when it is one of the field.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from itertools import pairwise

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

Cost = float
"""Negative log probability of having typed the one word for the other."""
_SLIP, _FURTHER = 4.2, 5.2
_SECOND, _SECOND_OF_LONG = 6.2, 4.2  # two slips of a short word lead to words that have nothing to do with it
_EASY, _SOUNDS, _OTHER_START = -0.6, -1.0, 0.8
_TRIFLE = 0.5  # a lost apostrophe, a stretched letter
_SHORT, _LONG = 5, 8  # letters; below the first a word has one slip at most
_MOST = 12  # words kept
_CACHE_SIZE = 20_000
_STRETCHED = re.compile(r"(.)\1{2,}")

_SOUND = [
    *[("tion", "shn"), ("sion", "shn"), ("cian", "shn"), ("ph", "f"), ("ght", "t"), ("ck", "k"), ("qu", "kw")],
    *[("x", "ks"), ("wh", "w"), ("wr", "r"), ("dg", "j"), ("ce", "s"), ("ci", "s"), ("cy", "s"), ("c", "k")],
    *[("q", "k"), ("z", "s"), ("y", "i")],
]
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def _neighbours() -> frozenset[str]:
    beside = [pair for row in _ROWS for pair in pairwise(row)]
    below = [pair for upper, lower in pairwise(_ROWS) for pair in zip(upper, lower, strict=False)]
    aslant = [pair for upper, lower in pairwise(_ROWS) for pair in zip(upper[1:], lower, strict=False)]
    return frozenset(order for a, b in [*beside, *below, *aslant] for order in (a + b, b + a))


_NEIGHBOURS = _neighbours()


def sound(word: str) -> str:
    """The consonants that are heard, after the first letter: alike for words that sound alike."""
    heard = word.removeprefix("k") if word.startswith("kn") else word
    for written, spoken in _SOUND:
        heard = heard.replace(written, spoken)
    key = "a" if heard[0] in "aeiou" else heard[0]
    for letter in heard[1:]:
        if letter not in "aeiouh" and letter != key[-1]:
            key += letter
    return key


def _is_easy(typed: str, meant: str) -> bool:
    """Whether the one slip between them is one of the hand: a letter lost, swapped, or taken by a neighbouring key."""
    if len(typed) < len(meant):
        return True
    if len(typed) == len(meant):
        pairs = [(a, b) for a, b in zip(typed, meant, strict=True) if a != b]
        return len(pairs) == 2 or "".join(pairs[0]) in _NEIGHBOURS
    at = next((i for i, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b), len(meant))
    around = typed[max(at - 1, 0) : at] + typed[at + 1 : at + 2]
    return any(near == typed[at] or near + typed[at] in _NEIGHBOURS for near in around)


def cost(typed: str, meant: str, slips: int) -> Cost:
    """What so many slips cost: less where the hand or the ear explains them, more at the first letter."""
    total = _SLIP + (_SECOND if len(meant) < _LONG else _SECOND_OF_LONG) * (slips - 1)
    if typed[0] != meant[0]:
        total += _OTHER_START
    if sound(typed) == sound(meant):
        return total + _SOUNDS * slips
    return total + _EASY if slips == 1 and _is_easy(typed, meant) else total


class Slips:
    """Finds the words that a typed one may stand for. An apostrophe counts as no letter: it is what gets lost first."""

    def __init__(self, words: Collection[str], by_ear: Iterable[str], rarity: Callable[[str], float]) -> None:
        """Index `words`; those of `by_ear` are found by their sound too. `rarity`: a word's negative log
        probability."""
        self._rarity = rarity
        plain = [word for word in dict.fromkeys(words) if len(word) > 1 and word.isalpha() and word.isascii()]
        taken = frozenset(plain)
        self._apart = {bare: word for word in words if (bare := word.replace("'", "")) != word and bare.isalpha()}
        self._apart = {bare: word for bare, word in self._apart.items() if bare not in taken and bare.isascii()}
        self._ends: dict[tuple[str, int], list[str]] = {}
        for word in [*plain, *self._apart]:
            self._ends.setdefault((word[0], len(word)), []).append(word)
            self._ends.setdefault((f" {word[-1]}", len(word)), []).append(word)
        self._sounds: dict[str, list[str]] = {}
        for word in by_ear:
            if len(word) > 3 and word in taken:
                self._sounds.setdefault(sound(word), []).append(word)
        self._plain = taken
        self._cache: dict[str, list[tuple[str, Cost]]] = {}

    def meant(self, typed: str) -> list[tuple[str, Cost]]:
        """The likeliest words that a lower-case ASCII word may stand for, itself left out, and what the slips cost."""
        found = self._cache.get(typed)
        if found is None:
            found = self._meant(typed)
            if len(self._cache) < _CACHE_SIZE:
                self._cache[typed] = found
        return found

    def _meant(self, typed: str) -> list[tuple[str, Cost]]:
        most = 1 if len(typed) < _SHORT else 2
        pool = [
            word
            for size in range(len(typed) - most, len(typed) + most + 1)
            for end in (typed[0], f" {typed[-1]}")
            for word in self._ends.get((end, size), ())
        ]
        near = extract(typed, pool, scorer=OSA.distance, score_cutoff=most, limit=None)
        found = {word: cost(typed, word, int(slips)) for word, slips, _ in near if word != typed}
        if typed in self._apart:
            found[typed] = _TRIFLE
        if _STRETCHED.search(typed):  # "heeelp", "soooo"
            shorter = {_STRETCHED.sub(r"\1", typed), _STRETCHED.sub(r"\1\1", typed)}
            found |= dict.fromkeys(shorter & self._plain, _TRIFLE)
        if len(typed) > 3:
            for word in self._sounds.get(sound(typed), ()):
                slips = OSA.distance(typed, word)
                if word not in found and word != typed and slips <= max(3, len(word) // 2):
                    found[word] = _FURTHER + slips - 2 + _SOUNDS
        spelled = [(self._apart.get(word, word), price) for word, price in found.items()]
        return sorted(spelled, key=lambda item: (item[1] + self._rarity(item[0]), item[0]))[:_MOST]

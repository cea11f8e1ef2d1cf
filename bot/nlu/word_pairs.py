"""Which words the training texts hold, how often, and beside which others: what tells the repair of typing which of
several near words is meant, and where a known word makes no sense."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Self

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

EDGE = "."
"""Stands for the start and end of a text and for every mark in it."""
_MUCH_MORE = 5  # times as frequent is the word that a rare one near to it is taken for a slip of
_GENERAL_SHARE = 0.15  # of the probability goes to the general vocabulary, by its rank (Zipf's law)
_FIELD = 3e-5  # the least probability in the field of a word of our entities, before that share
_TRUST = 60.0  # a word's neighbours count fully against its own frequency once it was met so often
_FEW = 1000  # words at least that frequencies are taken over: a handful of texts must not outweigh the language


@dataclass(frozen=True)
class Learned:
    """Counts of the words of the training texts that are spelled as meant, and of their pairs."""

    counts: Mapping[str, int] = field(default_factory=dict)
    pairs: Mapping[tuple[str, str], int] = field(default_factory=dict)

    @classmethod
    def of(cls, lines: Iterable[list[str]], general: frozenset[str], protected: frozenset[str]) -> Self:
        """From the texts' lower-case words, with marks as EDGE.

        Training texts hold typos on purpose: a word that no vocabulary holds does not count when it is one slip away
        from a much more frequent one.
        """
        framed = [[EDGE, *line, EDGE] for line in lines]
        met = Counter(word for line in framed for word in line)
        counts = {word: count for word, count in met.items() if _is_known(word, count, general, protected)}
        by_length: dict[int, list[str]] = {}
        for word in {*counts, *protected}:
            by_length.setdefault(len(word), []).append(word)
        for word, count in met.items():
            if word not in counts and word.isalpha():
                pool = [near for size in (-1, 0, 1) for near in by_length.get(len(word) + size, ())]
                slips = extract(word, pool, scorer=OSA.distance, score_cutoff=1, limit=None)
                if all(met[near] < _MUCH_MORE * count for near, _, _ in slips):
                    counts[word] = count
        found = Counter(pair for line in framed for pair in pairwise(line))
        return cls(counts, {pair: n for pair, n in found.items() if pair[0] in counts and pair[1] in counts})

    def as_dict(self) -> dict[str, Any]:
        """For a JSON file."""
        return {"counts": self.counts, "pairs": {" ".join(pair): count for pair, count in self.pairs.items()}}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """What `as_dict` gave."""
        pairs = {}
        for pair, count in data["pairs"].items():
            first, second = pair.split(" ")
            pairs[first, second] = count
        return cls(data["counts"], pairs)


def _is_known(word: str, count: int, general: frozenset[str], protected: frozenset[str]) -> bool:
    if word in general or word in protected or word in ("i", "a", EDGE):
        return True
    return "'" in word and count > 1


class Fluency:
    """How well words stand beside each other, as log probabilities."""

    def __init__(self, learned: Learned, general: Iterable[str], protected: Iterable[str]) -> None:
        """Mix the learned frequencies with those of a general vocabulary, which is given most frequent first."""
        general = list(general)
        total = max(sum(learned.counts.values()), _FEW)
        scale = _GENERAL_SHARE / math.log(len(general) + 2)
        self._own = {word: scale / (rank + 20) for rank, word in enumerate(general)}
        for word in protected:
            self._own[word] = max(self._own.get(word, 0.0), _GENERAL_SHARE * _FIELD)
        for word, count in learned.counts.items():
            self._own[word] = self._own.get(word, 0.0) + (1 - _GENERAL_SHARE) * count / total
        self._counts, self._pairs = learned.counts, learned.pairs

    def knows(self, word: str) -> bool:
        """Whether the word has a probability of its own."""
        return word in self._own

    def rarity(self, word: str) -> float:
        """The negative log probability of a known word, whatever stands beside it."""
        return -math.log(self._own[word])

    def score(self, word: str, before: str | None, after: str | None) -> float:
        """The log probability of a known word between its neighbours; those not known, or None, do not count."""
        own = self._own[word]
        total = math.log(own if before is None else self._follows(before, word, own))
        if after is not None and (other := self._own.get(after)):
            total += math.log(self._follows(word, after, other) / other)
        return total

    def _follows(self, before: str, word: str, own: float) -> float:
        return (self._pairs.get((before, word), 0) + _TRUST * own) / (self._counts.get(before, 0) + _TRUST)

    def met(self, before: str, word: str) -> bool:
        """Whether the training texts hold these two side by side."""
        return (before, word) in self._pairs

"""What a text says, as sparse features beside its sentence vector: its words, pairs of words, and runs of characters.

An encoder that was tuned on the training texts knows their answers too well; given weight, the words keep the
classifier honest on texts that nobody has seen (two points of accuracy on the hold-out, three on the examination).
"""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

import numpy as np
from scipy.sparse import csr_matrix, hstack

from bot.nlu.text import folded
from bot.nlu.weights import Array

_TOKEN = re.compile(r"[\w']+")


_RUNS = range(3, 6)  # characters in a run


@dataclass
class Words:
    """TF-IDF of words and pairs of words: sublinear counts, length `weight`."""

    LEAST = 3
    """A term counts from so many texts on."""

    terms: list[str]
    idf: Array
    weight: float

    def __post_init__(self) -> None:
        """Index the terms."""
        self._number = {term: number for number, term in enumerate(self.terms)}

    @staticmethod
    def split(text: str) -> list[str]:
        """The terms of a text."""
        words = _TOKEN.findall(text.lower())
        return words + [f"{a} {b}" for a, b in itertools.pairwise(words)]

    @classmethod
    def learn(cls, texts: list[str], weight: float, least: int | None = None) -> Self:
        """The terms that at least `least` texts hold; none of them with a weight of 0."""
        least = cls.LEAST if least is None else least
        texts = texts if weight else []
        counts = Counter(term for text in texts for term in set(cls.split(text)))
        terms = sorted(term for term, count in counts.items() if count >= least)
        idf = [math.log((1 + len(texts)) / (1 + counts[term])) + 1 for term in terms]
        return cls(terms, np.array(idf, dtype=np.float32), weight)

    def row(self, text: str) -> tuple[list[int], Array]:
        """The numbers of the text's known terms and their values."""
        return self._row(self.split(text))

    def _row(self, terms: Iterable[str]) -> tuple[list[int], Array]:
        counts: dict[int, int] = {}
        for term in terms:
            if (number := self._number.get(term)) is not None:
                counts[number] = counts.get(number, 0) + 1
        numbers = sorted(counts)
        values = np.array([(1 + math.log(counts[number])) for number in numbers], dtype=np.float32) * self.idf[numbers]
        return numbers, (values * (self.weight / max(float(np.linalg.norm(values)), 1e-9))).astype(np.float32)

    def matrix(self, texts: list[str]) -> csr_matrix:
        """One row a text."""
        rows = [self.row(text) for text in texts]
        ends = np.cumsum([0, *(len(numbers) for numbers, _ in rows)])
        numbers = np.array([number for row, _ in rows for number in row], dtype=np.int32)
        values = np.concatenate([np.zeros(0, dtype=np.float32), *(values for _, values in rows)])
        return csr_matrix((values, numbers, ends), shape=(len(texts), len(self.terms)), dtype=np.float32)


class Characters(Words):
    """TF-IDF of runs of three to five characters inside and at the edges of words: spelling that no list foresees."""

    LEAST = 5

    @staticmethod
    def split(text: str) -> list[str]:
        """The runs of a text."""
        words = [f" {word} " for word in _TOKEN.findall(text.lower())]
        return [word[at : at + n] for word in words for n in _RUNS for at in range(len(word) - n + 1)]


@lru_cache(maxsize=32)
def _split(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The terms of both kinds: kept while a message is read, for topics and safety ask about the same texts."""
    text = folded(text)
    return tuple(Words.split(text)), tuple(Characters.split(text))


@dataclass
class Wording:
    """Words and runs of characters side by side; accents and capitals do not count."""

    words: Words
    characters: Characters

    @classmethod
    def learn(cls, texts: list[str], word_weight: float, character_weight: float, least: int | None = None) -> Self:
        """What the texts hold often enough: `least` of them, or as many as each kind asks for."""
        texts = [folded(text) for text in texts]
        return cls(Words.learn(texts, word_weight, least), Characters.learn(texts, character_weight, least))

    def matrix(self, texts: list[str]) -> csr_matrix:
        """One row a text."""
        texts = [folded(text) for text in texts]
        return csr_matrix(hstack([self.words.matrix(texts), self.characters.matrix(texts)]), dtype=np.float32)

    def values(self, text: str, weights: Array) -> Array:
        """The row of one text times `weights` (terms by classes), without making a matrix."""
        in_words, in_runs = _split(text)
        (words, of_words), (runs, of_runs) = self.words._row(in_words), self.characters._row(in_runs)
        after = np.asarray(runs, dtype=np.int64) + len(self.words.terms)
        product: Array = of_words @ weights[np.asarray(words, dtype=np.int64)] + of_runs @ weights[after]
        return product

    def arrays(self) -> dict[str, Any]:
        """What to save; no pickled objects."""
        return {
            f"{name}_{part}": value
            for name, terms in (("words", self.words), ("characters", self.characters))
            for part, value in (
                ("terms", np.array(terms.terms, dtype=np.str_)),
                ("idf", terms.idf),
                ("weight", np.float64(terms.weight)),
            )
        }

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        """From what `arrays` gave."""

        def read(kind: type[Words], name: str) -> Any:
            terms = [str(term) for term in data[f"{name}_terms"]]
            return kind(terms, data[f"{name}_idf"], float(data[f"{name}_weight"]))

        return cls(read(Words, "words"), read(Characters, "characters"))

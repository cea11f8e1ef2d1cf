"""What a text says, as sparse features beside its sentence vector: its words, pairs of words, and runs of characters.

An encoder that was tuned on the training texts knows their answers too well; given weight, the words keep the
classifier honest on texts that nobody has seen (two points of accuracy on the hold-out, three on the examination).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from bot.nlu.text import folded
from bot.nlu.weights import Array

_TOKEN = re.compile(r"[\w']+")
_RUNS = range(3, 6)  # characters in a run
_REMEMBERED = 4096  # words whose runs are remembered while messages are read
Numbers = NDArray[np.int32]
Number = Callable[[str], int | None]
"""A term to its number; None for a term without one."""


class _NewNumbers(dict[str, int]):
    """Gives every term a number when it is first met."""

    def __missing__(self, term: str) -> int:
        self[term] = number = len(self)
        return number


def _counted(rows: list[list[int]], width: int) -> csr_matrix:
    """How often each row holds each number."""
    ends = np.cumsum([0, *map(len, rows)])
    numbers = np.fromiter(itertools.chain.from_iterable(rows), dtype=np.int32, count=ends[-1])
    counts = csr_matrix((np.ones(len(numbers), dtype=np.float32), numbers, ends), shape=(len(rows), width))
    counts.sum_duplicates()
    return counts


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
    def numbered(texts: Iterable[tuple[str, ...]], number: Number) -> list[list[int]]:
        """The numbers of each text's terms; a text is given by its words."""
        return [
            [n for term in (*words, *map(" ".join, itertools.pairwise(words))) if (n := number(term)) is not None]
            for words in texts
        ]

    @classmethod
    def learn(cls, texts: list[str], weight: float, least: int | None = None) -> Self:
        """The terms that at least `least` texts hold; none of them with a weight of 0."""
        least = cls.LEAST if least is None else least
        texts = texts if weight else []
        found = _NewNumbers()
        rows = cls.numbered(map(words_of, texts), found.__getitem__)
        holding = np.bincount(_counted(rows, len(found)).indices, minlength=len(found))
        terms = sorted(term for term, number in found.items() if holding[number] >= least)
        counts = holding[[found[term] for term in terms]]
        return cls(terms, (np.log((1 + len(texts)) / (1 + counts)) + 1).astype(np.float32), weight)

    def row(self, words: tuple[str, ...]) -> tuple[Numbers, Array]:
        """The numbers of the known terms of a text, given by its words, and their values."""
        (found,) = self.numbered([words], self._number.get)
        return self._weighed(np.array(found, dtype=np.int32))

    def _weighed(self, found: Numbers) -> tuple[Numbers, Array]:
        found.sort()
        new = np.ones(len(found) + 1, dtype=np.bool_)
        np.not_equal(found[1:], found[:-1], out=new[1:-1])
        bounds = new.nonzero()[0]
        numbers = found[bounds[:-1]]
        values: Array = (1 + np.log((bounds[1:] - bounds[:-1]).astype(np.float32))) * self.idf[numbers]
        return numbers, values * np.float32(self.weight / max(float(values @ values) ** 0.5, 1e-9))

    def matrix(self, texts: list[str]) -> csr_matrix:
        """One row a text."""
        rows = _counted(self.numbered(map(words_of, texts), self._number.get), len(self.terms))
        rows.data = (1 + np.log(rows.data)) * self.idf[rows.indices]
        lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1), dtype=np.float32).ravel())
        rows.data *= np.repeat(self.weight / np.maximum(lengths, 1e-9), np.diff(rows.indptr)).astype(np.float32)
        return rows


class Characters(Words):
    """TF-IDF of runs of three to five characters inside and at the edges of words: spelling that no list foresees."""

    LEAST = 5

    def __post_init__(self) -> None:
        """Index the terms; a word's runs are looked up once."""
        super().__post_init__()
        self._of_word: dict[str, Numbers] = {}

    @staticmethod
    def runs(word: str) -> list[str]:
        """The runs of one word."""
        word = f" {word} "
        return [word[at : at + n] for n in _RUNS for at in range(len(word) - n + 1)]

    @staticmethod
    def numbered(texts: Iterable[tuple[str, ...]], number: Number) -> list[list[int]]:
        """The numbers of each text's runs."""
        known: dict[str, list[int]] = {}
        rows = []
        for words in texts:
            row: list[int] = []
            for word in words:
                if (runs := known.get(word)) is None:
                    found = map(number, Characters.runs(word))
                    runs = known[word] = [n for n in found if n is not None]
                row += runs
            rows.append(row)
        return rows

    def row(self, words: tuple[str, ...]) -> tuple[Numbers, Array]:
        """The numbers of the known runs of a text, given by its words, and their values."""
        return self._weighed(np.concatenate([np.zeros(0, dtype=np.int32), *map(self._runs_of, words)]))

    def _runs_of(self, word: str) -> Numbers:
        found = self._of_word.get(word)
        if found is None:
            found = np.array(self.numbered([(word,)], self._number.get)[0], dtype=np.int32)
            if len(self._of_word) < _REMEMBERED:
                self._of_word[word] = found
        return found


@lru_cache(maxsize=32)
def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, lower case and without accents; kept while a message is read, for topics and safety ask
    about the same texts."""
    return tuple(_TOKEN.findall(folded(text)))


@dataclass
class Wording:
    """Words and runs of characters side by side; accents and capitals do not count."""

    words: Words
    characters: Characters

    @classmethod
    def learn(cls, texts: list[str], word_weight: float, character_weight: float, least: int | None = None) -> Self:
        """What the texts hold often enough: `least` of them, or as many as each kind asks for."""
        return cls(Words.learn(texts, word_weight, least), Characters.learn(texts, character_weight, least))

    def matrix(self, texts: list[str]) -> csr_matrix:
        """One row a text."""
        return csr_matrix(hstack([self.words.matrix(texts), self.characters.matrix(texts)]), dtype=np.float32)

    def values(self, text: str, weights: Array) -> Array:
        """The row of one text times `weights` (terms by classes), without making a matrix."""
        words = words_of(text)
        (terms, of_terms), (runs, of_runs) = self.words.row(words), self.characters.row(words)
        product: Array = of_terms @ weights[terms] + of_runs @ weights[runs + len(self.words.terms)]
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

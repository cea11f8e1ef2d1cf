"""Repair of typing: phone shorthand spelled out, and misspelled words put right, in a copy that only understanding
reads.

A noisy channel: of the words that a typed one may stand for (bot.nlu.slips), the one that stands best between its
neighbours (bot.nlu.word_pairs) for the slips that it takes. Spaces are typed wrong too ("howmuch", "de tox"), and a
word that we know is replaced only where it was never met beside its neighbours and another fits far better. Names,
numbers and addresses are left alone; what was changed is kept with its place, so that both texts can be related.
"""

import math
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from bot.nlu.slips import Slips
from bot.nlu.word_pairs import EDGE, Fluency, Learned

_WORD = re.compile(r"[^\W_]+(?:[/'&+#][^\W_]+)*(?:/(?=\s|$))?|\S")
_SHORT = 3  # letters; a vocabulary of word pieces holds too many fragments of that length to tell slips from words
_COMMON = 12_000  # words of the general vocabulary, most frequent first, that a slip may stand for

# Log probabilities, set on training texts with noise of other makes than bot.nlu.noise (benchmarks/nlu/RESULTS.md).
_UNHEARD = math.log(1e-9)  # a word that nobody knows is meant
_DERIVED = 7.0  # more for one that is a known word with an ending
_NAME = 7.0  # more for one that stands where a name does
_WELL_KNOWN = 7.0  # a word that we know is not meant
_REAL_WORD_SLIP = 5.2  # what the slip to another known word costs at most: there must be one alone
_RUN_TOGETHER, _TORN, _MOVED = 5.0, 4.0, 6.0  # a space is missing, is one too many, or stands a few letters off

_ENDINGS = ("s", "es", "ed", "ing", "er", "ers", "ly", "y", "r", "d", "ings", "ness", "less", "able", "est")
_BEFORE_NAMES = frozenset(["named", "called", "mr", "mrs", "ms", "miss"])
_ADDRESS = re.compile(r"\S*(?:@|://|www\.|\.com|\.org|\.net)\S*", re.IGNORECASE)


@dataclass(frozen=True)
class Change:
    """One replaced word: its place in the text as typed and in the repaired one."""

    start: int
    end: int
    new_start: int
    new_end: int


@dataclass(frozen=True)
class Repaired:
    """The repaired lower-case text, and what was changed in it."""

    text: str
    changes: tuple[Change, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether any word was replaced (lower case alone is no change)."""
        return bool(self.changes)

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The place in the text as typed of a span of the repaired text; a replaced word counts whole."""
        return self._origin(start, at_end=False), self._origin(end, at_end=True)

    def _origin(self, offset: int, at_end: bool) -> int:
        index = bisect_right([change.new_start for change in self.changes], offset - at_end) - 1
        if index < 0:
            return offset
        change = self.changes[index]
        if offset - at_end < change.new_end:
            return change.end if at_end else change.start
        return offset - change.new_end + change.end


@dataclass(frozen=True)
class Shorthand:
    """The hand-written list of shorthand.yml."""

    words: Mapping[str, str]
    guarded: Mapping[str, Mapping[str, Any]]
    exceptions: Mapping[str, Mapping[str, Any]]
    keep: frozenset[str]

    def meaning(self, tokens: list[str], index: int, shouted: bool) -> str | None:
        """What the token means where it stands, or None when it stands for itself; `shouted`: the message is in
        capitals."""
        token = tokens[index]
        word = token.lower()
        before = tokens[index - 1].lower() if index else ""
        before = self.words.get(before, before).rsplit(" ", 1)[-1]
        after = tokens[index + 1] if index + 1 < len(tokens) else ""
        rule = self.guarded.get(word)
        if rule:
            fits = before in rule["before"] and after.lower() not in rule.get("not_after", ()) and after[:1].isalnum()
            return str(rule["meaning"]) if fits else None
        meaning = self.words.get(word)
        if meaning is None:
            return None
        limits = self.exceptions.get(word, {})
        own_meaning = (
            (limits.get("capitals") and token.isupper() and not shouted)
            or (limits.get("name") and _next_word(tokens, index)[:1].isupper() and not shouted)
            or before in limits.get("before", ())
        )
        return None if own_meaning else meaning


@lru_cache(maxsize=1)
def shorthand() -> Shorthand:
    """The list, read once."""
    data = yaml.safe_load(files("bot.nlu").joinpath("shorthand.yml").read_text(encoding="utf-8"))
    # YAML reads "no" and "yes" as truth values; as strings they are words.
    words = {str(word): {True: "yes", False: "no"}.get(meaning, meaning) for word, meaning in data["words"].items()}
    return Shorthand(
        words=words,
        guarded={str(rule["word"]): rule for rule in data["guarded"]},
        exceptions=data["exceptions"],
        keep=frozenset(data["keep"]),
    )


def learn(texts: Iterable[str], general: Iterable[str], protected: frozenset[str]) -> Learned:
    """The words and pairs of the training texts, with their shorthand spelled out."""
    words = shorthand().words
    lines = [[part for token in _WORD.findall(text.lower()) for part in _spelled(token, words)] for text in texts]
    return Learned.of(lines, frozenset(general), protected)


def _spelled(token: str, words: Mapping[str, str]) -> list[str]:
    return words.get(token, token).split() if token[0].isalnum() else [EDGE]


@dataclass(frozen=True)
class _Line:
    """A text's tokens; `words`: as read by their neighbours, the shorthand's first word, marks as EDGE."""

    found: list[re.Match[str]]
    meanings: list[str | None]
    words: list[str]
    free: list[bool]
    capital: list[bool]

    def after(self, index: int) -> str:
        return self.words[index + 1] if index + 1 < len(self.words) else EDGE

    def joins(self, index: int) -> bool:
        """Whether one space alone parts this word from a next one that may be changed too."""
        follows = index + 1 < len(self.found) and self.free[index + 1]
        return follows and self.found[index + 1].start() == self.found[index].end() + 1


@dataclass(frozen=True)
class _Guess:
    """What some tokens up to `end` mean (None: what they say), and its log probability."""

    score: float
    end: int
    text: str | None


class Speller:
    """Puts words right by what the training texts, the words of our entities (`protected`) and a general vocabulary,
    most frequent first, hold."""

    def __init__(self, learned: Learned, general: list[str], protected: frozenset[str]) -> None:
        self._list = shorthand()
        self._learned = learned.counts
        self._fluency = Fluency(learned, general, protected)
        long = [word for word in general if len(word) > _SHORT]
        self._fixed = protected | self._list.keep
        self._known = frozenset([*learned.counts, *long, *self._fixed])
        targets = list(dict.fromkeys([*learned.counts, *protected, *general[:_COMMON]]))
        self._slips = Slips(targets, learned.counts, self._fluency.rarity)

    def repair(self, text: str) -> Repaired:
        """The text in lower case with its shorthand spelled out and its typos put right."""
        if len(lowered := text.lower()) != len(text):  # a few capitals are one character and two in lower case
            lowered = "".join(char.lower() if len(char.lower()) == 1 else char for char in text)
        line = self._line(text)
        out: list[str] = []
        changes: list[Change] = []
        last = length = index = 0
        before = EDGE
        while index < len(line.found):
            guess = self._guess(line, index, before)
            start, end = line.found[index].start(), line.found[guess.end - 1].end()
            before = line.words[index] if guess.text is None else guess.text.rsplit(" ", 1)[-1]
            index = guess.end
            if guess.text is None or guess.text == lowered[start:end]:
                continue
            kept = lowered[last:start]
            begin = length + len(kept)
            out += [kept, guess.text]
            length = begin + len(guess.text)
            changes.append(Change(start, end, begin, length))
            last = end
        return Repaired("".join([*out, lowered[last:]]), tuple(changes))

    def _line(self, text: str) -> _Line:
        addresses = [match.span() for match in _ADDRESS.finditer(text)] if "." in text or "@" in text else []
        found = [m for m in _WORD.finditer(text) if not any(a <= m.start() < b for a, b in addresses)]
        tokens = [match[0] for match in found]
        letters = [char for char in text if char.isalpha()]
        shouted = len(letters) > 6 and sum(char.isupper() for char in letters) > 0.7 * len(letters)
        meanings = [self._list.meaning(tokens, index, shouted) for index in range(len(tokens))]
        words, free, capital = [], [], []
        for index, (token, meaning) in enumerate(zip(tokens, meanings, strict=True)):
            word = token.lower()
            words.append(meaning.split(" ", 1)[0] if meaning else word if token[0].isalnum() else EDGE)
            large = token[0].isupper() and not shouted
            starts_sentence = index == 0 or tokens[index - 1] in ".!?"
            plain = meaning is None and word.isalpha() and word.isascii() and word not in self._fixed
            free.append(plain and (starts_sentence or not large))  # a capital elsewhere is a name's, most likely
            capital.append(large)
        return _Line(found, meanings, words, free, capital)

    def _guess(self, line: _Line, index: int, before: str) -> _Guess:
        """The likeliest meaning of the word at `index`, of it and the next one where the space may be wrong."""
        word, after = line.words[index], line.after(index)
        if not line.free[index]:
            return _Guess(0.0, index + 1, line.meanings[index])
        known = word in self._known
        if known and (self._fluency.met(before, word) or self._fluency.met(word, after)):
            return _Guess(0.0, index + 1, None)
        best = _Guess(self._as_typed(line, index, before), index + 1, None)
        others = self._replaced(word, known, before, after, index + 1)
        best = max([best, *others], key=lambda guess: guess.score)
        if line.joins(index) and not (known and line.words[index + 1] in self._known and len(word) > _SHORT):
            apart = best.score + self._as_typed(line, index + 1, (best.text or word).rsplit(" ", 1)[-1])
            for guess in self._joined(line, index, before):
                if guess.score > apart:
                    apart, best = guess.score, guess
        return best

    def _as_typed(self, line: _Line, index: int, before: str) -> float:
        word = line.words[index]
        if self._fluency.knows(word):
            return self._fluency.score(word, before, line.after(index))
        named = (
            line.capital[index] or before in _BEFORE_NAMES or line.words[max(index - 2, 0) : index] == ["name", "is"]
        )
        return _UNHEARD + (_NAME if named else _DERIVED if self._is_derived(word) else 0.0)

    def _is_derived(self, word: str) -> bool:
        for ending in _ENDINGS:
            stem = word.removesuffix(ending)
            if stem == word or len(stem) < 3:
                continue
            forms = [stem, stem + "e" if ending[0] in "aei" else "", stem[:-1] if stem[-1] == stem[-2] else ""]
            if any(form in self._known for form in [*forms, stem[:-1] + "y" if stem[-1] == "i" else ""]):
                return True
        return False

    def _replaced(self, word: str, known: bool, before: str, after: str, end: int) -> Iterator[_Guess]:
        """The guesses for one word by itself."""
        for meant, cost in self._slips.meant(word) if len(word) > 1 else ():
            if known and cost > _REAL_WORD_SLIP:
                continue
            score = self._fluency.score(meant, before, after) - cost - (_WELL_KNOWN if known else 0.0)
            yield _Guess(score, end, meant)
        if not known and len(word) > _SHORT:
            yield from self._cut(word, before, after, end, _RUN_TOGETHER)

    def _joined(self, line: _Line, index: int, before: str) -> Iterator[_Guess]:
        """The guesses for a word and the next one as one word, or with the space elsewhere."""
        first, second = line.words[index : index + 2]
        letters, after = first + second, line.after(index + 1)
        if letters in self._learned:
            yield _Guess(self._fluency.score(letters, before, after) - _TORN, index + 2, letters)
        elif first not in self._known or second not in self._known:
            yield from self._cut(letters, before, after, index + 2, _MOVED)

    def _cut(self, letters: str, before: str, after: str, end: int, cost: float) -> Iterator[_Guess]:
        """Two words of the training texts that the letters may be."""
        for at in range(1, len(letters) - 1):
            first, second = letters[:at], letters[at:]
            first = self._list.words.get(first, first) if at > 1 else first
            if first in self._learned and second in self._learned:
                score = self._fluency.score(first, before, second) + self._fluency.score(second, None, after)
                yield _Guess(score - cost, end, f"{first} {second}")


def _next_word(tokens: list[str], index: int) -> str:
    """The next token that is no full stop ("Dr. Example")."""
    return next((word for word in tokens[index + 1 : index + 3] if word != "."), "")


def general_words(vocabulary: Iterable[str]) -> list[str]:
    """The whole words of a WordPiece vocabulary, in its order (by frequency)."""
    return [word for word in vocabulary if word.isalpha() and word.isascii() and len(word) > 1]

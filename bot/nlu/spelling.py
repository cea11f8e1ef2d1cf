"""Repair of typing: phone shorthand spelled out, and misspelled words put right, in a copy that only understanding
reads.

Edit distance is Damerau's: one slip for words of 4 letters or more, two for long words against the words of the
field. Names, numbers,
addresses and every word that we know are left alone; what was changed is kept with its place, so that both texts can
be related.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml
from rapidfuzz.distance import OSA

_WORD = re.compile(r"[^\W_]+(?:[/'&+#][^\W_]+)*(?:/(?=\s|$))?|\S")
_SHORTEST, _LONG = 4, 8
_CACHE_SIZE = 20_000
_STRETCHED = re.compile(r"(.)\1{2,}")
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


def words_of(text: str) -> list[str]:
    """The lower-case words of a text, as repair sees them."""
    return [word for word in _WORD.findall(text.lower()) if word[0].isalnum()]


def training_words(texts: Iterable[str], general: frozenset[str], protected: frozenset[str]) -> list[str]:
    """The words of the training texts that are spelled as meant, most frequent first.

    Training texts hold typos on purpose: a word that no vocabulary holds counts only when it is met three times and
    is no
    slip away from a more frequent known word.
    """
    counts = Counter(word for text in texts for word in words_of(text) if word.isalpha() or "'" in word)
    known = [word for word in counts if word in general or word in protected or "'" in word]
    by_length: dict[int, list[str]] = {}
    for word in [*known, *protected]:
        by_length.setdefault(len(word), []).append(word)
    for word, count in counts.items():
        if word in general or word in protected or "'" in word or count < 3:
            continue
        near = (other for size in (-1, 0, 1) for other in by_length.get(len(word) + size, ()))
        if not any(OSA.distance(word, other, score_cutoff=1) <= 1 for other in near):
            known.append(word)
    return sorted(known, key=lambda word: (-counts[word], word))


@dataclass
class Speller:
    """Puts words right against the training words first, then a general vocabulary; both most frequent first."""

    training: list[str]
    general: list[str]
    protected: frozenset[str]
    list_: Shorthand = field(default_factory=shorthand)

    def __post_init__(self) -> None:
        """Index the vocabularies by length, and fill the set of words that need no repair."""
        field_words = [word for word in self.protected if word.isalpha()]
        self._near = _by_length(dict.fromkeys([*self.training, *field_words]))
        self._far = _by_length(self.general)
        self._known = frozenset([*self.training, *self.general, *self.protected, *self.list_.keep])
        self._cache: dict[str, str | None] = {}

    def repair(self, text: str) -> Repaired:
        """The text in lower case with its shorthand spelled out and its typos put right."""
        if len(lowered := text.lower()) != len(text):  # a few capitals are one character and two in lower case
            lowered = "".join(char.lower() if len(char.lower()) == 1 else char for char in text)
        addresses = [match.span() for match in _ADDRESS.finditer(text)] if "." in text or "@" in text else []
        found = [m for m in _WORD.finditer(text) if not any(a <= m.start() < b for a, b in addresses)]
        tokens = [match[0] for match in found]
        letters = [char for char in text if char.isalpha()]
        shouted = len(letters) > 6 and sum(char.isupper() for char in letters) > 0.7 * len(letters)
        out: list[str] = []
        changes: list[Change] = []
        last = length = 0
        for index, match in enumerate(found):
            new = self._new(tokens, index, shouted)
            if new is None or new == lowered[match.start() : match.end()]:
                continue
            kept = lowered[last : match.start()]
            begin = length + len(kept)
            out += [kept, new]
            length = begin + len(new)
            changes.append(Change(match.start(), match.end(), begin, length))
            last = match.end()
        return Repaired("".join([*out, lowered[last:]]), tuple(changes))

    def _new(self, tokens: list[str], index: int, shouted: bool) -> str | None:
        token = tokens[index]
        meaning = self.list_.meaning(tokens, index, shouted)
        if meaning is not None:
            return meaning
        word = token.lower()
        if not word.isalpha() or not word.isascii() or word in self._known:
            return None
        starts_sentence = index == 0 or tokens[index - 1] in ".!?"
        if token[0].isupper() and not shouted and not starts_sentence:
            return None  # a name, most likely
        return self.correct(word)

    def correct(self, word: str) -> str | None:
        """The known word that an unknown lower-case word most likely means, or None."""
        if word in self._cache:
            return self._cache[word]
        best = self._correct(word)
        if len(self._cache) < _CACHE_SIZE:
            self._cache[word] = best
        return best

    def _correct(self, word: str) -> str | None:
        if _STRETCHED.search(word):  # "heeelp", "soooo"
            for shorter in (_STRETCHED.sub(r"\1", word), _STRETCHED.sub(r"\1\1", word)):
                if shorter in self._known:
                    return shorter
        if len(word) < _SHORTEST:
            return None
        stem = word.removesuffix("s")
        if stem != word and stem in self._known:
            return None  # a plural or "its owner's" without apostrophe of a word that we know
        best = _nearest(word, self._near, 1) or _nearest(word, self._far, 1)
        if best is None and len(word) >= _LONG:
            best = _nearest(word, self._near, 2)
        return best


def _next_word(tokens: list[str], index: int) -> str:
    """The next token that is no full stop ("Dr. Example")."""
    return next((word for word in tokens[index + 1 : index + 3] if word != "."), "")


def _by_length(words: Iterable[str]) -> dict[int, list[str]]:
    index: dict[int, list[str]] = {}
    for word in words:
        if word.isalpha() and len(word) >= _SHORTEST - 1:
            index.setdefault(len(word), []).append(word)
    return index


def _nearest(word: str, index: Mapping[int, list[str]], distance: int) -> str | None:
    """The nearest word, the most frequent among equals; one that starts alike goes before one that does not."""
    best: tuple[int, bool, int, str] | None = None
    for size in range(-distance, distance + 1):
        for rank, other in enumerate(index.get(len(word) + size, ())):
            gap = OSA.distance(word, other, score_cutoff=distance)
            if gap <= distance and (distance == 1 or other[0] == word[0]):
                candidate = (gap, other[0] != word[0], rank, other)
                best = candidate if best is None or candidate < best else best
    return best[3] if best else None


def general_words(vocabulary: Iterable[str]) -> list[str]:
    """The whole words of a WordPiece vocabulary, in its order (by frequency)."""
    return [word for word in vocabulary if word.isalpha() and word.isascii() and len(word) > 1]

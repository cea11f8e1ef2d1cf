"""Which of many patterns can match a text at all, told from its words: most rules need not be tried on most messages.

A pattern that can only match where certain letter sequences stand ("want" and "die" or "dead") is tried where the
text's words hold them. The sequences are read off the compiled expression, so nobody has to name them; a pattern
without any is always tried. What matches is the same as without.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

_SHORTEST = 2
_REMEMBERED = 8192
"""Words whose sequences are remembered."""

Clauses = list[frozenset[str]]
"""Of each, at least one letter sequence must be there."""


def needs(pattern: re.Pattern[str]) -> list[Clauses]:
    """What a match needs, for each way to match; a way without clauses needs nothing that can be told beforehand."""
    items = list(parser.parse(pattern.pattern, pattern.flags))
    for place, (code, value) in enumerate(items):  # groups that capture nothing are already unpacked here
        if code is codes.BRANCH:
            around = _clauses(items[:place]) + _clauses(items[place + 1 :])
            return [_clauses(branch) + around for branch in value[1]]
    return [_clauses(items)]


def _clauses(items: Any) -> Clauses:
    found: Clauses = []
    run = ""
    for code, value in [*items, (None, None)]:
        if code is codes.LITERAL and not chr(value).isspace():
            run += chr(value)
            continue
        if len(run) >= _SHORTEST:
            found.append(frozenset([run]))
        run = ""
        found += _of_item(code, value)
    return found


def _of_item(code: Any, value: Any) -> Clauses:
    if code is codes.SUBPATTERN:
        return _clauses(value[3])
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT) and value[0] >= 1:
        return _clauses(value[2])
    if code is codes.BRANCH:
        branches = [_clauses(branch) for branch in value[1]]
        return [frozenset().union(*map(_rarest, branches))] if all(branches) else []
    return []


def _rarest(clauses: Clauses) -> frozenset[str]:
    """The clause that says most: its shortest sequence is the longest, then the fewest."""
    return max(clauses, key=lambda clause: (min(map(len, clause)), -len(clause)))


class Prefilter:
    """Patterns, to be asked which of them a text calls for."""

    def __init__(self, patterns: Sequence[re.Pattern[str]]) -> None:
        self._always: set[int] = set()
        self._called: dict[str, list[tuple[int, Clauses]]] = {}
        for number, pattern in enumerate(patterns):
            for clauses in needs(pattern):
                if not clauses:
                    self._always.add(number)
                    continue
                for sequence in _rarest(clauses):
                    self._called.setdefault(sequence, []).append((number, clauses))
        every = [s for ways in self._called.values() for _, clauses in ways for clause in clauses for s in clause]
        self._sequences = frozenset(every)
        self._longest = max(map(len, every), default=0)
        self._of_word: dict[str, frozenset[str]] = {}

    def candidates(self, text: str) -> list[int]:
        """The numbers, ascending, of the patterns that may match in this text."""
        there: set[str] = set().union(*map(self._held_by, text.split()))
        found = set(self._always)
        for sequence in there:
            for number, clauses in self._called.get(sequence, ()):
                if number not in found and not any(there.isdisjoint(clause) for clause in clauses):
                    found.add(number)
        return sorted(found)

    def _held_by(self, word: str) -> frozenset[str]:
        found = self._of_word.get(word)
        if found is None:
            parts = {word[a:b] for a in range(len(word)) for b in range(a + 1, min(len(word), a + self._longest) + 1)}
            found = self._sequences & parts
            if len(self._of_word) < _REMEMBERED:
                self._of_word[word] = found
        return found

"""Which topics a message is about: the whole's, or those of its parts when it asks for several things."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.nlu.head import OUT_OF_SCOPE
from bot.nlu.reading import Reading

MOST = 3
ACTIONS = ("withdraw_consent", "request_human", "request_callback", "check_handoff_status")
"""More urgent than information, in this order."""
FIRM = 0.5
"""A whole message understood with this confidence is not pushed aside by a part of it."""
YIELDING = frozenset(
    [
        "greet",
        "goodbye",
        "thank",
        "affirm",
        "deny",
        "disclose_use",
        "express_distress",
        "bot_challenge",
        "what_can_you_do",
        "complaint",
        "start_over",
    ]
)
"""Topics that any question or request in the same message goes before."""


@dataclass(frozen=True)
class Chosen:
    """One topic of a message, with the part that it comes from."""

    name: str
    confidence: float
    text: str

    def as_dict(self) -> dict[str, str | float]:
        """For the parse result."""
        return {"name": self.name, "confidence": self.confidence, "text": self.text}


def _sure(reading: Reading, least: float) -> bool:
    return not reading.in_doubt and reading.topic not in ("", OUT_OF_SCOPE) and reading.confidence >= least


def _chosen(reading: Reading) -> Chosen:
    return Chosen(reading.topic, reading.confidence, reading.piece.text)


def _urgency(name: str) -> int:
    if name.startswith("crisis_"):
        return 0
    return 1 + ACTIONS.index(name) if name in ACTIONS else 9


def choose(readings: list[Reading], least: float) -> list[Chosen]:
    """The distinct topics, most urgent first, at most three; none when the message is in doubt or out of scope.

    `least`: the confidence that a part needs to count as a question of its own. A part that merely tells something
    belongs to the question beside it; a wrong second answer annoys more than a missing one.
    """
    if not readings:
        return []
    whole, parts = readings[0], readings[1:]
    asked: dict[str, Chosen] = {}
    for part in parts:
        says_it_all = part.topic in ACTIONS or part.topic.startswith("crisis_")
        if _sure(part, least) and part.topic not in YIELDING and (part.piece.asks or says_it_all):
            before = asked.get(part.topic)
            if before is None or before.confidence < part.confidence:
                asked[part.topic] = _chosen(part)
    whole_counts = _sure(whole, 0.0)
    if len(asked) >= 2:
        return sorted(asked.values(), key=lambda item: _urgency(item.name))[:MOST]
    if len(asked) == 1:
        (only,) = asked.values()
        unsaid = not whole_counts or whole.topic in YIELDING
        if unsaid or (whole.confidence < FIRM and only.confidence > whole.confidence):
            return [only]
        return [_chosen(whole)]
    if whole_counts:
        return [_chosen(whole)]
    sure = [part for part in parts if _sure(part, least)]
    return [_chosen(max(sure, key=lambda part: part.confidence))] if sure else []


_LEANS = re.compile(
    r"^\W*(?:and|or|but|also|what about|wat about|how about|same for|same with|even|then|what if it'?s|and if)\b"
    r"|\b(?:that|those|these|them|this|it)\b.*\b(?:too|also|as well|either|instead|count)\W*$",
    re.IGNORECASE,
)
_SMALL = frozenset(
    [
        "a",
        "an",
        "the",
        "my",
        "our",
        "your",
        "his",
        "her",
        "for",
        "with",
        "on",
        "in",
        "at",
        "of",
        "to",
        "by",
        "from",
        "only",
        "just",
        "also",
        "too",
        "and",
        "or",
        "not",
        "no",
        "is",
        "are",
        "it",
        "i",
        "have",
        "ive",
        "i've",
        "got",
        "it's",
        "its",
        "instead",
        "please",
        "what",
        "about",
        "how",
        "if",
        "then",
        "maybe",
        "except",
        "during",
        "most",
        "every",
        "all",
        "any",
        "plan",
        "insurance",
        "program",
        "classes",
        "groups",
    ]
)


def leans(text: str, spans: Iterable[tuple[int, int]]) -> bool:
    """Whether a message says little by itself and leans on the topic before it ("and on weekends?", "with Aetna?").

    `spans`: the places of the facts in the text.
    """
    words = list(re.finditer(r"[\w'&/$%.-]+", text))
    if not words or len(words) > 9:
        return False
    if _LEANS.search(text):
        return True
    places = list(spans)
    bare = all(
        word[0].lower().strip(".-") in _SMALL or any(a < word.end() and word.start() < b for a, b in places)
        for word in words
    )
    return bool(places) and bare and len(words) <= 6

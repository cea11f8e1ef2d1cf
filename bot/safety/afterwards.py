"""New danger told right after an emergency: "no, i took them" in answer to "are you safe?".

By itself such a message says little, and the check of a single message must not alarm at it. Behind an emergency it is
a new one, or the same one grown worse (rules/afterwards.yml).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from bot.safety.assessment import Assessment, Category, Flag, Subject
from bot.safety.judge import subject_of
from bot.safety.language import language_of
from bot.safety.normalise import normalise, normalise_spanish
from bot.safety.rule import compile_patterns, read_rules
from bot.safety.statements import statement

#: What the evidence of such an assessment begins with.
AFTERWARDS = "afterwards:"
_SAME = "same"
#: Said of help that came, or of somebody who is safe: what the words beside it tell is no danger.
_OVER = frozenset({"called", "safe"})
#: An answer to our question, told apart from what follows: "no, me corté" is no denial of it.
_ANSWER = re.compile(
    r"^\W*(no|nope|nah|yes|yeah|yep|ok|okay|s[ií]|bueno|vale|thanks|gracias)\s*[,;:\u2013\u2014-]\s*", re.IGNORECASE
)
#: What was taken is nobody in danger: "i took them".
_THINGS = re.compile(r" them(?= )")
_OF_VIOLENCE = frozenset({"violence", "threat", "minor"})


@dataclass(frozen=True)
class After:
    """One rule of rules/afterwards.yml: its words tell danger of `category` behind an emergency of one of `after`."""

    id: str
    language: str
    category: str
    subject: str
    after: frozenset[str]
    pattern: re.Pattern[str]
    match: tuple[str, ...]
    spare: tuple[str, ...]


@lru_cache(maxsize=1)
def after_rules() -> tuple[After, ...]:
    """The rules, in the order of their file."""
    entries: list[dict[str, Any]] = read_rules("afterwards")
    return tuple(
        After(
            id=entry["id"],
            language=entry.get("language", "en"),
            category=entry["category"],
            subject=entry.get("subject", "auto"),
            after=frozenset(entry.get("after", ())),
            pattern=compile_patterns(entry["pattern"]),
            match=tuple(entry["match"]),
            spare=tuple(entry.get("spare", ())),
        )
        for entry in entries
    )


def danger_after(
    text: str, category: str | None, subject: str | None = None, flags: tuple[Flag, ...] = ()
) -> Assessment | None:
    """The emergency that a message tells behind one of `category`, which was about `subject` with these `flags`.

    None where it tells no new danger. Only for a conversation in which the emergency was just answered.
    """
    if statement(text) in _OVER:
        return None
    text = _ANSWER.sub(r"\1. ", text)
    texts = {"en": normalise(text), "es": normalise_spanish(text)}
    for rule in after_rules():
        clean = texts[rule.language]
        found = rule.pattern.search(clean) if not rule.after or category in rule.after else None
        if found is None:
            continue
        same = rule.category == _SAME
        told = cast(Category, (category or "suicide") if same else rule.category)
        if told in _OF_VIOLENCE and category in _OF_VIOLENCE:  # by whom, and to whom, is known from before
            told, who = cast(Category, category), cast(Subject, subject or "self")
        elif rule.subject == "auto":
            doer = _THINGS.sub(" ____", clean)
            who = cast(Subject, subject or "self") if same else subject_of(doer, found.start(), found.end())
        else:
            who = cast(Subject, rule.subject)
        return Assessment("emergency", told, who, (f"{AFTERWARDS}{rule.id}",), flags, language_of(text))
    return None

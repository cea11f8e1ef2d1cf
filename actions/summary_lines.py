"""The lines of the summary in the visitor's words: which one a message wants changed, left out, or said otherwise."""

from __future__ import annotations

import re

from actions import spanish_words
from bot.safety import folded

CHANGE = re.compile(r"\b(change|correct|wrong|edit|fix|different|not my|mistake|update)\b", re.IGNORECASE)
LEAVE_OUT = re.compile(
    r"\b((?:leave|leaving|take|taking) (?:\w+ ){0,2}(?:out|off)|remove|delete|drop|omit|skip|without|"
    r"(?:do not|don'?t|not) (?:to )?(?:share|include|pass on|send|give|tell|mention|show))\b",
    re.IGNORECASE,
)
EVERYTHING = re.compile(r"\b(everything|all of (?:it|them)|all)\b", re.IGNORECASE)
ALL_OF_IT = re.compile(r"\b(?:info\w*|data|request|chat|records?)\b", re.IGNORECASE)
"""Who wants this deleted takes the request back, which is more than a line."""
CHANGEABLE = {
    "contact_name": re.compile(r"\bname\b", re.IGNORECASE),
    "contact_value": re.compile(r"\b(number|phone|e-?mail|reach|contact)\b", re.IGNORECASE),
    "contact_safe": re.compile(r"\b(safe|voice ?mails?)\b", re.IGNORECASE),
    "contact_time": re.compile(r"\b(time|when|day|hour)s?\b", re.IGNORECASE),
    "contact_zip": re.compile(r"\b(zip|area|code)\b", re.IGNORECASE),
    "contact_wish": re.compile(r"\b(wish|topics?|questions?|asked|want)\b", re.IGNORECASE),
    "contact_language": re.compile(r"\b(language|spanish)\b", re.IGNORECASE),
    "contact_for": re.compile(r"\b(who|whom|for)\b", re.IGNORECASE),
}
"""Slots by what names their line; the first that fits is meant."""
WHO = re.compile(
    r"\b(?:who(?:m)?|help is for|my (?:son|daughter|child|husband|wife|partner|mother|mom|father|dad|sibling|brother|"
    r"sister|friend|client|employee|family))\b",
    re.IGNORECASE,
)
"""What names the line "Help is for" in a wish to leave it out, where a bare "for" says nothing."""
WISH = re.compile(
    r"\bmy (?:wish|topics?) (?:is|are|to)[: ]+(.{3,})|\b(?:wish|topics?)\b.*?(?:\bto\b|:)\s*(.{3,})", re.IGNORECASE
)
LONGEST_WISH = 200  # characters
NAMES = {
    "en": {
        "name": "name",
        "contact": "number or e-mail",
        "safe": "what is safe",
        "best_time": "time",
        "zip": "ZIP code",
        "for_whom": "who it is for",
        "wish": "wish",
        "language": "language",
    },
    "es": {
        "name": "nombre",
        "contact": "teléfono o correo",
        "safe": "lo que es seguro",
        "best_time": "hora",
        "zip": "código postal",
        "for_whom": "para quién es",
        "wish": "lo que deseo",
        "language": "idioma",
    },
}
"""The summary's lines (bot.handoff) as "leave out the ..." and "quitar ..." name them."""


def wants_change(text: str) -> bool:
    """Whether the visitor wants something in the summary to be different."""
    return bool(CHANGE.search(text) or spanish_words.CHANGE.search(folded(text)))


def to_change(text: str) -> str | None:
    """The slot whose line the visitor wants to change; None when they did not say which."""
    return next(iter(_named(CHANGEABLE, text)), None)


def wants_out(text: str) -> bool:
    """Whether the visitor wants something left out of the summary."""
    return bool(LEAVE_OUT.search(text) or spanish_words.LEAVE_OUT.search(folded(text)))


def to_leave_out(text: str) -> list[str]:
    """The slots whose lines the visitor wants left out; none when they did not say which."""
    plain = folded(text)
    if not wants_out(text) or ALL_OF_IT.search(text) or spanish_words.ALL_OF_IT.search(plain):
        return []
    if EVERYTHING.search(text) or spanish_words.EVERYTHING.search(plain):
        return list(CHANGEABLE)
    return _named(CHANGEABLE | {"contact_for": WHO}, text)


def _named(patterns: dict[str, re.Pattern[str]], text: str) -> list[str]:
    """The slots whose line the text names, in either language."""
    plain = folded(text)
    return [name for name, one in patterns.items() if one.search(text) or spanish_words.CHANGEABLE[name].search(plain)]


def new_wish(text: str) -> str | None:
    """The visitor's own words for what they would like: "my wish is to start after work"."""
    found = WISH.search(text)
    if found is None and (found := spanish_words.WISH.search(folded(text))) and len(folded(text)) == len(text):
        return text[found.start(1) :].strip()[:LONGEST_WISH]  # with its accents
    return next(group for group in found.groups() if group).strip()[:LONGEST_WISH] if found else None

"""What a visitor says about being reached safely: "call but no voicemail", "text only", "none of them"."""

from __future__ import annotations

import re
from dataclasses import replace

from actions import spanish_words
from bot.handoff import Safe
from bot.safety import folded

WAYS = {
    "voicemail": re.compile(r"\b(?:voice ?mails?|vms?|messages?|answering machine)\b", re.IGNORECASE),
    "text": re.compile(r"\b(?:text(?:s|ing)?|txts?|sms)\b", re.IGNORECASE),
    "call": re.compile(r"\b(?:calls?|calling|phoning|phone calls?|ring|ringing)\b", re.IGNORECASE),
}
NOT = re.compile(r"\b(?:no|not|never|without|unsafe|dont|except|neither|nor)\b|n't\b", re.IGNORECASE)
# A new clause begins at a comma, at "but", and before every word that denies.
CLAUSE = re.compile(
    r"[,.;!]|\bbut\b|\bplease\b|(?=\b(?:no|not|don'?t|do not|never|without|except)\b)|" + spanish_words.CLAUSE,
    re.IGNORECASE,
)
SPANISH_WAYS = (("voicemail", spanish_words.VOICEMAIL), ("text", spanish_words.TEXT), ("call", spanish_words.CALL))
"""Spanish names of the ways, brought to the English ones before the clauses are read."""
SPANISH_ONLY = re.compile(
    r"\b(?:solo|solamente|nada mas|unicamente)\s+(?:por |con |una |un |me )?(call|voicemail|text)\b"
)
WAY_WORD = r"(?:call|calls|voice ?mail|text|texts|texting)"
ONLY = re.compile(rf"\b(?:only|just)\s+(?:by\s+|a\s+)?({WAY_WORD})\b|\b({WAY_WORD})s?\s+only\b", re.IGNORECASE)
ALL = re.compile(r"\b(?:all|any|anything|everything|each|every one)\b", re.IGNORECASE)
NONE = re.compile(r"^\W*(?:no|nope|nah|none|nothing|neither)\b(?!.*\b(?:call|text|voice|message))", re.IGNORECASE)
YES = re.compile(r"^\W*(?:yes|yeah|yep|yup|sure|ok|okay|fine|it is|it's safe|safe)\b", re.IGNORECASE)


def safe_in(text: str, *, asked: bool) -> Safe | None:
    """What the message says, or None.

    As the answer to our question (`asked`), a way that is not named beside one that is counts as not safe, and a bare
    yes means a call and nothing more: in doubt nothing is left where somebody else could find it. Elsewhere only what
    is forbidden counts ("call me but don't leave a voicemail").
    """
    said = _ways_in(text)
    if not asked:
        denied = {way: False for way, allowed in said.items() if not allowed and way != "call"}
        return Safe(**denied) if denied else None
    if not said:
        if _in_either("NONE", text):
            return Safe(False, False, False)
        if _in_either("ALL", text):
            return Safe(True, True, True)
        return Safe(call=True, voicemail=False, text=False) if _in_either("YES", text) else None
    if said.get("voicemail") and "call" not in said:
        said["call"] = True
    if any(said.values()):
        return Safe(**{way: said.get(way, False) for way in WAYS})
    return Safe(**said)


def changed(before: Safe, text: str) -> Safe | None:
    """What is safe after a correction at the summary ("no texts", "voicemail is fine"); None when it corrects nothing.

    "Yes, call me" corrects nothing where a call is safe anyway.
    """
    said = _ways_in(text)
    after = replace(before, **said)
    denied = any(not allowed and getattr(before, way) is not False for way, allowed in said.items())
    return after if denied or after.allowed != before.allowed else None


def _ways_in(text: str) -> dict[str, bool]:
    """The ways that the words allow or forbid, the last word on each."""
    plain = re.sub(r"\btext messages?\b", "text", folded(text.replace("\u2019", "'")))
    for way, pattern in SPANISH_WAYS:
        plain = pattern.sub(way, plain)
    said: dict[str, bool] = {}
    for clause in CLAUSE.split(plain):
        allowed = not (NOT.search(clause) or spanish_words.NOT.search(clause))
        said |= {way: allowed for way, pattern in WAYS.items() if pattern.search(clause)}
        if not allowed and spanish_words.MESSAGE.search(clause):
            said |= {"voicemail": False, "text": False}
    only = ONLY.search(plain) or SPANISH_ONLY.search(plain)
    if only:
        word = next(group for group in only.groups() if group).lower()
        way = next(name for name, pattern in WAYS.items() if pattern.search(word))
        said = {name: said.get(name, False) for name in WAYS} | {way: True}
    return said


def _in_either(name: str, text: str) -> bool:
    """Whether the pattern of this name fits, in English or in Spanish."""
    return bool(globals()[name].search(text) or getattr(spanish_words, name).search(folded(text)))

"""What a message says about the visitor: name, a way to reach them safely, a time, a ZIP, for whom, or a refusal."""

from __future__ import annotations

import re
from typing import Any

from actions import spanish_words
from actions.safe_ways import safe_in
from actions.turn import Turn
from bot.safety import folded

Details = dict[str, str]
SKIPPED = "skipped"
THIS_NUMBER = "this number"

SKIP = re.compile(
    r"^\W*(skip( (it|this|that))?|pass|next|no thanks?|rather not( say)?|i'?d rather not( say)?|prefer not to( say)?|"
    r"none|n/?a|no|nope|nah|i don'?t want to( say)?|not saying|don'?t know|idk|anytime|any time|whenever)\W*$",
    re.IGNORECASE,
)
CANCEL = re.compile(
    r"^\W*(cancel( (it|this|that))?|never ?mind|forget (it|this|that)|stop( (it|this|that))?|quit|exit|"
    r"i changed my mind|changed my mind|don'?t (call|contact)( me)?|leave it|no call)\W*$",
    re.IGNORECASE,
)
NAMED = re.compile(
    r"\b(?:my name(?:'s| is)|name is|name's|call me|i'?m called|it'?s|this is|i am|i'?m)\s+"
    r"([a-z][a-z'-]*(?: [a-z]\.?)?)",
    re.IGNORECASE,
)
NOT_A_NAME = frozenset(
    re.findall(
        r"\w+",
        """a about after afraid again also an and any anytime asap at back before calling done evening evenings fine for
        from going good here his her in interested into it just later looking me morning mornings my need not now off
        ok okay on or out please ready really scared she so sober soon sorry sure that the there they this tired to
        today tomorrow tonight trying up using we when with worried yes yeah you your afternoon afternoons no nope hi
        hello thanks""",
    )
)
BARE_NAME = re.compile(r"^[^\W\d_](?:[^\W\d_]|['.-])*(?: [^\W\d_](?:[^\W\d_]|['.-])*){0,2}[.!]?$")
ME = re.compile(r"\b(me|myself|self|mine)\b|^\W*i(?:'m| am)\b", re.IGNORECASE)
RELATION = re.compile(
    r"\b(son|daughter|child|kid|husband|wife|partner|boyfriend|girlfriend|mom|mother|dad|father|brother|sister|sibling|"
    r"friend|family|parent|cousin|aunt|uncle|niece|nephew|grand\w+|client|patient|employee|someone|somebody|other|else|"
    r"loved one|him|her|them|both)\b",
    re.IGNORECASE,
)
TIME_WORD = re.compile(
    r"\b(morning|afternoon|evening|night|noon|lunch|weekday|weekend|week|mon|tue|wed|thu|fri|sat|sun|today|tomorrow|"
    r"now|asap|soon|after|before|between|anytime|any time|whenever|any|later|am|pm|o'?clock)",
    re.IGNORECASE,
)
ANY_TIME = re.compile(r"^\W*(any ?time|whenever|any( day| time)?|doesn'?t matter)\W*$", re.IGNORECASE)
ZIP = re.compile(r"(?<![\d-])(\d{5})(?:-\d{4})?(?![\d-])")
SAME_NUMBER = re.compile(r"\b(this|same|my|the) (number|phone|one)\b|^\W*(here|this|yes)\W*$", re.IGNORECASE)
USE_THIS = re.compile(r"\b(at|on|to|use) (this|the same) (number|phone)\b", re.IGNORECASE)
LONGEST_TIME = 120  # characters


def is_skip(turn: Turn) -> bool:
    """Whether the visitor would rather not answer."""
    return bool(SKIP.match(turn.text) or spanish_words.SKIP.match(folded(turn.text))) or turn.intent == "deny"


def is_cancel(turn: Turn) -> bool:
    """Whether the visitor wants to stop the form; a carrier's STOP never gets here, it is obeyed at the door."""
    return bool(CANCEL.match(turn.text) or spanish_words.CANCEL.match(folded(turn.text)))


def details_in(turn: Turn, asked: str | None) -> Details:
    """Form slots that the message fills. `asked` is the open question: a bare "Maria" is a name only as its answer.

    Phones and e-mails come normalised from the entities (E.164, lower case).
    """
    if turn.text.startswith("/"):
        return {}
    found: Details = {}
    reach = turn.first("phone") or turn.first("email")
    if reach:
        found["contact_value"] = str(reach)
    elif turn.is_sms and _names_this_number(turn.text, asked == "contact_value"):
        found["contact_value"] = THIS_NUMBER
    safe = safe_in(turn.text, asked=asked == "contact_safe")
    if safe:
        found["contact_safe"] = safe.code()
    zip_code = turn.first("zip") or (_match(ZIP, turn.text) if asked == "contact_zip" else None)
    if zip_code:
        found["contact_zip"] = str(zip_code)
    name = _name(turn.text, asked)
    if name:
        found["contact_name"] = name
    time = _time(turn, asked)
    if time:
        found["contact_time"] = time
    person = _for_whom(turn, asked)
    if person:
        found["contact_for"] = person
    return found


def _names_this_number(text: str, asked: bool) -> bool:
    english, spanish = (SAME_NUMBER, spanish_words.SAME_NUMBER) if asked else (USE_THIS, spanish_words.USE_THIS)
    return bool(english.search(text) or spanish.search(folded(text)))


def _match(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    return found.group(1) if found else None


def _name(text: str, asked: str | None) -> str | None:
    introduced = re.search(r"\bmy name(?:'s| is)\s+([a-z][a-z'-]*)", text, re.IGNORECASE)
    if introduced:
        return introduced.group(1).capitalize()
    in_spanish = _spanish_name(text, asked == "contact_name")
    if in_spanish:
        return in_spanish
    if asked != "contact_name":
        return None
    stripped = text.strip()
    if SKIP.match(stripped) or spanish_words.SKIP.match(folded(stripped)):
        return None
    for found in NAMED.finditer(stripped):
        if found.group(1).split()[0].lower() not in NOT_A_NAME:
            return found.group(1)[:1].upper() + found.group(1)[1:]
    words = {word.strip(".!").lower() for word in stripped.split()}
    if BARE_NAME.match(stripped) and not words & NOT_A_NAME and not set(map(folded, words)) & spanish_words.NOT_A_NAME:
        return stripped.rstrip(".!")[:1].upper() + stripped.rstrip(".!")[1:]
    return None


def _spanish_name(text: str, asked: bool) -> str | None:
    """ "Me llamo Ana" anywhere; "soy Ana" only as the answer: elsewhere it is "soy la mama"."""
    plain = folded(text)
    if len(plain) != len(text):  # a letter and its accent as two characters: no place in one is one in the other
        text = plain
    for found in spanish_words.NAMED.finditer(plain):
        if not asked and not found.group(0).startswith(("me llamo", "mi nombre")):
            continue
        words = text[found.start(1) : found.end(1)].split()
        if folded(words[0]) in spanish_words.NOT_A_NAME:
            continue
        kept = words[:1] if len(words) > 1 and folded(words[1]) in spanish_words.NOT_A_NAME else words
        return " ".join(word[:1].upper() + word[1:] for word in kept)
    return None


def _time(turn: Turn, asked: str | None) -> str | None:
    if asked == "contact_time":
        plain = folded(turn.text)
        if ANY_TIME.match(turn.text) or spanish_words.ANY_TIME.match(plain):
            return "any time"
        if turn.has("day", "time") or TIME_WORD.search(turn.text) or spanish_words.TIME_WORD.search(plain):
            return turn.text.strip()[:LONGEST_TIME]
        return None
    tells_all = asked is None or turn.has("phone", "email")  # "Sam, 503-555-0142, after 5", whatever was asked
    return _time_phrase(turn) if tells_all else None


def _time_phrase(turn: Turn) -> str | None:
    """The words between the first and the last day or time that a request for a call names ("weekdays after 5")."""
    spans = [
        (int(entity["start"]), int(entity["end"]))
        for entity in turn.entities
        if entity["entity"] in ("day", "time") and entity.get("start") is not None
    ]
    if not spans:
        return None
    return turn.text[min(start for start, _ in spans) : max(end for _, end in spans)].strip()[:LONGEST_TIME] or None


def _for_whom(turn: Turn, asked: str | None) -> str | None:
    person: Any = turn.first("person")
    if asked is None:
        return str(person) if person else None
    if asked != "contact_for":
        return None
    if turn.language == "es":
        if spanish_words.ME.search(folded(turn.text)):
            return "self"
        person = spanish_words.relation(turn.text) or person
    if person:
        return str(person)
    if RELATION.search(turn.text):
        return "other"
    return "self" if ME.search(turn.text) or turn.intent == "affirm" else None

"""Money, shares, ZIP codes, phone numbers, e-mail addresses and states in a message."""

from __future__ import annotations

import re
from typing import Any

import phonenumbers

from bot.nlu.clock import WORD_NUMBERS, number
from bot.nlu.entity_patterns import Entity

_AMOUNT = r"\d{1,3}(?:,\d{3})+(?:\.\d\d)?|\d+(?:\.\d{1,2})?"
_ROLES = {
    "deductible": "deductible", "ded": "deductible", "copay": "copay", "co-pay": "copay", "copayment": "copay", "coinsurance": "coinsurance",  # noqa: E501
    "out of pocket max": "out_of_pocket_max", "oop max": "out_of_pocket_max", "out-of-pocket max": "out_of_pocket_max",
    "out of pocket maximum": "out_of_pocket_max", "budget": "budget", "income": "income",
}  # fmt: skip
_ROLE = "|".join(sorted(map(re.escape, _ROLES), key=len, reverse=True))
_MONEY = re.compile(
    rf"(?<![\w.])(?:\$\s?({_AMOUNT})(?:\s?(k\b))?|({_AMOUNT})(?:\s?(k\b))?\s?(?:dollars?\b|bucks\b|usd\b|\$))",
    re.IGNORECASE,
)
# A bare number is money beside the word that makes it so: "500 deductible left", "my deductible is 500", "a 40 copay".
_BEFORE_ROLE = re.compile(
    rf"(?<![\w.$-])({_AMOUNT})\s?(k)?\s+(?:of\s+|left on (?:my|the)\s+|for (?:my|the)\s+|on my\s+)?({_ROLE})\b(?!\s*-)",
    re.IGNORECASE,
)
_AFTER_ROLE = re.compile(
    rf"\b({_ROLE})s?\s+(?:is|was|of|=|:|left is|remaining is|at|around|about|met is)\s+(?:about |around |like )?\$?({_AMOUNT})\s?(k\b)?(?!\s?%|\d| percent)",  # noqa: E501
    re.IGNORECASE,
)
_PERCENT = re.compile(
    rf"(?<![\w.])(\d{{1,3}}(?:\.\d+)?)\s?(?:%|percent\b)|\b({'|'.join(WORD_NUMBERS)})\s+percent\b", re.IGNORECASE
)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}(?<![.-])")
_ZIP = re.compile(r"(?<![\w$#.,/-])(\d{5})(?:-\d{4})?(?![\w/-]|[.,]\d|\s?(?:dollars|bucks|k\b|%|usd))")

_STATES = {
    "AL": "alabama", "AK": "alaska", "AZ": "arizona", "AR": "arkansas", "CA": "california", "CO": "colorado", "CT": "connecticut", "DE": "delaware",  # noqa: E501
    "DC": "district of columbia", "FL": "florida", "GA": "georgia", "HI": "hawaii", "ID": "idaho", "IL": "illinois", "IN": "indiana", "IA": "iowa",  # noqa: E501
    "KS": "kansas", "KY": "kentucky", "LA": "louisiana", "ME": "maine", "MD": "maryland", "MA": "massachusetts", "MI": "michigan",  # noqa: E501
    "MN": "minnesota", "MS": "mississippi", "MO": "missouri", "MT": "montana", "NE": "nebraska", "NV": "nevada", "NH": "new hampshire",  # noqa: E501
    "NJ": "new jersey", "NM": "new mexico", "NY": "new york", "NC": "north carolina", "ND": "north dakota", "OH": "ohio", "OK": "oklahoma",  # noqa: E501
    "OR": "oregon", "PA": "pennsylvania", "RI": "rhode island", "SC": "south carolina", "SD": "south dakota", "TN": "tennessee", "TX": "texas",  # noqa: E501
    "UT": "utah", "VT": "vermont", "VA": "virginia", "WA": "washington", "WV": "west virginia", "WI": "wisconsin", "WY": "wyoming",  # noqa: E501
}  # fmt: skip
_CODE_OF = {name: code for code, name in _STATES.items()}
_STATE_NAME = re.compile(rf"\b({'|'.join(sorted(_CODE_OF, key=len, reverse=True))})\b", re.IGNORECASE)
_STATE_CODE = re.compile(rf"(?<![\w/])({'|'.join(_STATES)})(?![\w/])")
_ALSO_WORDS = frozenset(["IN", "OR", "ME", "OK", "HI", "OH", "MA", "PA", "VA", "ID", "LA", "AL", "DE", "CO", "MD"])


def _dollars(amount: str, thousands: str | None) -> float:
    return float(amount.replace(",", "")) * (1000.0 if thousands else 1.0)


def find_contacts(text: str) -> list[Entity]:
    """E-mail addresses and ten-digit American phone numbers (E.164)."""
    found = [Entity("email", match[0].lower(), match.start(), match.end()) for match in _EMAIL.finditer(text)]
    if sum(char.isdigit() for char in text) >= 10:
        for match in phonenumbers.PhoneNumberMatcher(text, "US", leniency=phonenumbers.Leniency.POSSIBLE):
            if len(str(match.number.national_number)) == 10 and match.number.country_code == 1:
                value = phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
                found.append(Entity("phone", value, match.start, match.end))
    return found


def find_money(text: str) -> list[Entity]:
    """Amounts in dollars (float), or {"amount", "role"} when the message says what it is; and percentages (float)."""
    found: dict[tuple[int, int], Entity] = {}

    def keep(value: Any, start: int, end: int) -> None:
        if not any(start < b and a < end for a, b in found):
            found[start, end] = Entity("money", value, start, end)

    for match in _BEFORE_ROLE.finditer(text):
        value = {"amount": _dollars(match[1], match[2]), "role": _ROLES[match[3].lower()]}
        keep(value, match.start(1), match.end(2) if match[2] else match.end(1))
    for match in _AFTER_ROLE.finditer(text):
        value = {"amount": _dollars(match[2], match[3]), "role": _ROLES[match[1].lower()]}
        keep(value, match.start(2), match.end(2))
    for match in _MONEY.finditer(text):
        amount = _dollars(match[1] or match[3], match[2] or match[4])
        after = re.match(
            rf"\s+(?:left\s+|remaining\s+)?(?:of\s+|on\s+)?(?:my\s+|the\s+|a\s+)?({_ROLE})\b",
            text[match.end() :],
            re.IGNORECASE,
        )
        role = _ROLES[after[1].lower()] if after else None
        keep({"amount": amount, "role": role} if role else amount, match.start(), match.end())
    shares = [
        Entity("percent", float(match[1] or number(match[2]) or 0), match.start(), match.end())
        for match in _PERCENT.finditer(text)
    ]
    return [*found.values(), *shares]


def find_places(text: str) -> list[Entity]:
    """ZIP codes and states. A two-letter code that is also a word counts only after a comma or before a ZIP code."""
    found = [Entity("zip", match[1], match.start(), match.end()) for match in _ZIP.finditer(text)]
    for match in _STATE_NAME.finditer(text):
        found.append(Entity("state", _CODE_OF[match[1].lower()], match.start(), match.end()))
    shouted = text.isupper() and len(text.split()) > 3
    for match in _STATE_CODE.finditer(text):
        sure = re.search(r",\s*$", text[: match.start()]) or re.match(r"\s+\d{5}\b", text[match.end() :])
        if sure or (match[1] not in _ALSO_WORDS and not shouted):
            found.append(Entity("state", match[1], match.start(), match.end()))
    return found

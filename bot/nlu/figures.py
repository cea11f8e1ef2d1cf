"""Money, shares, ZIP codes, phone numbers, e-mail addresses and states in a message."""

from __future__ import annotations

import re

import phonenumbers

from bot.nlu.clock import WORD_NUMBERS, number
from bot.nlu.entity_context import AMBIGUOUS, LISTED, STRUCTURED, Entity

_AMOUNT = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d\d)?|\d+(?:\.\d{1,2})?)"
_ROLES = {
    "deductible": "deductible", "ded": "deductible", "copay": "copay", "co-pay": "copay", "copayment": "copay", "coinsurance": "coinsurance",  # noqa: E501
    "out of pocket max": "out_of_pocket_max", "oop max": "out_of_pocket_max", "out-of-pocket max": "out_of_pocket_max",
    "out of pocket maximum": "out_of_pocket_max", "budget": "budget", "income": "income", "salary": "income",
}  # fmt: skip
_ROLE = "|".join(sorted(map(re.escape, _ROLES), key=len, reverse=True))
_CURRENCY = r"(?:dollars?\b|bucks\b|usd\b|\$)"
_MONEY = re.compile(
    rf"(?<![\w.])(?:\$\s?({_AMOUNT})(?:\s?(k\b))?|({_AMOUNT})(?:\s?(k\b|grand\b|thousand\b))?\s?{_CURRENCY}|({_AMOUNT})\s?(k|grand)\b(?!\s+(?:run|race|walk|steps)))",
    re.IGNORECASE,
)
_WORDED = re.compile(
    rf"\b({'|'.join(WORD_NUMBERS)})\s?(hundred\s|thousand\s|grand\b)?(?:dollars?\b|bucks\b|(?<=grand))", re.IGNORECASE
)
# A bare number is money beside the word that makes it so: "500 deductible left", "my deductible is 500", "a 40 copay".
_SUM = rf"\$?{_AMOUNT}\s?(?:k\b)?(?:\s?{_CURRENCY})?"
_BEFORE_ROLE = re.compile(
    rf"(?<![\w.$-])({_SUM})\s+(?:of\s+|left on (?:my|the)\s+|for (?:my|the)\s+|on my\s+)?({_ROLE})\b(?!\s*-)",
    re.IGNORECASE,
)
_AFTER_ROLE = re.compile(
    rf"\b({_ROLE})s?\s+(?:is|was|of|=|:|left is|remaining is|at|around|about|met is)\s+"
    rf"(?:about |around |like )?({_SUM})(?!\s?%|\d| percent)",
    re.IGNORECASE,
)
_EARNED = re.compile(
    r"\b(?:make|makes|making|earn|earns|earning|bring home|take home)\s+(?:about |around |like |only |maybe )*$",
    re.IGNORECASE,
)
_EACH = re.compile(
    r"\s*(?:a|per|/|each|every)\s*(year|yr|month|mo|week|wk)\b|\s*(yearly|annually|monthly|weekly)\b", re.IGNORECASE
)
# A bare number is money too where it is earned in a time: "I make 1800 a month".
_BARE_EARNED = re.compile(
    rf"(?<![\w.$-]){_AMOUNT}(?=\s*(?:a|per|/|each|every)\s*(?:year|yr|month|mo|week|wk)\b)", re.IGNORECASE
)
_PERCENT = re.compile(
    rf"(?<![\w.])(\d{{1,3}}(?:\.\d+)?)\s?(?:%|percent\b)|\b({'|'.join(WORD_NUMBERS)})\s+percent\b", re.IGNORECASE
)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}(?<![.-])")
_ZIP = re.compile(r"(?<![\w$#.,/-])(\d{5})(?:-\d{4})?(?![\w/-]|[.,]\d|\s?(?:dollars|bucks|k\b|%|usd))")
# Five digits that are the number of something else, or of a house.
_NO_ZIP_BEFORE = re.compile(
    r"(?:\b(?:case|claim|order|member|policy|group|account|acct|badge|student|patient|booking|inmate|confirmation|reference|ref|ticket|room|rm|"
    r"suite|ste|apt|apartment|unit|bus|route|highway|hwy|box|id|last)(?:\s+(?:number|num|no\.?|id|is|#))*|#)[\s:#]*$",
    re.IGNORECASE,
)
_NO_ZIP_AFTER = re.compile(
    r"\s+(?:[nsew]\.?\s+)?(?:[\w']+\s+){1,3}(?:street|st|avenue|ave|road|rd|blvd|boulevard|lane|ln|drive|dr|way|court|ct|circle|highway|hwy)\b|"
    r"\s+(?:people|miles|steps|times|followers|members|dollars)\b",
    re.IGNORECASE,
)

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


def _dollars(written: str) -> float:
    """The value of an amount as written: "$1,200", "12k", "30 bucks"."""
    digits = re.search(_AMOUNT, written)
    amount = float(digits[0].replace(",", "")) if digits else 0.0
    return amount * (1000.0 if re.search(r"\d\s?(?:k\b|grand\b|thousand\b)", written, re.IGNORECASE) else 1.0)


def find_contacts(text: str) -> list[Entity]:
    """E-mail addresses and ten-digit American phone numbers (E.164)."""
    found = [
        Entity("email", match[0].lower(), match.start(), match.end(), STRUCTURED) for match in _EMAIL.finditer(text)
    ]
    if sum(char.isdigit() for char in text) >= 10:
        for match in phonenumbers.PhoneNumberMatcher(text, "US", leniency=phonenumbers.Leniency.POSSIBLE):
            if len(str(match.number.national_number)) == 10 and match.number.country_code == 1:
                value = phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
                found.append(Entity("phone", value, match.start, match.end, STRUCTURED))
    return found


def find_money(text: str) -> list[Entity]:
    """Amounts in dollars (float), or {"amount", "role"} when the message says what it is; and percentages (float)."""
    found: dict[tuple[int, int], Entity] = {}

    def keep(amount: float, role: str | None, start: int, end: int) -> None:
        if not any(start < b and a < end for a, b in found):
            value: float | dict[str, object] = {"amount": amount, "role": role} if role else amount
            if isinstance(value, dict) and role == "income" and (period := _period(text[end:])):
                value["period"] = period
            sure = STRUCTURED if re.search(r"[$a-z]", text[start:end], re.IGNORECASE) else AMBIGUOUS
            found[start, end] = Entity("money", value, start, end, sure)

    for match in _BEFORE_ROLE.finditer(text):
        keep(_dollars(match[1]), _ROLES[match[2].lower()], match.start(1), match.end(1))
    for match in _AFTER_ROLE.finditer(text):
        keep(_dollars(match[2]), _ROLES[match[1].lower()], match.start(2), match.start(2) + len(match[2].rstrip()))
    for match in _WORDED.finditer(text):
        times = {"hundred": 100.0, "thousand": 1000.0, "grand": 1000.0}.get((match[2] or "").strip().lower(), 1.0)
        keep((number(match[1]) or 0.0) * times, _role_of(text, *match.span()), *match.span())
    for match in _MONEY.finditer(text):
        keep(_dollars(match[0]), _role_of(text, *match.span()), match.start(), match.start() + len(match[0].rstrip()))
    for match in _BARE_EARNED.finditer(text):
        if _role_of(text, *match.span()) == "income":
            keep(_dollars(match[0]), "income", *match.span())
    shares = [
        Entity("percent", float(match[1] or number(match[2]) or 0), match.start(), match.end(), STRUCTURED)
        for match in _PERCENT.finditer(text)
    ]
    return [*found.values(), *shares]


def _role_of(text: str, start: int, end: int) -> str | None:
    """What an amount is by the words after it ("$40 copay"), or before it ("we make $40,000 a year")."""
    after = re.match(
        rf"\s+(?:left\s+|remaining\s+)?(?:of\s+|on\s+)?(?:my\s+|the\s+|a\s+)?({_ROLE})\b", text[end:], re.IGNORECASE
    )
    if after:
        return _ROLES[after[1].lower()]
    return "income" if _EARNED.search(text[:start]) and _EACH.match(text[end:]) else None


def _period(after: str) -> str | None:
    """Month or week where the words after an income say so; None for a year, which is what an income is taken for."""
    each = _EACH.match(after)
    unit = (each[1] or each[2]).lower() if each else ""
    return "month" if unit.startswith("mo") else "week" if unit.startswith("w") else None


def find_places(text: str) -> list[Entity]:
    """ZIP codes and states. A two-letter code that is also a word counts only after a comma or before a ZIP code."""
    found = []
    for match in _ZIP.finditer(text):
        if not (_NO_ZIP_BEFORE.search(text[: match.start()]) or _NO_ZIP_AFTER.match(text[match.end() :])):
            said = re.search(r"\b(?:zip|zipcode|code|live|in|near|area)\b", text[: match.start()], re.IGNORECASE)
            found.append(Entity("zip", match[1], match.start(), match.end(), LISTED if said else AMBIGUOUS))
    for match in _STATE_NAME.finditer(text):
        if not re.match(r",?\s*d\.?c\b", text[match.end() :], re.IGNORECASE):  # Washington, DC
            found.append(Entity("state", _CODE_OF[match[1].lower()], match.start(), match.end()))
    shouted = text.isupper() and len(text.split()) > 3
    for match in _STATE_CODE.finditer(text):
        if match[1] == "LA" and re.match(r"\s+(?:county|area)\b", text[match.end() :], re.IGNORECASE):
            continue  # Los Angeles
        sure = re.search(r",\s*$", text[: match.start()]) or re.match(r"\s+\d{5}\b", text[match.end() :])
        if sure or (match[1] not in _ALSO_WORDS and not shouted):
            found.append(Entity("state", match[1], match.start(), match.end()))
    return found

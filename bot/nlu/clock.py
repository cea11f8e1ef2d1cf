"""Clock times, runs of days and lengths of time, as people write them: "after 5", "9-5", "nine to five", "Tu/Th", "8
weeks"."""

from __future__ import annotations

import re
from typing import Any

from bot.nlu.entity_context import AMBIGUOUS, LISTED, Entity

_NUMBERS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
]
WORD_NUMBERS = {word: number for number, word in enumerate(_NUMBERS)} | {
    "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100,
}  # fmt: skip
_HOUR_WORDS = "|".join(_NUMBERS[1:13])
_TIME = rf"(?:\d{{1,2}}(?:[:.]\d\d)?|noon|midnight|{_HOUR_WORDS})(?:\s?(?:[ap]\.?m\b\.?|[ap]\b)|\s?o'?clock)?(?:\s(?:in the (?:morning|afternoon|evening)|at night))?"  # noqa: E501
# What follows makes the number no time: a price, a share, a length, a count.
_NOT_TIME = r"(?!\s*(?:%|percent|dollars?|bucks|k\b|days?\b|weeks?\b|months?\b|years?\b|hours?\b|hrs?\b|wks?\b|minutes?\b|times?\b|people|kids|\d|/|am i\b))"  # noqa: E501
_BETWEEN = re.compile(
    rf"\b(?:(?:between|from)\s+)?({_TIME})\s*(?:-|to|til+|until|thru|through|and)\s*({_TIME})(?!\w){_NOT_TIME}",
    re.IGNORECASE,
)
_FROM_ON = re.compile(rf"\bfrom\s+({_TIME})\s+on(?:wards?)?\b", re.IGNORECASE)
_AFTER = re.compile(rf"\b(?:after|past|later than|starting (?:at|from)|no earlier than|(?:get |i'm |im |be |am )?(?:off|out|done|free|home)(?: (?:of |from )?(?:work|school|class))? (?:at|by|after|around)|not before)\s+(?:about |around )?({_TIME})(?!\w){_NOT_TIME}", re.IGNORECASE)  # fmt: skip  # noqa: E501
_BEFORE = re.compile(
    rf"\b(?:before|by|no later than|until|til+|earlier than|not after|up to)\s+(?:about |around )?({_TIME})(?!\w){_NOT_TIME}",  # noqa: E501
    re.IGNORECASE,
)
_AT = re.compile(
    rf"\b(?:at|around|@)\s*({_TIME})(?!\w){_NOT_TIME}|\b(\d{{1,2}}(?::\d\d)?\s?[ap]\.?m\b\.?|noon)", re.IGNORECASE
)
_BUSY = re.compile(
    r"\b(?:work(?:s|ing)?|job|shifts?|class(?:es)?|school|busy|in the office|employed|job is)\b[^.?!]{0,30}$",
    re.IGNORECASE,
)
_OFF = re.compile(r"\b(?:off|out|done|home)\b.*\bat\b|\b(?:off|out|done|home)\s+(?:of |from )?(?:work|school|class)")
_PARTS = re.compile(rf"({_HOUR_WORDS}|noon|midnight|\d{{1,2}})(?:[:.](\d\d))?\s*(.*)", re.IGNORECASE | re.DOTALL)

_DURATION = re.compile(
    r"\b(?:(\d{1,3})\s?(?:-|to|or)\s?)?(\d{1,3}|"
    + "|".join(WORD_NUMBERS)
    + r"|a couple(?: of)?|a few|couple(?: of)?|half a|half an|(?<=for )an?)"
    r"[\s-]?(?:more |full |whole )?(minute|min|hour|hr|day|week|wk|month|mo|year|yr)s?\b(?!\s*-?\s*(?:old|sober|of age|o\b|/o))",  # noqa: E501
    re.IGNORECASE,
)
# "a month" alone is a length ("does it take a year"); "$200 a month" and "once a week" are not.
_ONE = re.compile(
    r"(?:^|\b(?:for|takes?|took|about|around|like|only|just|than|least|within|stay|be|another|or)\s+)(an?)\s+(hour|day|week|month|year)\b"
    r"(?!\s*-?\s*(?:old|ago|from))",
    re.IGNORECASE,
)
_NO_LENGTH_BEFORE = re.compile(r"\b(?:every|each|instead of|first|last|next|past)\s+$", re.IGNORECASE)
_NO_LENGTH_AFTER = re.compile(r"\s+(?:ago|clean|sober|from now)\b", re.IGNORECASE)
_DAYS_OF_A_WEEK = re.compile(r"\s*(?:/|a|per|each|every|in a)\s*(?:week|wk)\b|\s+weekly\b", re.IGNORECASE)
_UNITS = {"min": "minute", "hr": "hour", "wk": "week", "mo": "month", "yr": "year"}

_DAY_CODES = {
    "m": "mon", "mo": "mon", "mon": "mon", "t": "tue", "tu": "tue", "tue": "tue", "tues": "tue", "w": "wed", "we": "wed", "wed": "wed",  # noqa: E501
    "th": "thu", "r": "thu", "thu": "thu", "thur": "thu", "thurs": "thu", "f": "fri", "fr": "fri", "fri": "fri",
    "sa": "sat", "sat": "sat", "su": "sun", "sun": "sun",
}  # fmt: skip
_CODE = r"(?:thurs|thur|thu|tues|tue|mon|wed|fri|sat|sun|mo|tu|we|th|fr|sa|su|m|t|w|r|f)"
_DAY_NAME = r"(?:mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?|" + _CODE[3:]
_DAY_RUN = re.compile(rf"\b({_CODE}(?:\s?[/,&+]\s?{_CODE})+|{_CODE}(?:-{_CODE}){{2,}})(?!\w)", re.IGNORECASE)
_DAY_RANGE = re.compile(
    rf"\b({_DAY_NAME})\s?(?:-|–|to|thru|through|til+|until)\s?({_DAY_NAME})(?![\w-])", re.IGNORECASE
)
_WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_PACKED = {
    "mwf": ["mon", "wed", "fri"],
    "tth": ["tue", "thu"],
    "tuth": ["tue", "thu"],
    "tr": ["tue", "thu"],
    "mtwth": ["mon", "tue", "wed", "thu"],
}
_PACKED_RUN = re.compile(r"\b(mwf|tuth|tth|mtwth)\b", re.IGNORECASE)
_LONE_DAY = re.compile(
    r"\b(?:on|every|this|next|and|or|only)\s+(sat|sun)s?\b(?!\s+(?:down|in|on|there|with|here))", re.IGNORECASE
)


def number(word: str) -> float | None:
    """The value of a number in digits or words up to a hundred; None when it is none."""
    word = word.lower().strip()
    if word.isdigit():
        return float(word)
    if word in WORD_NUMBERS:
        return float(WORD_NUMBERS[word])
    return {"a": 1.0, "an": 1.0, "half a": 0.5, "half an": 0.5, "a few": 3.0}.get(
        word, 2.0 if "couple" in word else None
    )


def _clock(text: str) -> tuple[int, int, str] | None:
    """Hour, minute and "am", "pm" or "" of one written time."""
    match = _PARTS.match(text.strip())
    if not match:
        return None
    hour_text, minute, rest = match[1].lower(), int(match[2] or 0), match[3].lower().replace(".", "").strip()
    if hour_text in ("noon", "midnight"):
        return (12 if hour_text == "noon" else 0), 0, "fixed"
    hour = int(number(hour_text) or 0)
    if hour > 23 or minute > 59:
        return None
    if hour > 12 or hour == 0:
        return hour, minute, "fixed"
    half = (
        "am"
        if rest.startswith("a") or "morning" in rest
        else "pm"
        if rest.startswith("p") or rest.startswith("in the") or "night" in rest
        else ""
    )
    return hour, minute, half


def _written(hour: int, minute: int, half: str) -> str:
    if half == "pm" and hour < 12:
        hour += 12
    if half == "am" and hour == 12:
        hour = 0
    return f"{hour:02d}:{minute:02d}"


def _one(text: str) -> str | None:
    """A lone time: without am or pm, 1 to 7 are meant as afternoon and evening, 8 to 12 as they stand."""
    clock = _clock(text)
    if clock is None:
        return None
    hour, minute, half = clock
    return _written(hour, minute, half or ("pm" if 1 <= hour <= 7 else "am" if hour < 12 else "pm"))


def _span(first: str, second: str) -> list[str] | None:
    """Two times: the half of the day of one is worked out from the other ("9 to 5", "6-9pm")."""
    one, two = _clock(first), _clock(second)
    if one is None or two is None:
        return None
    (hour1, minute1, half1), (hour2, minute2, half2) = one, two
    later = (hour1 % 12, minute1) < (hour2 % 12, minute2)
    if not half1 and not half2:
        half1 = "pm" if 1 <= hour1 <= 6 and later else "am" if hour1 < 12 else "pm"
        half2 = "pm" if half1 == "pm" or not later or hour2 == 12 else "am"
    elif not half1:
        half1 = half2 if half2 != "fixed" and later else "am"
        half1 = "pm" if half2 == "pm" and hour1 == 12 else half1
    elif not half2:
        half2 = half1 if half1 != "fixed" and later else "pm"
    return [_written(hour1, minute1, half1), _written(hour2, minute2, half2)]


def find_times(text: str) -> list[Entity]:
    """Clock times: after, before, between or at. One that tells when the writer works carries `"role": "work"`."""
    found: list[Entity] = []
    taken: list[tuple[int, int]] = []

    def keep(value: dict[str, Any] | None, start: int, end: int) -> None:
        if value and not any(start < b and a < end for a, b in taken):
            taken.append((start, end))
            said = re.search(
                r"[ap]\.?m\b|noon|midnight|morning|evening|afternoon|night", text[start:end], re.IGNORECASE
            )
            found.append(Entity("time", value, start, end, LISTED if said else AMBIGUOUS))

    for match in _BETWEEN.finditer(text):
        # "2 and 3", "8 to 12" of anything are times only when said so: a clock word, an o'clock, or hours people work.
        said = re.search(r"[ap]\.?m\b|:\d\d|noon|clock|between|from", match[0], re.IGNORECASE)
        busy = bool(_BUSY.search(text[: match.start()]))
        joined_by_and = re.search(r"\band\b", match[0], re.IGNORECASE)
        span = _span(match[1], match[2])
        if span and (said or (not joined_by_and and (busy or span[0] != span[1]))):
            start = match.start(1) if match[0].lower().startswith("from") else match.start()
            keep({"between": span, **({"role": "work"} if busy else {})}, start, match.end())
    for pattern, key in ((_FROM_ON, "after"), (_AFTER, "after"), (_BEFORE, "before")):
        for match in pattern.finditer(text):
            time = _one(match[1])
            words = match[0].lower()
            until = words.startswith(("until", "til"))
            worked = _OFF.search(words) if key == "after" else until and _BUSY.search(text[: match.start()])
            value = {"before": time, "role": "work"} if worked else {key: time}
            keep(value if time else None, match.start(), match.end(1))
    for match in _AT.finditer(text):
        time = _one(match[1] or match[2])
        keep({"at": time} if time else None, match.start(), match.end())
    return found


def find_durations(text: str) -> list[Entity]:
    """Lengths of time: {"value", "unit"}; of "8 to 12 weeks" the longer."""
    found = []
    for match in _DURATION.finditer(text):
        value = number(match[2])
        unit = _UNITS.get(match[3].lower(), match[3].lower())
        before, after = text[: match.start()], text[match.end() :]
        if _NO_LENGTH_BEFORE.search(before) or _NO_LENGTH_AFTER.match(after):
            continue
        if unit == "day" and _DAYS_OF_A_WEEK.match(after):
            continue  # "3 days a week" is how often
        if value is not None:
            value = int(value) if value == int(value) else value
            found.append(Entity("duration", {"value": value, "unit": unit}, match.start(), match.end()))
    for match in _ONE.finditer(text):
        if not any(fact.start < match.end() and match.start(1) < fact.end for fact in found):
            found.append(Entity("duration", {"value": 1, "unit": match[2].lower()}, match.start(1), match.end()))
    return found


def _day_of(name: str) -> str:
    """The slug of a day's name or code."""
    return _DAY_CODES.get(name.lower()) or name[:3].lower()


def find_day_runs(text: str) -> list[Entity]:
    """Days in short and from one to another: "Tu/Th", "MWF", "mon thru thu"; one entity a day, or the weekdays' one."""
    found = []
    for match in _DAY_RUN.finditer(text):
        for code in re.finditer(_CODE, match[1], re.IGNORECASE):
            start = match.start() + code.start()
            found.append(Entity("day", _DAY_CODES[code[0].lower()], start, start + len(code[0])))
    for match in _DAY_RANGE.finditer(text):
        first, last = (_WEEK.index(_day_of(name)) for name in match.groups())
        if first < last and not any(fact.start < match.end() and match.start() < fact.end for fact in found):
            days = ["weekday"] if (first, last) == (0, 4) else _WEEK[first : last + 1]
            found += [Entity("day", day, match.start(), match.end()) for day in days]
    for match in _PACKED_RUN.finditer(text):
        found += [Entity("day", day, match.start(), match.end()) for day in _PACKED[match[1].lower()]]
    for match in _LONE_DAY.finditer(text):
        found.append(Entity("day", match[1].lower(), match.start(1), match.end(1)))
    return found

"""Plain words of a message that change how its entities are read: work, fewer days, whose share, which group of people.

Entities carry most of what a visitor says; these few patterns only decide between two readings of the same entity.
"""

import re

HOURS = {
    word: number
    for number, word in enumerate(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], start=1
    )
}
OVERNIGHT = (22 * 60, 6 * 60)
"""Night work, when only "nights" is said: ten in the evening to six in the morning."""

HOUR = rf"(\d{{1,2}}(?::\d\d)?|{'|'.join(HOURS)})\s*(am|pm|a\.m\.|p\.m\.)?"
SPAN = re.compile(rf"\b{HOUR}\s*(?:-|–|to|til|till|until)\s*{HOUR}", re.IGNORECASE)
UNTIL = re.compile(rf"\b(?:until|till|til|off at|done at|out at)\s+{HOUR}\b", re.IGNORECASE)
WORK = re.compile(
    r"\b(i|he|she|we|they|im|i'm|my|his|her)\b.{0,20}\b(work|works|working|job|shift|shifts)\b", re.IGNORECASE
)
FEWER = re.compile(
    r"\b(fewer|less) (\w+ )?days\b|\blonger (days|sessions)\b|"
    r"\b(just|only) (one|two|1|2) days\b|\b(once|twice) a week\b",
    re.IGNORECASE,
)
PLAN_PAYS = re.compile(
    r"\b(insurance|plan|they|it|aetna|cigna|medicare)\b.{0,12}"
    r"\b(pays?|covers?|covering|paying)\b.{0,15}\d+ ?(%|percent)",
    re.IGNORECASE,
)
POPULATION_WORDS: tuple[tuple[str, str], ...] = (
    (
        "teens",
        r"\b(teens?|teenagers?|adolescents?|minors?|under 18|(1[3-7]|fifteen|sixteen|seventeen)[- ]?(years?|yo|yr)\b)",
    ),
    ("older_adults", r"\b(older adults?|seniors?|elderly|over 6[05])\b"),
    ("young_adults", r"\b(young adults?|college students?)\b"),
    ("pregnancy", r"\b(pregnan\w*|expecting)\b"),
    ("childcare", r"\b(child ?care|day ?care|babysit\w*|bring my (kid|kids|child|children|baby))\b"),
    ("veterans", r"\b(veterans?|vets?|military|service members?)\b"),
    ("lgbtq", r"\b(lgbtq?\w*\+?|gay|lesbian|bisexual|transgender|trans|queer|non-?binary)\b"),
    ("court_ordered", r"\b(court|dui|dwi|probation|parole|judge|drug court)\b"),
    ("spanish", r"\b(spanish|espa(n|ñ)ol)\b"),
    ("deaf", r"\b(deaf|hard of hearing|asl|sign language)\b"),
    ("disability", r"\b(disab\w+|wheel ?chair|accessib\w+|blind)\b"),
    ("faith", r"\b(faith|christian|church|religio\w+|jewish|muslim|islamic|catholic)\b"),
    ("women", r"\b(women|woman|female)[- ]?('s|only|s)?\b"),
    ("men", r"\b(men|male)[- ]?('s|only|s)?\b"),
    ("health_workers", r"\b(nurses?|doctors?|physicians?|health ?care workers?|pharmacists?)\b"),
    ("first_responders", r"\b(first responders?|firefighters?|police officers?|paramedics?)\b"),
    ("other_languages", r"\b(interpreter|translator|russian|chinese|mandarin|vietnamese|arabic|korean|tagalog)\b"),
    ("parents", r"\b(parents|single (mom|mother|dad|father))\b"),
)


def works(text: str) -> bool:
    """Whether the message speaks of somebody's working hours."""
    return bool(WORK.search(text))


def says_fewer_days(text: str) -> bool:
    """Whether fewer, longer days are wished."""
    return bool(FEWER.search(text))


def says_plan_pays(text: str) -> bool:
    """Whether a percentage is the plan's share ("they pay 80%") and not the person's."""
    return bool(PLAN_PAYS.search(text))


def population_in(text: str) -> tuple[str, ...]:
    """Slugs of the groups of people, or needs, that the message names."""
    return tuple(slug for slug, pattern in POPULATION_WORDS if re.search(pattern, text, re.IGNORECASE))


def work_hours_in(text: str) -> tuple[int | None, int | None] | None:
    """Start and end of work in minutes since midnight, from words such as "nine to five until six"; None without any.

    Hours without am or pm are read as a day job: a start before 7 and an end up to 11 are in the afternoon.
    """
    span = SPAN.search(text)
    if span is None:
        later = UNTIL.search(text)
        if later is not None:
            return None, _afternoon(_clock(later[1], later[2]), later[2])
        return OVERNIGHT if re.search(r"\b(nights?|night ?shifts?|overnights?)\b", text, re.IGNORECASE) else None
    start, end = _clock(span[1], span[2]), _clock(span[3], span[4])
    if span[2] is None and start < 6 * 60:
        start += 12 * 60
    if span[4] is None and end <= start and end < 12 * 60:
        end += 12 * 60
    later = UNTIL.search(text, span.end(1))
    if later is not None and later.start() > span.start(3):
        end = max(end, _afternoon(_clock(later[1], later[2]), later[2]))
    return start, end


def _clock(number: str, half: str | None) -> int:
    hours, _, minutes = number.partition(":")
    hour = HOURS.get(hours.lower()) or int(hours) % 24
    if half:
        hour = hour % 12 + (12 if half.lower().startswith("p") else 0)
    return hour * 60 + int(minutes or 0)


def _afternoon(minute: int, half: str | None) -> int:
    return minute + 12 * 60 if half is None and minute < 8 * 60 else minute

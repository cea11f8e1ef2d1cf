"""How our own texts read: words to avoid (NIDA, Words Matter) and reading grade."""

from __future__ import annotations

import re
import warnings

HIGHEST_GRADE = 8.0
SHORT_TEXT = 12
"""Words; below this a reading grade says nothing."""

AVOID = {
    r"\baddicts?\b": "person with a substance use disorder",
    r"\balcoholics?\b(?! anonymous)": "person with an alcohol use disorder",
    r"\bjunk(ie|y)s?\b": "person who uses drugs",
    r"\b(substance|drug|alcohol) abuse(r|rs)?\b": "substance use (or misuse)",
    r"\babusers?\b": "person who uses",
    r"\brelapse[ds]?\b|\brelapsing\b": "return to use",
    r"\b(get|stay|be|being|getting|staying) clean\b": "in recovery, not using",
    r"\bdirty\b": "positive (of a test)",
    r"\b(drug|bad) habit\b": "substance use",
    r"\bcommit(ted|s|ting)? suicide\b": "die by suicide",
    r"\bfailed (suicide )?attempt\b": "attempt",
    r"\breplacement therapy\b": "medication for opioid use disorder",
    r"\b100 ?% (confidential|private|safe)\b": "say what is done with the data",
    r"\bHIPAA[- ]compliant\b": "say what is done with the data",
    r"\bguarantee[ds]?\b": "no promise",
    r"\bcure[ds]?\b": "no promise",
    r"\byou must\b": "leave the choice to the visitor",
}
_AVOID = [(re.compile(pattern, re.IGNORECASE), better) for pattern, better in AVOID.items()]


def words_to_avoid(text: str) -> list[tuple[str, str]]:
    """(word found, what to say instead)."""
    return [(match.group(0), better) for pattern, better in _AVOID for match in pattern.finditer(text)]


def reading_grade(text: str) -> float:
    """Flesch-Kincaid grade (US school years). Phone numbers and line breaks are evened out first."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import textstat

    plain = re.sub(r"[+(]?\d[\d ().-]{6,}\d", "number", text)
    plain = re.sub(r"\s*\n+\s*", ". ", plain).replace("..", ".")
    return float(textstat.flesch_kincaid_grade(plain))

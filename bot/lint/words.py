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
AVOID_SPANISH = {
    r"\b(?:drog)?adict[oa]s?\b": "persona con un trastorno por consumo de sustancias",
    r"\b(?:alcohólic[oa]s?|borrach[oa]s?)\b": "persona con un trastorno por consumo de alcohol",
    r"\b(?:abuso de (?:sustancias|drogas|alcohol)|drogadicción)\b": "consumo de sustancias",
    r"\brecaídas?\b": "volver a consumir",
    r"\bsuicidarse\b|\bcometer suicidio\b": "quitarse la vida",
    r"\bgarantiza(?:mos|do|da)?\b|\bgarantías?\b": "no promise",
    r"\b(?:tú|tienes|puedes|quieres|debes|dime)\b": "usted",
}
"""In Spanish; grown-ups are addressed with usted."""
EASE_SPANISH = 70.0
"""Fernández-Huerta: "fairly easy" at least, the reading of grades 6 to 8."""
_AVOID_SPANISH = [(re.compile(pattern, re.IGNORECASE), better) for pattern, better in AVOID_SPANISH.items()]
_AVOID = [(re.compile(pattern, re.IGNORECASE), better) for pattern, better in AVOID.items()]


def words_to_avoid(text: str, language: str = "en") -> list[tuple[str, str]]:
    """(word found, what to say instead)."""
    avoid = _AVOID_SPANISH if language == "es" else _AVOID
    return [(match.group(0), better) for pattern, better in avoid for match in pattern.finditer(text)]


def reading_grade(text: str) -> float:
    """Flesch-Kincaid grade (US school years). Phone numbers and line breaks are evened out first."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import textstat

    return float(textstat.flesch_kincaid_grade(_evened(text)))


def reading_ease(text: str) -> float:
    """Fernández-Huerta ease of a Spanish text: 100 very easy, 0 very hard."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import textstat

    return float(textstat.fernandez_huerta(_evened(text)))


def too_hard(text: str, language: str = "en") -> str:
    """What is wrong with a text that is too hard to read; empty when nothing is."""
    if len(text.split()) < SHORT_TEXT:
        return ""
    if language == "es":
        ease = reading_ease(text)
        return "" if ease >= EASE_SPANISH else f"has a reading ease of {ease:.0f}; {EASE_SPANISH:.0f} is wanted"
    grade = reading_grade(text)
    if grade <= HIGHEST_GRADE:
        return ""
    return f"reads at grade {grade:.1f}; shorten sentences and words until it is {HIGHEST_GRADE:.0f}"


def _evened(text: str) -> str:
    plain = re.sub(r"[+(]?\d[\d ().-]{6,}\d", "number", text)
    return re.sub(r"\s*\n+\s*", ". ", plain).replace("..", ".")

"""Medical questions that are refused kindly, by kind, and the plan to stop alcohol or benzodiazepines all at once.

Facts F7, F15, F16 and F18: never a dose, a taper or a mix; a sudden stop gets its warning whatever else was asked.
"""

from __future__ import annotations

import re

_KINDS: tuple[tuple[str, str], ...] = (
    (
        "test",
        r"\b(?:beat|pass|fool|trick|cheat|flush|detox for|clear|get past)\b.{0,40}\b(?:test|ua|screen|urine|pee)\b"
        r"|\b(?:drug|urine|hair|mouth|saliva|swab) (?:test|screen)\b.{0,60}"
        r"\b(?:positive|negative|system|show|fake|beat)\b"
        r"|\b(?:fake|synthetic|clean|someone else'?s) (?:pee|urine)\b"
        r"|\bhow long (?:does|do|will|is)\b.{0,40}\bin (?:my|your|the) (?:system|urine|blood|body)\b",
    ),
    (
        "hiding",
        r"\b(?:hide|hiding|conceal|cover up|without (?:my|anyone|them|him|her)\b.{0,30}\b(?:know|find|notice|tell))\b"
        r".{0,60}\b(?:us(?:e|ing)|drink(?:ing)?|high|drunk|drugs?|pills?|smell|eyes|tracks?|breath)\b"
        r"|\b(?:smell|eyes|tracks?|breath)\b.{0,30}\b(?:hide|cover)\b"
        r"|\b(?:keep|stop)\b.{0,40}\bfrom (?:finding out|knowing|noticing)\b.{0,20}"
        r"\b(?:i'?m|i am|my) (?:using|drinking|drug use|use|high|drunk)\b",
    ),
    (
        "mixing",
        r"\b(?:mix|mixing|combine|combining|together with|on top of|interact|at the same time|same time as)\b"
        r"|\b(?:take|drink|have|use|smoke|do)\b.{0,40}\b(?:while (?:on|taking)|with|after)\b.{0,20}"
        r"\b(?:suboxone|methadone|xanax|benzos?|naltrexone|vivitrol|antabuse|alcohol|meds?|pills?|opioids?|klonopin)\b",
    ),
    (
        "taper",
        r"\b(?:taper|tapering|wean|weaning|cut (?:down|back)|step down from|"
        r"come off|get off|coming off|getting off|ween)\b",
    ),
    ("dose", r"\b(?:dose|dosage|doses|mgs?|milligrams?|how (?:much|many)|how often|too much|safe amount|limit)\b"),
)
_MEDICAL = [(name, re.compile(pattern)) for name, pattern in _KINDS]

_WHAT = (
    r"(?:drink(?:ing)?|alcohol|booze|liquor|vodka|beer|wine|whiskey|benzos?|benzodiazepines?|xanax|klonopin|valium|ativan|"
    r"alprazolam|clonazepam|diazepam|lorazepam)"
)
_STOP = (
    r"(?:stop|stopping|quit|quitting|give up|giving up|come off|coming off|get off|getting off|"
    r"detox(?:ing)? (?:from|off)|kick)"
)
_HOW = (
    r"(?:cold turkey|on my own|by myself|by (?:him|her|them)sel(?:f|ves)|at home|alone|all at once|right away|"
    r"straight away|"
    r"today|tonight|tomorrow|now|suddenly|overnight|on (?:his|her|their) own|without (?:any )?(?:help|a doctor|detox))"
)
_SUDDEN = [
    re.compile(pattern)
    for pattern in (
        rf"\b{_STOP}\b.{{0,30}}\b{_WHAT}\b.{{0,40}}\b{_HOW}\b",
        rf"\b{_HOW}\b.{{0,40}}\b{_STOP}\b.{{0,30}}\b{_WHAT}\b",
        rf"\b{_WHAT}\b.{{0,30}}\bcold turkey\b|\bcold turkey\b.{{0,40}}\b{_WHAT}\b",
        rf"\b(?:i(?:'ll| will|'m going to| am going to|m gonna| can| could)|gonna|should i|can i) just "
        rf"{_STOP}\b.{{0,30}}\b{_WHAT}\b",
        r"\bdetox\b.{0,20}\b(?:myself|at home|on my own)\b",
        rf"\b(?:threw|throw(?:ing)?|pour(?:ed|ing)?)\b.{{0,20}}\b(?:all|out|away)\b.{{0,20}}\b{_WHAT}\b",
        rf"\bflush(?:ed|ing)?\b.{{0,20}}\b{_WHAT}\b",
        r"\bdej(?:ar|o|e|é|aré|are) (?:de )?(?:tomar|beber|el alcohol|las? (?:benzos|pastillas|xanax)|xanax)\b.{0,40}"
        r"\b(?:de golpe|de una vez|por mi cuenta|en casa|hoy|solo|sola|ahora|mañana|manana|"
        r"sin (?:ayuda|médico|medico))\b",
        r"\bde golpe\b.{0,40}\b(?:dej\w+|tomar|beber|alcohol|xanax|benzos)\b",
    )
]
# What has been done already for long, or by a program, is no plan to stop now.
_DONE = re.compile(
    r"\b(?:stopped|quit|sober|clean)\b.{0,30}\b(?:years?|months?) ago\b"
    r"|\b(?:sober|clean) (?:for )?\w+ (?:years?|months?)\b"
    r"|\bwhere can\b|\bcan'?t stop\b|\bcannot stop\b"
)


_HOW_TO_HIDE = re.compile(
    r"\b(?:hide|hiding|conceal|cover up)\b.{0,30}\b(?:(?:i'?m|i am|being) (?:\w+ )?(?:using|drinking|high|drunk)|"
    r"my (?:drinking|drug use|use|using|tracks?|track marks|breath|eyes|habit))\b"
    r"|\b(?:keep|stop)\b.{0,40}\bfrom (?:finding out|knowing|noticing)\b.{0,20}"
    r"\b(?:i'?m|i am|my) (?:using|drinking|drug use|use|high|drunk)\b"
)
_TREATMENT = re.compile(r"\b(?:treatment|program|rehab|iop|therapy|recovery|going here|coming here)\b")


def medical_kind(text: str) -> str | None:
    """What a medical question is about: dose, taper, mixing, test (beating one) or hiding; None when none is plain."""
    plain = _plain(text)
    return next((name for name, pattern in _MEDICAL if pattern.search(plain)), None)


def wants_to_hide(text: str) -> bool:
    """Whether somebody asks how to hide their use; to keep treatment private is another matter."""
    plain = _plain(text)
    return bool(_HOW_TO_HIDE.search(plain)) and not _TREATMENT.search(plain)


def stops_suddenly(text: str) -> bool:
    """Whether somebody means to stop alcohol or benzodiazepines all at once or without help; in English or Spanish."""
    plain = _plain(text)
    return not _DONE.search(plain) and any(pattern.search(plain) for pattern in _SUDDEN)


def _plain(text: str) -> str:
    return " ".join(text[:2000].lower().replace("\u2019", "'").split())

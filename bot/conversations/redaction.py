"""Redaction: personal details out of a text, for logs and for masked views.

Light by design: what has a shape (e-mail, phone number, social security number, date of birth, card or member number,
ZIP, street address, and a name that its writer introduces) is replaced by a label. Free text can hold more; a person
still checks before anything leaves the house.
"""

import re
from functools import lru_cache

from bot.safety import resources

EMAIL = re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b")
SSN = re.compile(r"\b\d{3}-\d{2}-\d{4}\b")
DATE = re.compile(
    r"\b(?:\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)?\d{2}|(?:19|20)\d{2}-\d{2}-\d{2})\b"
    r"|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+(?:19|20)\d{2}\b",
    re.IGNORECASE,
)
PHONE = re.compile(r"(?<![\w-])(?:\+?1[\s.-]?)?(?:\(\d{3}\)\s?|\d{3}[\s.-]?)\d{3}[\s.-]?\d{4}(?![\w-])")
SHORT_PHONE = re.compile(r"(?<![\w-])\d{3}[.-]\d{4}(?![\w-])")
MEMBER = re.compile(r"\b(?=\w*\d{5})[A-Za-z]{0,4}\d[\dA-Za-z]{7,18}\b")
STREET = re.compile(
    r"\b\d{1,5}\s+(?:[A-Z][\w.]*\s+){1,3}(?:st|street|ave|avenue|rd|road|blvd|boulevard|ln|lane|dr|drive|ct|court|way)\b\.?",
    re.IGNORECASE,
)
ZIP = re.compile(r"(?<![\w$#.,-])\d{5}(?:-\d{4})?(?![\w%]|[.,]\d)")
NAMED = re.compile(
    r"\b((?i:(?:my|his|her|their|the)\s+name(?:'?s|\s+is)|i\s+am\s+called|call\s+me|this\s+is|ask\s+for))\s+"
    r"([A-Z][\w'-]+(?:\s+[A-Z][\w'-]+){0,2})",
)
NAMED_ANY_CASE = re.compile(r"\b(my name(?:'?s| is)|i am called)\s+(?!is\b|not\b)([a-z'-]+)", re.IGNORECASE)


def redact(text: str) -> str:
    """The text with labels such as [phone] in the place of personal details; help lines stay."""
    text = EMAIL.sub("[email]", text)
    text = SSN.sub("[number]", text)
    text = DATE.sub("[date]", text)
    text = PHONE.sub(_phone, text)
    text = SHORT_PHONE.sub("[phone]", text)
    text = STREET.sub("[address]", text)
    text = MEMBER.sub("[number]", text)
    text = ZIP.sub("[zip]", text)
    text = NAMED.sub(r"\1 [name]", text)
    return NAMED_ANY_CASE.sub(r"\1 [name]", text)


@lru_cache(maxsize=1)
def _help_lines() -> frozenset[str]:
    """Help lines that our own answers hold: public, and a reviewer has to see whether they were given."""
    spoken = (way for resource in resources().values() for way in (resource.call, resource.text, resource.note) if way)
    return frozenset(_digits(match.group()) for way in spoken for match in PHONE.finditer(way))


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)[-10:]


def _phone(match: re.Match[str]) -> str:
    return match.group() if _digits(match.group()) in _help_lines() else "[phone]"


def mask_phone(phone: str | None) -> str:
    """A phone number of which the last two digits show; empty without one."""
    return f"...{phone[-2:]}" if phone else ""

"""The fixed texts of an emergency, a check and an outage (texts.yml), filled with the numbers of resources.yml."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from bot.safety.resources import resources

#: The text is chosen by language; a language that has no texts yet gets this one's.
DEFAULT_LOCALE = "en"


@lru_cache(maxsize=1)
def _texts() -> dict[str, Any]:
    texts: dict[str, Any] = yaml.safe_load(files("bot.safety").joinpath("texts.yml").read_text(encoding="utf-8"))
    return texts


def _locale(locale: str) -> dict[str, Any]:
    texts = _texts()
    language: dict[str, Any] = texts.get(locale[:2].lower()) or texts[DEFAULT_LOCALE]
    return language


def _fill(text: str, **values: str) -> str:
    return text.format(**resources(), **values)


def _channel(channel: str) -> str:
    return "sms" if channel == "sms" else "web"


def _emergency(category: str | None, subject: str | None, locale: str) -> dict[str, str]:
    by_category = _locale(locale)["emergency"]
    # Distress is never an emergency by itself; if it is asked for, the broadest help is the right one.
    by_subject = by_category.get(category) or by_category["suicide"]
    texts: dict[str, str] = by_subject["other" if subject == "other" else "self"]
    return texts


def emergency_text(category: str | None, subject: str | None, channel: str, locale: str = DEFAULT_LOCALE) -> str:
    """The first (on the web: the only) text of an emergency.

    `category` and `subject` as in `Assessment`, `channel` "web" (Markdown) or "sms" (one segment: at most 160 GSM-7
    characters). An unknown category gets the text of the suicide category: the broadest help.
    """
    return _fill(_emergency(category, subject, locale)[_channel(channel)])


def emergency_more(category: str | None, subject: str | None, channel: str, locale: str = DEFAULT_LOCALE) -> str | None:
    """The second text message of an emergency (at most 320 GSM-7 characters), None on the web, which needs none."""
    if _channel(channel) != "sms":
        return None
    return _fill(_emergency(category, subject, locale)["sms_more"])


def check_line(category: str | None, channel: str, locale: str = DEFAULT_LOCALE) -> str:
    """One gentle line with a number, for an ordinary answer at level `check`. Unknown category: that of distress."""
    by_category = _locale(locale)["check"]
    return _fill((by_category.get(category) or by_category["distress"])[_channel(channel)])


def unavailable_text(channel: str, provider_name: str, provider_phone: str, locale: str = DEFAULT_LOCALE) -> str:
    """What a visitor gets at once when the engine does not answer in time: the provider's and the emergency numbers.

    On SMS it is kept to 320 characters by shortening the provider's name, never the numbers.
    """
    template = _locale(locale)["unavailable"][_channel(channel)]
    text = _fill(template, provider_name=provider_name, provider_phone=provider_phone)
    if _channel(channel) == "sms" and len(text) > 320:
        room = max(0, len(provider_name) - (len(text) - 320))
        text = _fill(template, provider_name=provider_name[:room].rstrip(), provider_phone=provider_phone)
    return text

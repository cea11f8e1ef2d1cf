"""The fixed texts of an emergency, a check and an outage (texts.yml, texts_es.yml), with the numbers of resources.yml.

Which text of a category is said depends on who is in danger, the channel, the language, and on the flags of the
assessment: violence by a partner, a child who is being hurt and a threat to others have texts of their own.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from bot.safety.resources import resources

#: The text is chosen by language; a language that has no texts yet gets this one's.
DEFAULT_LOCALE = "en"
SPANISH = "es"
_FILES = ("texts.yml", "texts_es.yml")
_LONGEST_SMS = 320

#: Flags of an assessment that have a text of their own, the first that holds; the others keep the category's text.
_SCENES = {"child_abuse": "child_abuse", "partner_violence": "partner_violence", "threat_to_others": "threat"}
#: Categories in which such a flag decides the text: an overdose stays an overdose, whoever was violent.
_BY_FLAG = frozenset({"violence", "threat", "minor"})
_YOUNG = "minor"
#: Scenes in which somebody at home may read along, with the hotline for them.
_WATCHED = {"violence": "domestic_violence", "partner_violence": "domestic_violence", "child_abuse": "childhelp"}


def scene(category: str | None, flags: Collection[str] = ()) -> str:
    """Which emergency text fits: the category, or what a flag makes of it. Unknown: suicide, the broadest help."""
    if category in _BY_FLAG:
        category = next((name for flag, name in _SCENES.items() if flag in flags), category)
    # Distress is never an emergency by itself; if it is asked for, the broadest help is the right one.
    return category if category and category in _texts()[DEFAULT_LOCALE]["emergency"] else "suicide"


def emergency_text(
    category: str | None,
    subject: str | None,
    channel: str,
    locale: str = DEFAULT_LOCALE,
    flags: Collection[str] = (),
) -> str:
    """The first text of an emergency: on the web the whole, on SMS one segment (at most 160 GSM-7 characters).

    `category`, `subject` and `flags` as in `Assessment`, `channel` "web" or "sms", `locale` a language tag.
    """
    return _fill(_emergency(category, subject, locale, flags)[_channel(channel)])


def emergency_more(
    category: str | None,
    subject: str | None,
    channel: str,
    locale: str = DEFAULT_LOCALE,
    flags: Collection[str] = (),
) -> str | None:
    """The second text message of an emergency (at most 320 GSM-7 characters), None on the web, which needs none."""
    if _channel(channel) != "sms":
        return None
    return _fill(_emergency(category, subject, locale, flags)["sms_more"])


def emergency_texts(
    category: str | None,
    subject: str | None,
    channel: str,
    locale: str = DEFAULT_LOCALE,
    flags: Collection[str] = (),
) -> list[str]:
    """All that is said when an emergency is first told, in order; a young visitor is also sent to a grown-up."""
    told = [emergency_text(category, subject, channel, locale, flags)]
    more = emergency_more(category, subject, channel, locale, flags)
    if more:
        told.append(more)
    if _YOUNG in flags and subject != "other" and scene(category, flags) not in ("minor", "child_abuse"):
        told.append(_fill(_locale(locale)["young"]))
    return told


def again_text(
    category: str | None,
    subject: str | None,
    times: int,
    locale: str = DEFAULT_LOCALE,
    flags: Collection[str] = (),
) -> str:
    """Said when the same emergency is told again, for either channel; `times` counts from 1.

    Odd times bring the category's own short text, even ones the plain call for help now: it went on, or got worse.
    """
    if times % 2 == 0:
        return worse_text(category, subject, locale, flags)
    return _fill(_locale(locale)["again"][scene(category, flags)][_who(subject)])


def worse_text(
    category: str | None, subject: str | None, locale: str = DEFAULT_LOCALE, flags: Collection[str] = ()
) -> str:
    """Said when somebody is not safe after the numbers were given, for either channel."""
    texts = _locale(locale)
    return _fill(texts["worse_of"].get(scene(category, flags), texts["worse"])[_who(subject)])


def called_text(subject: str | None, locale: str = DEFAULT_LOCALE) -> str:
    """Said when the visitor says that help has been called, for either channel."""
    return _fill(_locale(locale)["called"][_who(subject)])


def asks_if_safe_to_talk(category: str | None, subject: str | None, flags: Collection[str] = ()) -> bool:
    """Whether the emergency's text asked if it is safe to write: somebody at home may read along."""
    return subject != "other" and scene(category, flags) in _WATCHED


def cannot_talk_text(
    category: str | None, channel: str, locale: str = DEFAULT_LOCALE, flags: Collection[str] = ()
) -> str:
    """Said when it is not safe to write: how to leave, and what works without a word."""
    hotline = resources()[_WATCHED[scene(category, flags)]].call or ""
    return _fill(_locale(locale)["cannot_talk"][_channel(channel)], hotline=hotline)


def person_text(locale: str = DEFAULT_LOCALE) -> str:
    """Said when a person is asked for after an emergency, for either channel: staff were told, but do not wait."""
    return _fill(_locale(locale)["person"])


def ask_safe_text(subject: str | None, times: int, locale: str = DEFAULT_LOCALE) -> str:
    """ "Are you safe?", for either channel; `times` counts from 1. From the third time on it asks nothing."""
    wordings = _locale(locale)["ask_safe"][_who(subject)]
    return _fill(wordings[min(max(times, 1), len(wordings)) - 1])


def asks_safety(times: int) -> bool:
    """Whether the text of this time is still a question, which "yes" and "no" answer."""
    return times < len(_texts()[DEFAULT_LOCALE]["ask_safe"]["self"])


def yes_no(locale: str = DEFAULT_LOCALE) -> tuple[str, str]:
    """The two choices below a question."""
    yes, no = _locale(locale)["yes_no"]
    return yes, no


def safe_text(locale: str = DEFAULT_LOCALE) -> str:
    """Said when the visitor says that they are safe, for either channel."""
    return _fill(_locale(locale)["safe"])


def after_text(locale: str = DEFAULT_LOCALE) -> str:
    """One line behind the first ordinary answer after an emergency, for either channel."""
    return _fill(_locale(locale)["after"])


def sudden_stop_text(channel: str, locale: str = DEFAULT_LOCALE) -> str:
    """The warning for somebody who means to stop alcohol or benzodiazepines at once."""
    return _fill(_locale(locale)["sudden_stop"][_channel(channel)])


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
    if _channel(channel) == "sms" and len(text) > _LONGEST_SMS:
        room = max(0, len(provider_name) - (len(text) - _LONGEST_SMS))
        text = _fill(template, provider_name=provider_name[:room].rstrip(), provider_phone=provider_phone)
    return text


def spanish_text(channel: str) -> str:
    """The answer to an ordinary question in Spanish: what can be had in Spanish."""
    return _fill(_texts()[SPANISH]["ordinary"][_channel(channel)])


def spanish_in_form() -> str:
    """The answer to a question in Spanish in the middle of the hand-off form, for either channel."""
    return _fill(_texts()[SPANISH]["in_form"])


def spanish_offer(channel: str, spoken: bool = True) -> str:
    """The offer of a call, in Spanish where one of the professionals speaks it (`spoken`)."""
    return _fill(_texts()[SPANISH]["offer_call" if spoken else "offer_call_in_english"][_channel(channel)])


def spanish_phone(provider_name: str, provider_phone: str) -> str:
    """The provider's number, for somebody who asks for a person in Spanish, for either channel."""
    return _fill(_texts()[SPANISH]["phone"], provider_name=provider_name, provider_phone=provider_phone)


def spanish_no_call() -> str:
    """Said when that offer is declined, for either channel."""
    return _fill(_texts()[SPANISH]["no_call"])


@lru_cache(maxsize=1)
def _texts() -> dict[str, Any]:
    texts: dict[str, Any] = {}
    for name in _FILES:
        texts |= yaml.safe_load(files("bot.safety").joinpath(name).read_text(encoding="utf-8"))
    return texts


def _locale(locale: str) -> dict[str, Any]:
    texts = _texts()
    language: dict[str, Any] = texts.get(locale[:2].lower()) or texts[DEFAULT_LOCALE]
    return language


def _emergency(category: str | None, subject: str | None, locale: str, flags: Collection[str]) -> dict[str, str]:
    texts: dict[str, str] = _locale(locale)["emergency"][scene(category, flags)][_who(subject)]
    return texts


def _fill(text: str, **values: str) -> str:
    return text.format(**resources(), **values)


def _channel(channel: str) -> str:
    return "sms" if channel == "sms" else "web"


def _who(subject: str | None) -> str:
    return "other" if subject == "other" else "self"

"""The channels' fixed texts."""

import pytest
import textstat

from bot.channels.host import Host
from bot.channels.texts import (
    TEXT_ONLY,
    outage_texts,
    patience,
    sms_goodbye,
    sms_greeting,
    sms_help,
    sms_welcome_back,
    web_greeting,
)
from bot.safety import assess_together, language_of
from bot.sms_text import GSM7, LIMIT

HOST = Host("Example Harbor Recovery", "(503) 555-0140")
LONG = Host(
    "The \u201cVery Long\u201d Name of an Example Provider of Care, Inc., in Astoria, Oregon and Beyond" * 2,
    "(503) 555-0140",
)


@pytest.mark.parametrize("host", [HOST, LONG])
@pytest.mark.parametrize("locale", ["en", "es-US"])
@pytest.mark.parametrize("text", [sms_greeting, sms_help, sms_goodbye, sms_welcome_back])
def test_sms_texts_fit_whatever_the_provider_is_called(text: object, host: Host, locale: str) -> None:
    said = text(host, locale)  # type: ignore[operator]
    assert len(said) <= LIMIT
    assert set(said) <= GSM7


@pytest.mark.parametrize("locale", ["en", "es"])
def test_numbers_stay_however_long_the_name_is(locale: str) -> None:
    for text in (sms_greeting(LONG, locale), sms_help(LONG, locale), sms_goodbye(LONG, locale)):
        assert "911" in text
        assert "988" in text
    assert "(503) 555-0140" in sms_help(LONG)
    assert "STOP" in sms_help(LONG)
    assert "STOP" in sms_greeting(LONG)


def test_texts_are_easy_to_read() -> None:
    for text in (web_greeting(HOST, 90), sms_greeting(HOST), sms_help(HOST), sms_goodbye(HOST), TEXT_ONLY):
        assert textstat.flesch_kincaid_grade(text) <= 8


def test_the_first_message_in_english_names_the_way_to_spanish() -> None:
    for text in (web_greeting(HOST, 90), sms_greeting(HOST)):
        assert "En español: escriba hola" in text.replace("HOLA", "hola")
        assert language_of(text) == "en"
    assert language_of("hola") == "es"


def test_texts_in_spanish_are_easy_to_read() -> None:
    for text in (web_greeting(HOST, 90, "es"), sms_greeting(HOST, "es"), sms_help(HOST, "es"), sms_goodbye(HOST, "es")):
        assert textstat.fernandez_huerta(text) >= 70
        assert language_of(text) == "es"


def test_an_outage_names_people_and_numbers_and_an_emergency_comes_first() -> None:
    texts, level, _ = outage_texts("when do you meet", "web", "en", HOST)
    assert level == "none"
    for words in ("Example Harbor Recovery", "(503) 555-0140", "911", "988"):
        assert words in texts[0]
    texts, level, _ = outage_texts("I want to kill myself", "sms", "en", HOST)
    assert level == "emergency"
    assert "988" in texts[0]
    assert len(texts) == 2


def test_who_is_in_an_emergency_waits_no_longer_than_a_moment() -> None:
    assert patience("emergency", 8.0) == 3.0
    assert patience("emergency", 1.0) == 1.0
    assert patience("none", 8.0) == 8.0


def test_an_emergency_in_pieces_is_noticed_and_told_in_other_words_the_next_time() -> None:
    first, level, _ = outage_texts("die", "web", "en", HOST, assess_together("die", ["i want to"]))
    assert level == "emergency"
    again, *_ = outage_texts("i want to die", "web", "en", HOST, None, first)
    assert again != first
    assert "988" in again[0]

"""The emergency texts: complete, numbers first, short, plain, and only from the one table."""

import re
from datetime import date
from importlib.resources import files

import pytest
import textstat
import yaml

from bot.safety import check_line, emergency_more, emergency_text, recheck_after, resources, unavailable_text

CATEGORIES = ("suicide", "overdose", "withdrawal", "violence", "threat", "minor")
SUBJECTS = ("self", "other")
GSM7 = re.compile(r"[A-Za-z0-9 \n@£$¥!\"#%&'()*+,\-./:;<=>?_]*")
CASES = [(category, subject) for category in CATEGORIES for subject in SUBJECTS]


def plain(text: str) -> str:
    """The text without Markdown, numbers spoken as one word: what a reading-grade formula should see."""
    return re.sub(r"[*]|^\d\. ", "", re.sub(r"\d[\d-]+", "this number", text), flags=re.M)


@pytest.mark.parametrize(("category", "subject"), CASES)
def test_first_text_message_is_one_segment(category: str, subject: str) -> None:
    text = emergency_text(category, subject, "sms")
    assert len(text) <= 160
    assert GSM7.fullmatch(text)
    more = emergency_more(category, subject, "sms")
    assert more is not None
    assert len(more) <= 320
    assert GSM7.fullmatch(more)


@pytest.mark.parametrize(("category", "subject"), CASES)
@pytest.mark.parametrize("channel", ["web", "sms"])
def test_number_comes_first(category: str, subject: str, channel: str) -> None:
    first_sentence = emergency_text(category, subject, channel).split(". ")[0]
    assert re.search(r"\b(911|988)\b", first_sentence)


@pytest.mark.parametrize(("category", "subject"), CASES)
def test_web_text_is_plain_and_leads_to_a_person(category: str, subject: str) -> None:
    text = emergency_text(category, subject, "web")
    assert textstat.flesch_kincaid_grade(plain(text)) <= 5.9
    assert "staff" in text
    assert emergency_more(category, subject, "web") is None
    assert "staff" in (emergency_more(category, subject, "sms") or "")


@pytest.mark.parametrize(("category", "subject"), CASES)
@pytest.mark.parametrize("channel", ["web", "sms"])
def test_no_question_for_data_and_nothing_sold(category: str, subject: str, channel: str) -> None:
    text = emergency_text(category, subject, channel) + (emergency_more(category, subject, channel) or "")
    assert not re.search(
        r"your (name|number|phone|zip|insurance|email)|program|price|committed suicide|addict", text, re.I
    )
    questions = [part for part in re.findall(r"[^.?!]*\?", text) if "safe to write here" not in part]
    assert all("seem well?" in question for question in questions)


@pytest.mark.parametrize("category", [*CATEGORIES, "distress", None, "unknown"])
@pytest.mark.parametrize("channel", ["web", "sms"])
def test_check_line_is_one_line_with_a_number(category: str | None, channel: str) -> None:
    line = check_line(category, channel)
    assert "\n" not in line
    assert re.search(r"\b(911|988|1-800-[\d-]+)\b", line)
    assert len(line) <= (120 if channel == "sms" else 220)


def test_unknown_category_gets_the_broadest_help() -> None:
    assert "988" in emergency_text(None, None, "web")
    assert emergency_text("distress", "self", "sms") == emergency_text("suicide", "self", "sms")


def test_unavailable_text_holds_provider_and_numbers() -> None:
    for channel in ("web", "sms"):
        text = unavailable_text(channel, "Example Recovery", "555-0100")
        assert "Example Recovery" in text
        assert "555-0100" in text
        assert "911" in text
        assert "988" in text
    long = unavailable_text("sms", "Example Recovery " * 30, "555-0100")
    assert len(long) <= 320
    assert "555-0100" in long


def test_language_without_texts_falls_back() -> None:
    assert emergency_text("suicide", "self", "web", "fr") == emergency_text("suicide", "self", "web", "en-US")


def test_texts_name_no_number_themselves() -> None:
    raw = files("bot.safety").joinpath("texts.yml").read_text(encoding="utf-8")
    spoken = "\n".join(line for line in raw.splitlines() if not line.lstrip().startswith("#"))
    assert not re.search(r"\b(911|988|\d{5,}|\d{3}-\d{3}-\d{4})\b", spoken)


def test_table_is_complete_and_in_date() -> None:
    table = resources()
    assert {"emergency", "lifeline", "poison", "helpline", "domestic_violence", "childhelp"} <= set(table)
    for entry in table.values():
        assert entry.call or entry.text
        assert entry.source.startswith("https://")
        assert entry.checked <= date.today()
        assert entry.languages
    assert date.today() <= recheck_after(), "the emergency numbers must be checked again with their operators"


def test_review_date_is_soon_enough() -> None:
    oldest = min(entry.checked for entry in resources().values())
    assert (recheck_after() - oldest).days <= 100


def test_withdrawn_lgbtq_option_is_not_mentioned() -> None:
    everything = yaml.safe_dump(yaml.safe_load(files("bot.safety").joinpath("texts.yml").read_text(encoding="utf-8")))
    assert "press 3" not in everything.lower()
    assert "PRIDE" not in everything

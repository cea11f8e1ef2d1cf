"""The emergency texts: complete, numbers first, short, plain, and only from the one table."""

import re
from datetime import date
from importlib.resources import files

import pytest
import textstat
import yaml

from bot.safety import (
    after_text,
    again_text,
    ask_safe_text,
    asks_if_safe_to_talk,
    asks_safety,
    called_text,
    cannot_talk_text,
    check_line,
    emergency_more,
    emergency_text,
    emergency_texts,
    person_text,
    recheck_after,
    resources,
    safe_text,
    scene,
    spanish_no_call,
    spanish_offer,
    spanish_text,
    sudden_stop_text,
    unavailable_text,
    worse_text,
)
from bot.sms_text import outside

CATEGORIES = ("suicide", "overdose", "withdrawal", "violence", "threat", "minor")
SUBJECTS = ("self", "other")
GSM7 = re.compile(r"[A-Za-z0-9 \n@£$¥!\"#%&'()*+,\-./:;<=>?_]*")
CASES = [(category, subject) for category in CATEGORIES for subject in SUBJECTS]
FLAGS = {"partner_violence": ("violence", "partner_violence"), "child_abuse": ("minor", "child_abuse")}
SCENES = [(category, ()) for category in CATEGORIES] + [(of, (flag,)) for of, flag in FLAGS.values()]
EVERY = [
    (category, flags, subject, locale) for category, flags in SCENES for subject in SUBJECTS for locale in ["en", "es"]
]


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
    questions = [part for part in re.findall(r"[^.?!]*\?", text) if not re.search("safe to (write|talk|text)", part)]
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


@pytest.mark.parametrize("file", ["texts.yml", "texts_es.yml"])
def test_texts_name_no_number_themselves(file: str) -> None:
    raw = files("bot.safety").joinpath(file).read_text(encoding="utf-8")
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


@pytest.mark.parametrize("file", ["texts.yml", "texts_es.yml"])
def test_withdrawn_lgbtq_option_is_not_mentioned(file: str) -> None:
    everything = yaml.safe_dump(yaml.safe_load(files("bot.safety").joinpath(file).read_text(encoding="utf-8")))
    assert "oprima 3" not in everything
    assert "press 3" not in everything.lower()
    assert "PRIDE" not in everything


@pytest.mark.parametrize(("category", "flags", "subject", "locale"), EVERY)
def test_every_scene_has_texts_that_fit_in_both_languages(
    category: str, flags: tuple[str, ...], subject: str, locale: str
) -> None:
    first = emergency_text(category, subject, "sms", locale, flags)
    more = emergency_more(category, subject, "sms", locale, flags) or ""
    web = emergency_text(category, subject, "web", locale, flags)
    again = [again_text(category, subject, times, locale, flags) for times in (1, 2)]
    assert len(first) <= 160
    assert 0 < len(more) <= 320
    assert all(len(text) <= 320 for text in again)
    assert not any(outside(text) for text in (first, more, *again))
    for text in (first, web, *again):
        assert re.search(r"\b(911|988|1-800-[\d-]+)\b", text[:160])
    assert len({first, web, *again}) == 4
    assert re.search("staff|personal", web, re.I)
    assert re.search("staff|personal", more, re.I)


@pytest.mark.parametrize(("category", "flags", "subject", "locale"), EVERY)
def test_spanish_is_spanish_and_plain(category: str, flags: tuple[str, ...], subject: str, locale: str) -> None:
    web = emergency_text(category, subject, "web", locale, flags)
    assert bool(re.search(r"\b(llame|llama)\b", web, re.I)) == (locale == "es")
    if locale == "es":
        assert textstat.fernandez_huerta(plain(web)) >= 70  # "fairly easy" at least


def test_flags_choose_the_scene_only_where_they_may() -> None:
    assert scene("violence", ("partner_violence",)) == "partner_violence"
    assert scene("minor", ("child_abuse", "minor")) == "child_abuse"
    assert scene("overdose", ("partner_violence",)) == "overdose"
    assert scene(None) == "suicide"


def test_partner_violence_asks_if_it_is_safe_and_points_to_the_quick_exit() -> None:
    assert "safe to talk" in emergency_text("violence", "self", "web", "en", ("partner_violence",))
    assert "Leave quickly" in emergency_text("violence", "self", "web", "en", ("partner_violence",))
    assert "Salir rápido" in emergency_text("violence", "self", "web", "es", ("partner_violence",))


def test_young_visitor_is_also_sent_to_a_grown_up() -> None:
    plain_texts = emergency_texts("suicide", "self", "web")
    young = emergency_texts("suicide", "self", "web", "en", ("minor",))
    assert young[:1] == plain_texts
    assert "grown-up" in young[1]
    assert len(emergency_texts("suicide", "other", "web", "en", ("minor",))) == 1


@pytest.mark.parametrize("locale", ["en", "es"])
@pytest.mark.parametrize("subject", SUBJECTS)
def test_safety_is_asked_twice_and_then_the_numbers_stay(subject: str, locale: str) -> None:
    texts = [ask_safe_text(subject, times, locale) for times in (1, 2, 3, 4)]
    assert ["?" in text for text in texts] == [True, True, False, False]
    assert [asks_safety(times) for times in (1, 2, 3, 4)] == [True, True, False, False]
    assert "988" in texts[2]


@pytest.mark.parametrize("locale", ["en", "es"])
def test_lines_for_both_channels_fit_a_text_message(locale: str) -> None:
    texts = [safe_text(locale), after_text(locale)]
    texts += [sudden_stop_text("sms", locale), check_line("withdrawal", "sms", locale)]
    if locale == "es":
        texts += [spanish_text("sms"), spanish_offer("sms"), spanish_no_call()]
    for text in texts:
        assert len(text) <= 320
        assert not outside(text)


def test_the_spanish_answer_names_what_can_be_had_in_spanish() -> None:
    for channel in ("web", "sms"):
        text = spanish_text(channel)
        assert resources()["helpline"].call in text
        assert "AYUDA" in text
        assert "oprima" in text


@pytest.mark.parametrize("locale", ["en", "es"])
@pytest.mark.parametrize("subject", SUBJECTS)
def test_what_follows_an_emergency_fits_both_channels(subject: str, locale: str) -> None:
    texts = [called_text(subject, locale), person_text(locale)]
    texts += [worse_text(category, subject, locale) for category in CATEGORIES]
    texts += [cannot_talk_text("violence", "sms", locale), cannot_talk_text("minor", "sms", locale, ("child_abuse",))]
    for text in texts:
        assert len(text) <= 320
        assert not outside(text)


def test_who_is_not_breathing_gets_what_to_do_not_only_whom_to_call() -> None:
    assert "rescue breaths" in worse_text("overdose", "other")
    assert "boca a boca" in worse_text("overdose", "other", "es")
    assert worse_text("suicide", "other") != worse_text("overdose", "other")


def test_whether_it_is_safe_to_talk_is_asked_where_somebody_may_read_along() -> None:
    assert asks_if_safe_to_talk("violence", "self", ("partner_violence",))
    assert asks_if_safe_to_talk("minor", "self", ("child_abuse", "minor"))
    assert not asks_if_safe_to_talk("violence", "other", ("partner_violence",))
    assert not asks_if_safe_to_talk("suicide", "self")
    assert "Leave quickly" in cannot_talk_text("violence", "web")
    assert resources()["childhelp"].call in cannot_talk_text("minor", "sms", "en", ("child_abuse",))

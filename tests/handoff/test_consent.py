"""The words: elements of 42 CFR 2.31 and of the disclosure, reading grade, SMS form, words to avoid."""

import re
from datetime import timedelta

import pytest
import textstat

from bot.handoff import ladder_words, wording
from bot.handoff.consent import consent_for, contact_consent_for, disclosure_text
from bot.handoff.safe import Safe
from bot.handoff.summary import LeadDraft, lines
from bot.program.profile import Profile
from bot.safety import resources
from bot.sms_text import GSM7, LIMIT
from tests.handoff.conftest import MONDAY, draft


def all_texts(program: Profile) -> dict[str, tuple[str, list[str]]]:
    person = program.professionals[0]
    consent = consent_for(program, person, lines(draft(wish="an evening group")), MONDAY)
    contact = {
        f"contact_{kind}_{safe.code()}": contact_consent_for(person, kind, safe)
        for kind, safe in (
            ("phone", Safe()),
            ("phone", Safe(True, True, True)),
            ("phone", Safe(False, False, True)),
            ("email", Safe()),
        )
    }
    promise = (
        "Dana (example) is next at work Monday, Dec 14 at 8:30 am and should get in touch by 8:45 am Eastern time."
    )
    other = program.professionals[1]
    says = {
        "nobody_now": ladder_words.nobody_now(program, MONDAY + timedelta(days=5), "10001", MONDAY),
        "nobody_answered": ladder_words.nobody_answered(program, person, None, MONDAY),
        "nobody_answered_at_night": ladder_words.nobody_answered(program, None, None, MONDAY + timedelta(hours=12)),
        "nobody_answered_but": ladder_words.nobody_answered(program, person, other, MONDAY),
        "late": ladder_words.late(program, person),
        "handover": ladder_words.may_have_it(person, other, False, wording.say("This is the consent.")),
        "handover_declined": ladder_words.may_have_it(None, other, True, wording.say("This is the consent.")),
        "agreed": ladder_words.agreed(other, promise),
        "refused": ladder_words.refused(program, person, other),
        "refused_after_decline": ladder_words.refused(program, None, other),
        "gone": ladder_words.gone(program),
        "disclosure": disclosure_text(program),
        "disclosure_named": disclosure_text(program, person),
        "opened": wording.opened(program, person, "ABC234", True, promise),
        "opened_without_contact": wording.opened(program, person, "ABC234", False, promise),
        "claimed": wording.claimed(person, promise),
        "declined": wording.declined(program, person),
        "missed": wording.missed(program, person, False, MONDAY, MONDAY),
        "left_message": wording.missed(program, person, True, None, MONDAY),
        "scheduled_somewhere": wording.scheduled(program, person, MONDAY, MONDAY, "by phone", "https://c.example.org/"),
        "scheduled": wording.scheduled(program, person, MONDAY, MONDAY),
    }
    return {
        "consent": (consent.web, consent.sms),
        **{name: (text.web, text.sms) for name, text in contact.items() if text},
        **{name: (say.web, say.sms) for name, say in says.items()},
    }


@pytest.mark.parametrize("channel", ["web", "sms"])
def test_the_consent_has_every_element(program: Profile, channel: str) -> None:
    person = program.professionals[0]
    consent = consent_for(program, person, lines(draft()), MONDAY)
    text = consent.web if channel == "web" else " ".join(consent.sms)
    for element in (
        "Jordan",  # whose
        f"{program.provider.name}, through this assistant,",  # who discloses
        f"{person.name}, {person.role}, and nobody else",  # exactly one recipient
        "your phone number",  # what
        "to call you back about treatment options",  # purpose
        "take this back at any time",  # withdrawal
        "withdraw my request",  # and how
        "cannot be called back",  # reliance
        "ends on February 28, 2027",  # expiry
        "November 30, 2026",  # date
        "Saying no changes nothing else",  # refusing
        "42 CFR Part 2",  # passing on
    ):
        assert element in text, element
    assert [other.name for other in program.professionals[1:] if other.name in text] == []


def test_the_consent_holds_no_contact_detail(program: Profile) -> None:
    text = consent_for(program, program.professionals[0], lines(draft()), MONDAY).web
    assert "0188" not in text
    assert "97103" not in text


@pytest.mark.parametrize(
    ("safe", "says"),
    [
        (Safe(), "may also call you at that number. They leave no voicemail and send no texts."),
        (Safe(True, True, True), "may also call you, leave a voicemail and text you at that number. You can"),
        (Safe(call=False, text=True), "may also text you at that number. They do not call and leave no voicemail."),
        (Safe(voicemail=True), "may also call you and leave a voicemail at that number. They send no texts."),
    ],
)
def test_the_consent_to_contact_names_what_is_safe_and_nothing_else(program: Profile, safe: Safe, says: str) -> None:
    person = program.professionals[0]
    text = contact_consent_for(person, "phone", safe)
    assert text is not None
    assert f"{person.name} {says}" in text.web
    assert "get no call, say: no calls" in text.web


def test_there_is_no_consent_to_contact_where_nothing_is_safe(program: Profile) -> None:
    person = program.professionals[0]
    assert contact_consent_for(person, "phone", Safe(False, False, False)) is None
    assert contact_consent_for(person, None, Safe()) is None


def test_without_details_it_says_so(program: Profile) -> None:
    assert "only that you asked to talk" in consent_for(program, program.professionals[0], [], MONDAY).web
    assert lines(LeadDraft()) == []


def test_the_disclosure_says_all_that_it_must(program: Profile) -> None:
    text = disclosure_text(program, program.professionals[0]).web
    for element in (
        "automated assistant",
        program.provider.name,
        program.professionals[0].name,
        program.provider.who_pays,
        "FindTreatment.gov",
        resources()["helpline"].call or "missing",
        "insurance",
        "costs you nothing",
        "Saying no changes nothing",
        "withdraw my request",
    ):
        assert element in text, element


def test_every_text_is_plain_and_fits_a_text_message(program: Profile) -> None:
    avoid = re.compile(r"addict|abuse|\bclean\b|\bdirty\b|relapse|100%|anonymous|HIPAA|guarantee", re.IGNORECASE)
    # A lone "stop", "quit", "end" or "cancel" unsubscribes on SMS: no text may invite it.
    invites = re.compile(r"(?:reply|text|say|type):? \"?(?:stop|quit|end|cancel|revoke)\b", re.IGNORECASE)
    for name, (web, sms) in all_texts(program).items():
        assert textstat.flesch_kincaid_grade(web.replace("- ", "")) <= 8.5, name
        assert not avoid.search(web), name
        assert not invites.search(" ".join([web, *sms])), name
        for part in sms:
            assert len(part) <= LIMIT, name
            assert set(part) <= GSM7, name

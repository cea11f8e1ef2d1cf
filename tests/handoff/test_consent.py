"""The words: elements of 42 CFR 2.31 and of the disclosure, reading grade, SMS form, words to avoid."""

import re

import pytest
import textstat

from bot.handoff import wording
from bot.handoff.consent import consent_for, disclosure_text
from bot.handoff.summary import LeadDraft, lines
from bot.program.profile import Profile
from bot.safety import resources
from bot.sms_text import GSM7, LIMIT
from tests.handoff.conftest import MONDAY, draft


def all_texts(program: Profile) -> dict[str, tuple[str, list[str]]]:
    person = program.professionals[0]
    consent = consent_for(program, person, lines(draft(wish="an evening group")), MONDAY)
    says = {
        "disclosure": disclosure_text(program),
        "disclosure_named": disclosure_text(program, person),
        "opened": wording.opened(program, person, "ABC234", True, MONDAY),
        "opened_without_contact": wording.opened(program, person, "ABC234", False, MONDAY),
        "claimed": wording.claimed(program, person, MONDAY),
        "declined": wording.declined(program, person),
        "missed": wording.missed(program, person, False, MONDAY, MONDAY),
        "left_message": wording.missed(program, person, True, None, MONDAY),
        "scheduled_somewhere": wording.scheduled(program, person, MONDAY, MONDAY, "by phone", "https://c.example.org/"),
        "scheduled": wording.scheduled(program, person, MONDAY, MONDAY),
    }
    return {"consent": (consent.web, consent.sms), **{name: (say.web, say.sms) for name, say in says.items()}}


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

"""What is safe for the visitor: unknown is read with care, and only what was agreed to is used."""

import pytest

from bot.handoff import ConsentMismatchError, Safe, correct, safe_words
from bot.handoff.reading import lead_consents, list_leads
from bot.store import Database
from tests.handoff.conftest import MONDAY, consent_of, draft, opened
from tests.handoff.test_leads import the_lead

EVERY = [
    Safe(call, voicemail, text)
    for call in (True, False, None)
    for voicemail in (True, False, None)
    for text in (True, False, None)
]


@pytest.mark.parametrize("safe", EVERY)
def test_the_slots_form_loses_nothing(safe: Safe) -> None:
    assert Safe.from_code(safe.code()) == safe


def test_unknown_words_say_nothing() -> None:
    assert Safe.from_code("skipped") == Safe()


@pytest.mark.parametrize("safe", EVERY)
def test_only_a_call_is_allowed_without_being_said_to_be_safe(safe: Safe) -> None:
    assert safe.may_call is (safe.call is not False)
    assert safe.may_text is (safe.text is True)
    assert safe.may_leave_voicemail is (safe.voicemail is True and safe.may_call)


@pytest.mark.parametrize(
    ("safe", "words"),
    [
        (Safe(True), "calls; no voicemail, no texts"),
        (Safe(True, True, True), "calls, voicemail and texts"),
        (Safe(False, True, True), "texts; no calls, no voicemail"),
        (Safe(False, False, False), "no calls, no voicemail, no texts"),
    ],
)
def test_it_is_told_in_plain_words(safe: Safe, words: str) -> None:
    assert safe_words(safe) == words


def test_it_is_a_line_of_the_summary_only_when_something_was_said(store: Database) -> None:
    assert "Safe ways: calls; no voicemail, no texts" in consent_of(store, draft(safe=Safe(True))).summary
    assert not any(line.startswith("Safe ways") for line in consent_of(store, draft()).summary)


def test_it_is_kept_with_the_lead_and_gone_with_the_details(store: Database) -> None:
    opened(store, safe=Safe(True, False, True))
    lead = the_lead(store)
    assert (lead.safe_call, lead.safe_voicemail, lead.safe_text) == (True, False, True)
    with store.write() as session:
        (seen,) = list_leads(session)
        assert seen["safe"] == {"call": True, "voicemail": False, "text": True}


def test_a_way_that_was_not_agreed_to_needs_a_new_consent(store: Database) -> None:
    opened(store, safe=Safe(True, True))
    with pytest.raises(ConsentMismatchError), store.write() as session:
        correct(session, "c1", {"safe": Safe(True, True, True)}, MONDAY)
    with store.write() as session:
        correct(session, "c1", {"safe": Safe(True, False)}, MONDAY)
    assert the_lead(store).safe_voicemail is False


def test_where_nothing_is_safe_nobody_agreed_to_be_contacted(store: Database) -> None:
    result = opened(store, safe=Safe(False, False, False))
    with store.read() as session:
        assert [consent["kind"] for consent in lead_consents(session, result.lead_id)] == ["sharing"]

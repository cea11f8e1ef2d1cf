"""Numbers: the day's limits, numbers that nobody has, numbers of the wrong person."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.handoff import (
    Lead,
    LimitReachedError,
    NumberBlockedError,
    OutboxItem,
    correct,
    open_lead,
    propose,
    unblock,
    withdraw,
    withdraw_number,
)
from bot.handoff import professional as pro
from bot.handoff.escalation import escalate_due
from bot.handoff.limits import CHANGES, NEW_A_CONVERSATION, NEW_A_NUMBER
from bot.handoff.links import Link
from bot.handoff.models import BlockedNumber, RequestMark, StaffNoticeRow
from bot.handoff.numbers import FICTITIOUS, is_example, is_test
from bot.handoff.outbox import VISITOR_MESSAGE
from bot.handoff.retention import purge_leads
from bot.program.profile import Profile
from bot.program.transfer import import_profile
from bot.settings import settings
from bot.store import Database
from tests.handoff.conftest import MONDAY, consent_of, draft, opened

TODAY = MONDAY + timedelta(hours=2)
TOMORROW = MONDAY + timedelta(days=1, minutes=1)


def real(program: Profile) -> Profile:
    """The example as a provider whose professionals have addresses that somebody could have."""
    people = [
        person.model_copy(update={"email": f"{person.id}@harbor-recovery.org"}) for person in program.professionals
    ]
    return program.model_copy(update={"professionals": people})


@pytest.fixture
def provider(store: Database, program: Profile, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A real provider with mail, texts to staff and a CRM set up."""
    for name, value in (
        ("SMTP_URL", "smtp://127.0.0.1:1"),
        ("TWILIO_ACCOUNT_SID", "AC0"),
        ("TWILIO_AUTH_TOKEN", "token"),
        ("SMS_NUMBER", "+15035550141"),
        ("TEXT_PROFESSIONALS", "true"),
        ("WEBHOOK_URL", "https://crm.example.org/hooks"),
    ):
        monkeypatch.setenv(f"FIRSTSTEP_{name}", value)
    settings.cache_clear()
    with store.write() as session:
        import_profile(session, real(program))
    return store


def kinds(database: Database) -> list[str]:
    with database.read() as session:
        return sorted(session.execute(select(OutboxItem.kind)).scalars())


def test_a_conversation_has_a_number_of_new_requests_a_day(any_store: Database) -> None:
    for number in range(NEW_A_CONVERSATION):
        opened(any_store, contact=f"503-555-010{number}")
        with any_store.write() as session:
            withdraw(session, "c1", MONDAY)
    with any_store.read() as session:
        refused = propose(session, "c1", draft(contact="503-555-0109"), TODAY)
    assert (refused.professional, refused.reason) == (None, "too_many")
    assert "each one reaches a person" in refused.say.web
    assert "(503) 555-0140" in refused.say.web
    assert opened(any_store, "c1", TOMORROW).created


def test_a_number_has_a_number_of_new_requests_a_day_whoever_asks(any_store: Database) -> None:
    for number in range(NEW_A_NUMBER):
        opened(any_store, f"c{number}")
    with any_store.read() as session:
        assert propose(session, "another", draft(), TODAY).reason == "too_many"
        assert propose(session, "another", draft(contact="503-555-0177"), TODAY).reason == "found"
    assert opened(any_store, "another", TOMORROW).created


def test_the_limit_holds_where_the_lead_is_stored(store: Database) -> None:
    consent = consent_of(store, draft(), "late")
    for number in range(NEW_A_NUMBER):
        opened(store, f"c{number}")
    with pytest.raises(LimitReachedError), store.write() as session:
        open_lead(session, "late", draft(), consent, MONDAY)


def test_a_request_is_changed_only_so_often_a_day(store: Database) -> None:
    opened(store)
    for number in range(CHANGES):
        with store.write() as session:
            correct(session, "c1", {"best_time": f"at {number + 1} pm"}, MONDAY)
    with pytest.raises(LimitReachedError), store.write() as session:
        correct(session, "c1", {"best_time": "never"}, MONDAY)
    with store.write() as session:
        correct(session, "c1", {"best_time": "never"}, TOMORROW)


def test_the_marks_are_gone_after_a_day(store: Database) -> None:
    opened(store)
    with store.write() as session:
        purge_leads(session, 90, TOMORROW)
        assert session.execute(select(func.count()).select_from(RequestMark)).scalar_one() == 0


@pytest.mark.parametrize(
    ("phone", "nobodys"), [("+15035550142", True), ("+12125550199", True), ("+15035550200", False)]
)
def test_which_numbers_nobody_has(phone: str, nobodys: bool) -> None:
    assert bool(FICTITIOUS.fullmatch(phone)) is nobodys


def test_which_profile_is_an_example(program: Profile) -> None:
    assert is_example(program)
    assert not is_example(real(program))
    assert not is_test(program, "+15035550142")
    assert is_test(real(program), "+15035550142")
    assert not is_test(real(program), "+15035552142")
    assert not is_test(real(program), "jordan@example.org")


def test_at_a_real_provider_a_number_that_nobody_has_pages_nobody(provider: Database) -> None:
    result = opened(provider)
    assert "as a test" in result.say.web
    with provider.write() as session:
        assert escalate_due(session, MONDAY + timedelta(hours=1)) == 0
        pro.claim(session, Link(result.lead_id, "dana", 1), MONDAY)
        lead = session.get(Lead, result.lead_id)
        assert lead.test
        assert session.execute(select(StaffNoticeRow)).first() is None
    assert kinds(provider) == [VISITOR_MESSAGE]


def test_at_a_real_provider_a_real_number_pages(provider: Database) -> None:
    result = opened(provider, contact="503-555-2188")
    assert "stored your request" in result.say.web
    assert kinds(provider) == ["email_professional", "sms_staff", "webhook"]


def test_a_test_becomes_a_request_with_a_real_number(provider: Database) -> None:
    first = opened(provider)
    second = opened(provider, contact="503-555-2188")
    assert second.lead_id == first.lead_id
    with provider.read() as session:
        mail = session.execute(select(OutboxItem).where(OutboxItem.kind == "email_professional")).scalar_one()
    assert mail.payload["about"] == "offer"


def test_in_the_example_such_numbers_are_requests_like_any_other(store: Database) -> None:
    opened(store)
    assert kinds(store) == ["email_professional"]


def test_the_wrong_persons_number_is_not_used_again(any_store: Database) -> None:
    opened(any_store)
    consent = consent_of(any_store, draft(), "c2")
    with any_store.write() as session:
        assert len(withdraw_number(session, "+15035550188", MONDAY, wrong_person=True)) == 1
    with any_store.read() as session:
        refused = propose(session, "c2", draft(), MONDAY)
        lead = session.execute(select(Lead)).scalar_one()
        texts = [
            item.payload["text"]
            for item in session.execute(select(OutboxItem).where(OutboxItem.kind == VISITOR_MESSAGE)).scalars()
        ]
    assert (lead.state, lead.contact) == ("withdrawn", None)
    assert (refused.professional, refused.reason) == (None, "blocked")
    assert len(texts) == 1
    assert "belongs to somebody else" in texts[0]
    with pytest.raises(NumberBlockedError), any_store.write() as session:
        open_lead(session, "c2", draft(), consent, MONDAY)
    assert opened(any_store, "c3", contact="503-555-0177").created


def test_whoever_holds_the_number_can_ask_for_contact_themselves(store: Database) -> None:
    with store.write() as session:
        withdraw_number(session, "+15035550188", MONDAY, wrong_person=True)
        assert unblock(session, "+15035550188")
        assert not unblock(session, "+15035550188")
    assert opened(store).created


def test_a_professional_who_reaches_the_wrong_person_stops_it_for_everybody(any_store: Database) -> None:
    first = opened(any_store)
    opened(any_store, "c2")
    old = opened(any_store, "c3", MONDAY + timedelta(days=31))
    with any_store.write() as session:
        pro.claim(session, Link(first.lead_id, "dana", 1), MONDAY)
        pro.report(session, Link(first.lead_id, "dana", 1), "wrong_person", "a man answered", None, MONDAY)
    with any_store.read() as session:
        leads = {lead.id: lead for lead in session.execute(select(Lead)).scalars()}
        told = [
            item.payload["conversation_id"]
            for item in session.execute(select(OutboxItem).where(OutboxItem.kind == VISITOR_MESSAGE)).scalars()
            if "belongs to somebody else" in item.payload["text"]
        ]
        assert session.execute(select(func.count()).select_from(BlockedNumber)).scalar_one() == 1
    assert (leads[first.lead_id].state, leads[first.lead_id].closed_reason) == ("closed", "wrong_person")
    assert leads[old.lead_id].state == "withdrawn"
    assert all(lead.contact is None for lead in leads.values())
    assert sorted(told) == ["c1", "c2", "c3"]

"""A consent has an end that the visitor read: on that day the request closes, and nothing is shown or sent any more."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot.handoff import Consent, Lead, OutboxItem, correct, status_for
from bot.handoff.consent import LASTS
from bot.handoff.expiry import end_expired
from bot.handoff.links import Link
from bot.handoff.models import LeadLink
from bot.handoff.outbox import VISITOR_MESSAGE
from bot.handoff.professional import NotYoursError, claim, lead_of
from bot.settings import settings
from bot.store import Database
from bot.worker import Worker
from tests.handoff.climbing import mails, the_lead, told
from tests.handoff.conftest import MONDAY, opened

THE_DAY = MONDAY + LASTS


def ended(database: Database, now: datetime) -> int:
    with database.write() as session:
        return end_expired(session, now)


def test_on_its_day_the_request_closes_and_all_of_it_stops(any_store: Database) -> None:
    lead_id = opened(any_store).lead_id
    with any_store.write() as session:
        claim(session, Link(lead_id, "dana", 1), MONDAY)
    assert ended(any_store, THE_DAY - timedelta(seconds=1)) == 0
    assert ended(any_store, THE_DAY) == 1
    assert ended(any_store, THE_DAY) == 0
    lead = the_lead(any_store)
    assert (lead.state, lead.closed_reason, lead.contact, lead.erased_at) == ("closed", "consent_ended", None, THE_DAY)
    with pytest.raises(NotYoursError), any_store.read() as session:
        lead_of(session, Link(lead_id, "dana", 1))
    assert mails(any_store)[-1] == ("ended", "dana")
    with any_store.read() as session:
        assert "the time that you agreed to was over" in status_for(session, "c1", THE_DAY).web
    assert "has ended today, as I told you then" in told(any_store)[-1]
    with any_store.read() as session:
        states = session.execute(select(OutboxItem.idempotency_key, OutboxItem.state)).all()
    assert {key for key, state in states if state == "pending"} == {
        f"ended:{lead_id}",
        f"withdrawn:{lead_id}:visitor",
    }


def test_a_newer_consent_counts(store: Database) -> None:
    opened(store)
    opened(store, now=MONDAY + timedelta(days=30), best_time="mornings")
    assert ended(store, THE_DAY) == 0
    assert ended(store, THE_DAY + timedelta(days=30)) == 1


def test_a_correction_is_no_new_consent(store: Database) -> None:
    opened(store)
    with store.write() as session:
        correct(session, "c1", {"zip": "97209"}, MONDAY + timedelta(days=30))
    assert ended(store, THE_DAY) == 1


def test_a_joined_request_ends_by_its_own_consent(store: Database) -> None:
    opened(store)
    opened(store, "c2", MONDAY + timedelta(days=1), name="Quinn")
    opened(store, now=MONDAY + timedelta(days=30), best_time="mornings")
    assert ended(store, THE_DAY) == 0
    assert ended(store, THE_DAY + timedelta(days=1)) == 1
    with store.read() as session:
        link = session.execute(select(LeadLink)).scalar_one()
        assert (link.details, link.open_key) == (None, None)
        assert session.execute(select(Lead.open_key)).scalar_one() == "c1"
        item = session.execute(select(OutboxItem).where(OutboxItem.kind == VISITOR_MESSAGE)).scalar_one()
        assert item.payload["conversation_id"] == "c2"
        assert "no request with me" in status_for(session, "c2", THE_DAY).web


def test_the_worker_looks_for_it(store: Database) -> None:
    opened(store)
    Worker(store, settings(), lambda _item: "nowhere", clock=lambda: THE_DAY).step()
    assert the_lead(store).closed_reason == "consent_ended"
    with store.read() as session:
        assert session.execute(select(Consent.id)).first() is not None

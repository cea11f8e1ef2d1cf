"""The professional's side: one winner, reports move the lead, the visitor is told."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from bot.handoff import Consent, Lead, LeadEvent, OutboxItem
from bot.handoff.links import Link
from bot.handoff.outbox import VISITOR_MESSAGE
from bot.handoff.professional import NotYoursError, claim, decline, report
from bot.handoff.states import IllegalMoveError
from bot.store import Database
from tests.handoff.conftest import MONDAY, opened


def link_of(database: Database, lead_id: str) -> Link:
    with database.read() as session:
        lead = session.get(Lead, lead_id)
        return Link(lead.id, lead.professional_id, lead.offer)


def told(database: Database) -> list[str]:
    with database.read() as session:
        items = session.execute(select(OutboxItem).where(OutboxItem.kind == VISITOR_MESSAGE)).scalars()
        return [item.payload["text"] for item in items]


def test_of_many_who_claim_at_the_same_instant_exactly_one_wins(any_store: Database) -> None:
    for round_number in range(5):
        link = link_of(any_store, opened(any_store, f"c{round_number}", contact=f"503-555-010{round_number}").lead_id)
        barrier = Barrier(4)

        def one(_number: int, link: Link = link, barrier: Barrier = barrier) -> bool:
            barrier.wait()
            try:
                with any_store.write() as session:
                    return claim(session, link, MONDAY)
            except StaleDataError:
                return False

        with ThreadPoolExecutor(4) as pool:
            assert sorted(pool.map(one, range(4))) == [False, False, False, True]
    with any_store.read() as session:
        claims = session.execute(select(LeadEvent).where(LeadEvent.kind == "claimed")).scalars().all()
    assert len(claims) == 5
    assert len(told(any_store)) == 5


def test_a_writer_with_an_old_copy_fails(any_store: Database) -> None:
    lead_id = opened(any_store).lead_id
    with any_store.read() as session:
        old = session.get(Lead, lead_id)
    with any_store.write() as session:
        claim(session, link_of(any_store, lead_id), MONDAY)
    old.state = "closed"
    with pytest.raises(StaleDataError), any_store.write() as session:
        session.add(old)


def test_a_link_of_somebody_else_or_of_an_earlier_offer_opens_nothing(store: Database) -> None:
    link = link_of(store, opened(store).lead_id)
    for wrong in (
        Link(link.lead_id, "luis", link.offer),
        Link(link.lead_id, link.professional_id, link.offer + 1),
        Link("no-such-lead", link.professional_id, link.offer),
    ):
        with pytest.raises(NotYoursError), store.write() as session:
            claim(session, wrong, MONDAY)


def test_a_decline_tells_the_visitor_and_gives_it_to_nobody(store: Database) -> None:
    link = link_of(store, opened(store).lead_id)
    with pytest.raises(ValueError, match="reason"), store.write() as session:
        decline(session, link, "because", MONDAY)
    with store.write() as session:
        decline(session, link, "full", MONDAY)
    assert "cannot take your request" in told(store)[0]
    with pytest.raises(NotYoursError), store.write() as session:
        claim(session, link, MONDAY)


def test_who_takes_it_back_on_the_phone_is_obeyed_like_who_writes_it(store: Database) -> None:
    opened_lead = opened(store)
    link = link_of(store, opened_lead.lead_id)
    with store.write() as session:
        claim(session, link, MONDAY)
    with store.write() as session:
        report(session, link, "took_back", "they were sure of it", None, MONDAY)
    with store.read() as session:
        lead = session.get(Lead, opened_lead.lead_id)
        assert (lead.state, lead.contact, lead.next_rung_at) == ("withdrawn", None, None)
        events = session.execute(select(LeadEvent).where(LeadEvent.lead_id == lead.id).order_by(LeadEvent.id)).scalars()
        last = events.all()[-1]
        assert (last.kind, last.actor, last.note) == ("withdrawn", "professional:dana", None)
        assert session.execute(select(Consent.id).where(Consent.withdrawn_at.is_(None))).first() is None
    assert "Your request is taken back, as you told us" in told(store)[-1]
    with pytest.raises(NotYoursError), store.write() as session:
        report(session, link, "reached", None, None, MONDAY)


def test_reports_move_the_lead_and_a_set_time_is_told(store: Database) -> None:
    link = link_of(store, opened(store).lead_id)
    with pytest.raises(IllegalMoveError), store.write() as session:
        report(session, link, "reached", None, None, MONDAY)
    with store.write() as session:
        claim(session, link, MONDAY)
    when = MONDAY + timedelta(days=1)
    for outcome, state in (
        ("no_answer", "claimed"),
        ("left_message", "claimed"),
        ("unreachable", "unreachable"),
        ("reached", "contacted"),
        ("reached", "contacted"),
        ("scheduled", "scheduled"),
        ("scheduled", "scheduled"),
        ("finished", "closed"),
    ):
        with store.write() as session:
            report(session, link, outcome, "a note", when, MONDAY)
        with store.read() as session:
            assert session.get(Lead, link.lead_id).state == state
    _claimed, no_answer, left, timed = told(store)
    assert "missed you. They plan to try again tomorrow at noon." in no_answer
    assert "left a message. They plan to try again tomorrow at noon." in left
    assert timed.startswith(
        "Dana (example) noted a time with you: tomorrow at noon. If it does not suit you, call Example Harbor Recovery "
        "at (503) 555-0140."
    )
    with pytest.raises(NotYoursError), store.write() as session:
        report(session, link, "reached", None, None, MONDAY)


@pytest.mark.parametrize("hours", [None, -1])
def test_a_time_must_be_given_and_still_to_come(store: Database, hours: int | None) -> None:
    link = link_of(store, opened(store).lead_id)
    with store.write() as session:
        claim(session, link, MONDAY)
    when = None if hours is None else MONDAY + timedelta(hours=hours)
    with pytest.raises(ValueError, match="still to come"), store.write() as session:
        report(session, link, "scheduled", None, when, MONDAY)


def test_what_an_sms_visitor_is_told_unasked_names_the_discreet_sender_only(store: Database) -> None:
    link = link_of(store, opened(store, channel="sms").lead_id)
    with store.write() as session:
        decline(session, link, "full", MONDAY)
        item = session.execute(select(OutboxItem).where(OutboxItem.kind == VISITOR_MESSAGE)).scalar_one()
    assert "call Example Harbor at (503) 555-0140" in " ".join(item.payload["sms"])
    assert "Recovery" not in " ".join(item.payload["sms"])


def test_an_sms_visitor_is_told_in_the_daytime(store: Database) -> None:
    link = link_of(store, opened(store, channel="sms").lead_id)
    evening = MONDAY + timedelta(hours=9)
    with store.write() as session:
        claim(session, link, evening)
    with store.read() as session:
        item = session.execute(select(OutboxItem).where(OutboxItem.kind == VISITOR_MESSAGE)).scalar_one()
    assert item.due_at == MONDAY + timedelta(hours=21)

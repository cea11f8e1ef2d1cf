"""Withdrawing: from every state, by conversation or by number; afterwards nothing is sent, shown or remembered."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.handoff import Lead, LeadEvent, OutboxItem, StaffNotice, notify_staff, withdraw, withdraw_number
from bot.handoff import outbox as box
from bot.handoff import professional as pro
from bot.handoff.links import Link
from bot.handoff.outbox import Item
from bot.handoff.reading import lead_consents, lead_history
from bot.handoff.states import OPEN, IllegalMoveError, State
from bot.settings import settings
from bot.store import Database
from bot.worker import Worker
from tests.handoff.conftest import MONDAY, opened

LATER = MONDAY + timedelta(minutes=20)


def the_lead(database: Database) -> Lead:
    with database.read() as session:
        return session.execute(select(Lead)).scalar_one()


def link(database: Database) -> Link:
    lead = the_lead(database)
    return Link(lead.id, lead.professional_id, lead.offer)


def run_worker(database: Database, start: object = MONDAY, rounds: int = 30) -> list[Item]:
    """What a worker would deliver from then on, four days ahead."""
    sent: list[Item] = []
    now = [start]

    def deliver(item: Item) -> str:
        sent.append(item)
        return "taken"

    worker = Worker(database, settings(), deliver, clock=lambda: now[0])  # type: ignore[arg-type, return-value]
    for _ in range(rounds):
        while worker.step():
            pass
        now[0] += timedelta(hours=3)  # type: ignore[operator]
    return sent


def report(database: Database, outcome: str) -> None:
    when = MONDAY + timedelta(days=1) if outcome == "scheduled" else None
    with database.write() as session:
        pro.report(session, link(database), outcome, "a note about Jordan", when, MONDAY)


def claim(database: Database) -> None:
    with database.write() as session:
        assert pro.claim(session, link(database), MONDAY)


def bring_to(database: Database, state: State) -> None:
    """An open lead in that state, with whatever the way there has queued."""
    opened(database)
    if state is State.NEW:
        with database.write() as session:
            pro.decline(session, link(database), "away", MONDAY)
    elif state is not State.OFFERED:
        claim(database)
        outcomes = {State.CONTACTED: "reached", State.SCHEDULED: "scheduled", State.UNREACHABLE: "unreachable"}
        if state in outcomes:
            report(database, outcomes[state])
    assert the_lead(database).state == state


@pytest.mark.parametrize("state", sorted(OPEN))
@pytest.mark.parametrize("delivered", [False, True])
def test_from_every_state_everything_stops(any_store: Database, state: State, delivered: bool) -> None:
    bring_to(any_store, state)
    if delivered:
        run_worker(any_store, rounds=1)
    with any_store.write() as session:
        assert withdraw(session, "c1", LATER).found
    lead = the_lead(any_store)
    assert lead.state == State.WITHDRAWN
    assert lead.open_key is None
    assert [getattr(lead, name) for name in ("name", "contact", "best_time", "zip", "for_whom", "wish", "place")] == [
        None
    ] * 7
    with any_store.read() as session:
        assert all(consent["withdrawn_at"] == LATER.isoformat() for consent in lead_consents(session, lead.id))
        kinds = [event["kind"] for event in lead_history(session, lead.id)]
        assert "Jordan" not in str(lead_history(session, lead.id))
    assert kinds[-2:] == ["consent_withdrawn", "withdrawn"]
    afterwards = run_worker(any_store, LATER)
    assert {item.payload.get("about") for item in afterwards} <= {"withdrawn"}
    assert all(item.kind == box.EMAIL_PROFESSIONAL for item in afterwards)
    must_hear = delivered or state not in (State.NEW, State.OFFERED)
    assert bool(afterwards) is must_hear
    assert not any(secret in str(item.payload) for item in afterwards for secret in ("Jordan", "0188", "97103"))


@pytest.mark.parametrize(
    "act",
    [
        lambda session, to: pro.claim(session, to, LATER),
        lambda session, to: pro.decline(session, to, "away", LATER),
        lambda session, to: pro.report(session, to, "reached", None, None, LATER),
        lambda session, to: pro.lead_of(session, to),
    ],
)
def test_the_professionals_link_is_dead_afterwards(store: Database, act: Callable[..., object]) -> None:
    opened(store)
    to = link(store)
    with store.write() as session:
        withdraw(session, "c1", MONDAY)
    with pytest.raises((pro.NotYoursError, IllegalMoveError)), store.write() as session:
        act(session, to)


def test_a_message_claimed_by_a_worker_but_not_sent_is_stopped(any_store: Database) -> None:
    opened(any_store)
    (item,) = box.claim_due(any_store, "w", MONDAY)
    assert box.still_wanted(any_store, item, "w")
    with any_store.write() as session:
        withdraw(session, "c1", MONDAY)
    assert not box.still_wanted(any_store, item, "w")
    with any_store.write() as session:
        assert not box.mark_sent(session, item, "w", MONDAY)
        assert box.mark_failed(session, item, "w", MONDAY, "late") in ("pending", "dead")
    with any_store.read() as session:
        row = session.get(OutboxItem, item.id)
    assert row.state == "cancelled"
    # It may have left in the very same moment: whoever was about to get it is told not to use it.
    assert [late.payload["about"] for late in run_worker(any_store)] == ["withdrawn"]


def test_dead_letters_cannot_be_tried_again(store: Database) -> None:
    opened(store)
    (item,) = box.claim_due(store, "w", MONDAY)
    with store.write() as session:
        box.mark_failed(session, item, "w", MONDAY, "no such host", for_good=True)
    with store.write() as session:
        withdraw(session, "c1", MONDAY)
    with pytest.raises(box.NotDead), store.write() as session:
        box.retry(session, item.id, MONDAY)


def test_everybody_who_was_told_of_it_hears_that_it_was_taken_back(store: Database) -> None:
    lead_id = opened(store).lead_id
    with store.write() as session:  # somebody further up the ladder, by mail and by text
        for channel, to in (("email", "supervisor@harbor.example.org"), ("sms", "+15035550147")):
            notice = StaffNotice(channel, to, "reminder", "/console/leads", {})  # type: ignore[arg-type]
            notify_staff(session, notice, f"rung:{channel}", MONDAY, lead_id)
    run_worker(store, rounds=1)
    with store.write() as session:
        withdraw(session, "c1", LATER)
    told = run_worker(store, LATER)
    assert {(item.kind, item.payload["to"]) for item in told} == {
        (box.EMAIL_PROFESSIONAL, "dana@harbor.example.org"),
        (box.EMAIL_PROFESSIONAL, "supervisor@harbor.example.org"),
        (box.SMS_STAFF, "+15035550147"),
    }


def test_who_gave_it_back_after_seeing_it_is_told_and_named(store: Database) -> None:
    opened(store)
    claim(store)
    with store.write() as session:
        pro.decline(session, link(store), "full", MONDAY)
    with store.write() as session:
        done = withdraw(session, "c1", LATER)
    assert "Dana (example) had seen your details" in done.say.web
    assert [item.payload["to"] for item in run_worker(store, LATER)] == ["dana@harbor.example.org"]


def test_whoever_holds_the_phone_can_take_back_what_was_asked_for_on_the_web(any_store: Database) -> None:
    opened(any_store)
    opened(any_store, "c2", contact="503-555-0177")
    with any_store.write() as session:
        assert withdraw_number(session, "+15035550199", MONDAY) == []
        assert len(withdraw_number(session, "+15035550188", MONDAY)) == 1
        assert withdraw_number(session, "+15035550188", MONDAY) == []
    with any_store.read() as session:
        states = dict(session.execute(select(Lead.conversation_id, Lead.state)).all())
    assert states == {"c1": "withdrawn", "c2": "offered"}


def test_withdrawing_twice_changes_nothing_more(store: Database) -> None:
    opened(store)
    with store.write() as session:
        assert withdraw(session, "c1", MONDAY).found
    with store.write() as session:
        assert not withdraw(session, "c1", MONDAY).found
        events = session.execute(select(LeadEvent).where(LeadEvent.kind == "withdrawn")).scalars().all()
    assert len(events) == 1

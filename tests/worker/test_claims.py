"""Claims of workers that have died."""

import subprocess
import sys
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.handoff import OutboxItem
from bot.handoff import outbox as box
from bot.store import Database, utcnow
from bot.worker.claims import give_back_of_dead, new_name
from tests.handoff.conftest import MONDAY, opened

NAME = "from bot.worker.claims import new_name; print(new_name())"


def name_of_a_dead_worker() -> str:
    return subprocess.run([sys.executable, "-c", NAME], check=True, capture_output=True, text=True).stdout.strip()


def holder(store: Database) -> str:
    with store.read() as session:
        return str(session.execute(select(OutboxItem.claimed_by)).scalar_one())


def test_names_differ_and_fit_their_column() -> None:
    assert new_name() != new_name()
    assert len(new_name()) <= 80


def test_a_dead_workers_claim_is_free_at_once(any_store: Database) -> None:
    opened(any_store)
    dead, alive = name_of_a_dead_worker(), new_name()
    assert len(box.claim_due(any_store, dead, MONDAY)) == 1
    assert box.claim_due(any_store, alive, MONDAY) == []
    with any_store.write() as session:
        assert give_back_of_dead(session, alive) == 1
    (item,) = box.claim_due(any_store, alive, MONDAY)
    assert item.attempt == 2


@pytest.mark.parametrize("elsewhere", [False, True])
def test_the_claims_of_the_living_and_of_other_machines_stay(store: Database, elsewhere: bool) -> None:
    opened(store)
    other = f"elsewhere.example:{name_of_a_dead_worker().partition(':')[2]}" if elsewhere else new_name()
    box.claim_due(store, other, MONDAY)
    with store.write() as session:
        assert give_back_of_dead(session, new_name()) == 0
    assert holder(store) == other


def test_what_was_sent_is_left_alone(store: Database) -> None:
    opened(store)
    dead = name_of_a_dead_worker()
    (item,) = box.claim_due(store, dead, MONDAY)
    with store.write() as session:
        box.mark_sent(session, item, dead, utcnow())
        session.execute(update(OutboxItem).values(claimed_by=dead, claimed_until=MONDAY + timedelta(minutes=1)))
        assert give_back_of_dead(session, new_name()) == 0
    assert holder(store) == dead

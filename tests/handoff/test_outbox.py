"""The outbox: claimed once, given back, given up, cancelled; on both stores."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from bot.handoff import outbox as box
from bot.store import Database
from tests.handoff.conftest import MONDAY


def put(database: Database, key: str = "k", now: object = MONDAY) -> bool:
    with database.write() as session:
        return box.enqueue(session, key, box.EMAIL_PROFESSIONAL, {"about": "offer"}, now)  # type: ignore[arg-type]


def middle(low: float, high: float) -> float:
    return (low + high) / 2


def test_a_key_is_taken_once(any_store: Database) -> None:
    assert [put(any_store), put(any_store)] == [True, False]


def test_many_workers_share_the_items_without_overlap(any_store: Database) -> None:
    for number in range(24):
        put(any_store, f"k{number}")

    def work(name: str) -> list[str]:
        got: list[str] = []
        while items := box.claim_due(any_store, name, MONDAY, limit=2):
            got += [item.key for item in items]
        return got

    with ThreadPoolExecutor(4) as pool:
        keys = [key for part in pool.map(work, "abcd") for key in part]
    # SKIP LOCKED may leave a row to whoever holds it; nothing is taken twice and nothing stays behind.
    assert sorted(keys) == sorted(f"k{number}" for number in range(24))


def test_a_lease_that_ran_out_is_taken_over_and_the_late_one_cannot_settle(any_store: Database) -> None:
    put(any_store)
    (first,) = box.claim_due(any_store, "first", MONDAY)
    assert box.claim_due(any_store, "second", MONDAY) == []
    later = MONDAY + box.LEASE
    (second,) = box.claim_due(any_store, "second", later)
    assert (second.id, second.attempt) == (first.id, 2)
    assert not box.still_wanted(any_store, first, "first")
    with any_store.write() as session:
        assert not box.mark_sent(session, first, "first", later)
        assert box.mark_sent(session, second, "second", later)
        assert not box.mark_sent(session, second, "second", later)


def test_nothing_is_taken_before_its_time(store: Database) -> None:
    put(store, now=MONDAY + timedelta(seconds=1))
    assert box.claim_due(store, "w", MONDAY) == []


def test_failures_wait_longer_each_time_and_end_dead(store: Database) -> None:
    put(store)
    now, states = MONDAY, []
    for _ in range(box.MAX_ATTEMPTS):
        (item,) = box.claim_due(store, "w", now)
        with store.write() as session:
            states.append(box.mark_failed(session, item, "w", now, "no answer", middle))
        now += box.wait_after(item.attempt, middle)
    assert states == ["pending"] * (box.MAX_ATTEMPTS - 1) + ["dead"]
    assert timedelta(hours=3) < now - MONDAY < timedelta(hours=6)
    assert box.claim_due(store, "w", now + timedelta(days=1)) == []
    with store.read() as session:
        assert box.counts(session) == {"pending": 0, "sent": 0, "dead": 1, "cancelled": 0}


def test_waits_double_up_to_a_quarter_of_an_hour_and_spread() -> None:
    waits = [box.wait_after(attempt, middle).total_seconds() for attempt in (1, 2, 3, 20)]
    assert waits == [5, 10, 20, 900]
    bounds: list[Callable[[float, float], float]] = [lambda low, _high: low, lambda _low, high: high]
    assert [box.wait_after(1, bound).total_seconds() for bound in bounds] == [2.5, 7.5]

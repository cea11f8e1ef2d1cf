"""The figures, from histories whose times are known."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from bot.handoff import Lead, OutboxItem, withdraw
from bot.handoff import professional as pro
from bot.handoff.links import Link
from bot.handoff.speed import Figures, figures, percentile
from bot.store import Database
from tests.handoff.conftest import MONDAY, opened

DUE = 15
CONTACT_DUE = 20
"""Minutes until a request is to be claimed, and its visitor to be contacted."""


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def request(
    database: Database,
    number: int,
    claimed: float | None = None,
    contacted: float | None = None,
    start: datetime = MONDAY,
    **changes: str,
) -> str:
    """A request that was claimed, and got in contact, so many minutes after it was stored."""
    lead = opened(database, f"c{number}", start, contact=f"c{number}@example.org", **changes)
    link = Link(lead.lead_id, lead.professional.id, 1)
    for after, outcome in ((claimed, None), (contacted, "reached")):
        if after is None:
            continue
        with database.write() as session:
            if outcome is None:
                pro.claim(session, link, start + minutes(after))
            else:
                pro.report(session, link, outcome, None, None, start + minutes(after))
    due = {"due_at": start + minutes(DUE), "contact_due_at": start + minutes(CONTACT_DUE)}
    with database.write() as session:
        session.execute(update(Lead).where(Lead.id == lead.lead_id).values(**due))
    return lead.lead_id


def read(database: Database, after: timedelta) -> dict[str, Figures]:
    with database.read() as session:
        return figures(session, MONDAY + after)


def test_known_times_give_known_figures_by_channel(any_store: Database) -> None:
    for number in range(1, 11):  # claimed after 2, 4 ... 20 minutes; in contact 10 minutes later, half of them
        request(any_store, number, 2 * number, 2 * number + 10 if number % 2 else None)
    request(any_store, 11, 1, 3, channel="sms")
    late = request(any_store, 12, channel="sms")  # nobody has it
    request(any_store, 13, start=MONDAY + minutes(50))  # nobody has it, and it is not due yet
    found = read(any_store, minutes(60))

    web, sms, both = found["web"], found["sms"], found["all"]
    assert (web.claim.count, web.claim.p50, web.claim.p90) == (10, 600, 1080)
    assert (web.claim.in_time, web.claim.due) == (7, 10)  # 2 to 14 minutes
    assert (web.contact.count, web.contact.p50, web.contact.p90) == (5, 1200, 1680)  # 12, 16, 20, 24, 28
    assert (web.contact.in_time, web.contact.due) == (3, 10)  # 12, 16, 20; nobody called the other half
    assert (web.unclaimed, web.oldest) == (1, MONDAY + minutes(50))
    assert (sms.claim.count, sms.claim.p50, sms.claim.p90) == (1, 60, 60)
    assert (sms.claim.in_time, sms.claim.due, sms.claim.share_in_time) == (1, 2, 0.5)
    assert (sms.contact.count, sms.contact.p50) == (1, 180)
    assert (sms.contact.in_time, sms.contact.due) == (1, 2)
    assert (sms.unclaimed, sms.oldest) == (1, MONDAY)
    assert (both.claim.count, both.claim.p50, both.unclaimed, both.oldest) == (11, 600, 2, MONDAY)
    assert (both.claim.in_time, both.claim.due) == (8, 12)

    with any_store.write() as session:
        session.execute(update(OutboxItem).where(OutboxItem.lead_id == late).values(state="dead"))
    given_up = {channel: of.given_up for channel, of in read(any_store, minutes(60)).items()}
    assert given_up == {"all": 1, "web": 0, "sms": 1}


def test_a_request_given_back_and_offered_anew_waits_from_its_beginning(any_store: Database) -> None:
    lead_id = request(any_store, 1, 5)
    with any_store.write() as session:
        pro.decline(session, Link(lead_id, "dana", 1), "full", MONDAY + minutes(10))
    found = read(any_store, minutes(12))["all"]
    assert (found.unclaimed, found.oldest, found.claim.p50) == (1, MONDAY, 300)


def test_what_was_taken_back_waits_for_nobody_and_was_not_late(any_store: Database) -> None:
    request(any_store, 1)
    with any_store.write() as session:
        withdraw(session, "c1", MONDAY + minutes(20))
    found = read(any_store, timedelta(days=1))["all"]
    assert (found.unclaimed, found.claim.due, found.claim.share_in_time) == (0, 0, None)


def test_old_requests_count_only_while_they_wait(any_store: Database) -> None:
    request(any_store, 1, 5)
    request(any_store, 2)
    found = read(any_store, timedelta(days=31))["all"]
    assert (found.claim.count, found.claim.p50, found.unclaimed, found.oldest) == (0, None, 1, MONDAY)


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([], 0.5, None),
        ([7], 0.9, 7),
        ([1, 2], 0.5, 1),
        ([3, 1, 2], 0.5, 2),
        (list(range(1, 11)), 0.9, 9),
        (list(range(1, 12)), 0.9, 10),
        (list(range(1, 101)), 0.9, 90),
    ],
)
def test_a_percentile_is_one_of_the_values(values: list[float], share: float, expected: float | None) -> None:
    assert percentile(values, share) == expected

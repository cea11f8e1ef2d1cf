"""The page of figures and of the daily check, and the banner when something does not fit."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import delete
from starlette.testclient import TestClient

from bot.handoff import OutboxItem
from bot.reconciliation import reconcile
from bot.store import Database, utcnow
from tests.console import scene

Staff = Callable[[str], TestClient]
BANNER = "The daily check found 1 thing that does not fit"


@pytest.fixture
def unbalanced(database: Database) -> str:
    """A request whose message to the professional has vanished, and the check that found it."""
    lead_id = scene.lead_of(database, "a-chat-that-is-gone", utcnow() - timedelta(minutes=3))
    with database.write() as session:
        session.execute(delete(OutboxItem))
    assert len(reconcile(database, 90, utcnow(), "daily:1").findings) == 1
    return lead_id


def test_what_does_not_fit_is_named_and_shown_on_every_page_to_those_who_see_requests(
    staff: Staff, unbalanced: str
) -> None:
    client = staff("lead_worker")
    assert BANNER in client.get("/console/leads").text
    assert BANNER in staff("admin").get("/console/audit").text
    assert "daily check" not in staff("reviewer").get("/console/conversations").text
    page = client.get("/console/figures").text
    assert "A request was offered, and there is no message to the professional" in page
    assert f"/console/leads/{unbalanced}" in page
    assert "Jordan" not in page
    assert "0188" not in page


def test_the_banner_goes_when_a_later_check_finds_nothing(staff: Staff, unbalanced: str, database: Database) -> None:
    client = staff("lead_worker")
    news = client.get("/console/news?after=0").json()["items"]
    assert [item["path"] for item in news if "daily check" in item["text"]] == ["/console/figures"]
    assert reconcile(database, 90, utcnow() + timedelta(days=91), "daily:2").fits
    assert "thing that does" not in client.get("/console/leads").text
    assert "Everything fits." in client.get("/console/figures").text


def test_the_figures_are_those_of_the_store(staff: Staff, database: Database) -> None:
    scene.lead_of(database, scene.start(database), utcnow() - timedelta(minutes=90))
    page = staff("lead_worker").get("/console/figures").text
    assert "1 hour" in page
    assert "It has not been made yet" in page
    assert staff("reviewer").get("/console/figures").status_code == 403


def test_a_check_that_was_missed_is_told(staff: Staff, database: Database) -> None:
    reconcile(database, 90, utcnow() - timedelta(hours=30), "daily:1")
    assert "The last check is too old" in staff("admin").get("/console/figures").text

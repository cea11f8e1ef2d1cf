"""Messages given up: a banner for those who can act, a list, a retry that is recorded; and news on open pages."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from bot.console.models import AuditEntry
from bot.handoff import StaffNotice, notify_staff
from bot.handoff import outbox as box
from bot.handoff.models import OutboxItem
from bot.store import Database, utcnow
from tests.console import scene

Staff = Callable[[str], TestClient]


@pytest.fixture
def dead(database: Database) -> str:
    scene.lead_of(database, scene.start(database), utcnow())
    (item,) = box.claim_due(database, "w", utcnow())
    with database.write() as session:
        box.mark_failed(session, item, "w", utcnow(), "OSError: refused for Jordan", for_good=True)
    return item.id


def test_it_is_shown_on_every_page_to_those_who_can_act(staff: Staff, dead: str) -> None:
    assert "1 message was given up" in staff("lead_worker").get("/console/leads").text
    assert "1 message was given up" in staff("admin").get("/console/audit").text
    assert "given up" not in staff("reviewer").get("/console/conversations").text
    assert staff("reviewer").get("/console/deliveries").status_code == 403


def test_a_retry_brings_it_back_and_is_recorded(staff: Staff, database: Database, dead: str) -> None:
    client = staff("lead_worker")
    page = client.get("/console/deliveries").text
    assert "OSError: refused for" in page
    assert "Jordan" not in page
    assert client.post(f"/console/deliveries/{dead}/retry", data={"csrf": "x"}).status_code == 403
    assert scene.post(client, f"/console/deliveries/{dead}/retry", page).status_code == 303
    with database.read() as session:
        row = session.get(OutboxItem, dead)
        assert (row.state, row.attempts) == ("pending", 0)
        done = session.execute(select(AuditEntry).where(AuditEntry.action == "retry_delivery")).scalar_one()
        assert (done.subject_id, done.email) == (dead, scene.email("lead_worker"))
    assert len(box.claim_due(database, "w", utcnow())) == 1
    assert scene.post(client, f"/console/deliveries/{dead}/retry", page).status_code == 404
    assert "None. Every message" in client.get("/console/deliveries").text


def test_an_open_page_hears_of_news_that_its_reader_may_see(
    staff: Staff, visitor: TestClient, database: Database
) -> None:
    assert visitor.get("/console/news").status_code == 401
    worker, reviewer = staff("lead_worker"), staff("reviewer")
    start = worker.get("/console/news").json()
    assert start["items"] == []
    with database.write() as session:
        notify_staff(session, StaffNotice("console", "read_leads", "emergency", "/console/leads/x"), "k", utcnow())
    news = worker.get(f"/console/news?after={start['after']}").json()
    assert [(item["text"], item["path"]) for item in news["items"]] == [
        ("A conversation needs a person now.", "/console/leads/x")
    ]
    assert worker.get(f"/console/news?after={news['after']}").json() == {"after": news["after"], "items": []}
    assert reviewer.get(f"/console/news?after={start['after']}").json()["items"] == []

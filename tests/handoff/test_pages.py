"""The professional's page, through the real routes."""

from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest
import time_machine
from sqlalchemy import func, select
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.handoff import Lead, LeadEvent, withdraw
from bot.handoff.links import LIFE_SECONDS, Link, LinkError, read, sign
from bot.handoff.pages import routes
from bot.handoff.safe import Safe
from bot.store import Database, Keys
from tests.handoff.conftest import MONDAY, opened


@pytest.fixture
def page(store: Database) -> tuple[TestClient, str]:
    with time_machine.travel(MONDAY, tick=False):
        lead_id = opened(store, wish="evenings, please").lead_id
        token = sign(Link(lead_id, "dana", 1))
        yield TestClient(Starlette(routes=routes(store))), f"/handoff/{token}"


def state(database: Database) -> tuple[str, int]:
    with database.read() as session:
        events = session.execute(select(func.count()).select_from(LeadEvent)).scalar_one()
        return session.execute(select(Lead.state)).scalar_one(), int(events)


def test_looking_changes_nothing_and_shows_no_contact(page: tuple[TestClient, str], store: Database) -> None:
    client, path = page
    before = state(store)
    for _ in range(3):
        answer = client.get(path)
        assert answer.status_code == 200
        client.head(path)
    assert state(store) == before
    assert "42 CFR part 2 prohibits unauthorized use or disclosure" in answer.text
    assert "I have it" in answer.text
    assert "after 5 pm" in answer.text
    assert not any(hidden in answer.text for hidden in ("Jordan", "0188", "evenings, please"))
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_claim_then_contact_then_report(page: tuple[TestClient, str], store: Database) -> None:
    client, path = page
    answer = client.post(path, data={"action": "claim"})
    assert answer.status_code == 200
    assert 'href="tel:+15035550188"' in answer.text
    assert "Jordan" in answer.text
    assert "evenings, please" in answer.text
    assert client.post(path, data={"action": "claim"}).status_code == 200
    answer = client.post(path, data={"action": "report", "outcome": "scheduled", "when": "2026-12-01T15:30"})
    assert state(store)[0] == "scheduled"
    with store.read() as session:
        assert session.execute(select(Lead.scheduled_for)).scalar_one() == datetime(2026, 12, 1, 23, 30, tzinfo=UTC)
        assert "viewed" in list(session.execute(select(LeadEvent.kind)).scalars())
    answer = client.post(path, data={"action": "report", "outcome": "no_answer", "note": "<b>later</b>"})
    assert "&lt;b&gt;later&lt;/b&gt;" in answer.text


@pytest.mark.parametrize(
    ("safe", "links", "words"),
    [
        (Safe(), ["tel"], ["You may call.", "Leave no voicemail.", "Send no text.", "They did not say what is safe"]),
        (Safe(True, True, True), ["tel", "sms"], ["You may call.", "You may leave a voicemail.", "You may text."]),
        (Safe(False, False, True), ["sms"], ["Do not call.", "Leave no voicemail.", "You may text."]),
        (Safe(False, False, False), [], ["Do not call.", "no way to reach them that is safe", "say the code"]),
    ],
)
def test_what_is_safe_is_shown_and_decides_the_buttons(
    store: Database, safe: Safe, links: list[str], words: list[str]
) -> None:
    with time_machine.travel(MONDAY, tick=False):
        lead_id = opened(store, safe=safe).lead_id
        client = TestClient(Starlette(routes=routes(store)))
        path = f"/handoff/{sign(Link(lead_id, 'dana', 1))}"
        assert "Safe for them" not in client.get(path).text
        text = client.post(path, data={"action": "claim"}).text
    assert [
        kind for kind in ("tel", "sms") if f'class="button{" main" if kind == "tel" else ""}" href="{kind}:' in text
    ] == links
    assert ("tel:" in text) is ("tel" in links)
    assert [word for word in words if word not in text] == []


def test_wrong_forms_are_explained(page: tuple[TestClient, str], store: Database) -> None:
    client, path = page
    for form, status, words in (
        ({"action": "decline"}, 422, "choose a reason"),
        ({"action": "dance"}, 422, "choose what to do"),
        ({"action": "report", "outcome": "reached"}, 409, "not possible now"),
        ({"action": "report", "outcome": "scheduled", "when": "soon"}, 422, "day and time again"),
        ({"action": "report", "note": "x" * 20_000}, 413, "too long"),
    ):
        answer = client.post(path, data=form)
        assert (answer.status_code, words in answer.text) == (status, True), form
    assert state(store)[0] == "offered"


def test_decline_and_withdrawal_close_the_page(page: tuple[TestClient, str], store: Database) -> None:
    client, path = page
    assert "Thank you" in client.post(path, data={"action": "decline", "reason": "away"}).text
    assert client.get(path).status_code == 410
    again = opened(store)
    second = f"/handoff/{sign(Link(again.lead_id, again.professional.id, 2))}"
    assert client.get(second).status_code == 200
    assert client.get(path).status_code == 410
    with store.write() as session:
        withdraw(session, "c1", MONDAY)
    for answer in (client.get(second), client.post(second, data={"action": "claim"})):
        assert answer.status_code == 410
        assert "97103" not in answer.text


def test_forged_and_old_links_open_nothing(page: tuple[TestClient, str]) -> None:
    client, path = page
    assert client.get(path + "x").status_code == 404
    assert client.get("/handoff/nonsense").status_code == 404
    other = Keys(b"another-secret-of-at-least-32-characters")
    with pytest.raises(LinkError):
        read(path.rpartition("/")[2], other)
    with time_machine.travel(MONDAY + timedelta(seconds=LIFE_SECONDS + 5)):
        assert client.get(path).status_code == 410


def test_the_style_sheet_is_served_and_the_page_needs_nothing_else(page: tuple[TestClient, str]) -> None:
    client, path = page
    assert client.get("/handoff/handoff.css").headers["content-type"].startswith("text/css")
    client.post(path, data={"action": "claim"})
    html = client.get(path).text

    class Reader(HTMLParser):
        tags: list[tuple[str, dict[str, str | None]]] = []  # noqa: RUF012

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.tags.append((tag, dict(attrs)))

    reader = Reader()
    reader.feed(html)
    assert not any(tag == "script" or "style" in attributes for tag, attributes in reader.tags)
    labelled = {attributes.get("for") for tag, attributes in reader.tags if tag == "label"}
    ids = [
        attributes["id"]
        for tag, attributes in reader.tags
        if tag in ("select", "textarea", "input") and "id" in attributes
    ]
    assert len(ids) >= 3
    assert len(ids) == len(set(ids))
    assert set(ids) <= labelled

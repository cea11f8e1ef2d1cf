"""The page of a colleague who may step in, through the real routes."""

from datetime import timedelta

import pytest
import time_machine
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.handoff.links import LIFE_SECONDS
from bot.handoff.pages import routes
from bot.program.profile import Profile
from bot.store import Database
from tests.handoff.climbing import after, events, mails, payloads, posted, says, step, the_lead
from tests.handoff.conftest import opened


@pytest.fixture
def client(store: Database) -> TestClient:
    opened(store, wish="evenings, please")
    step(store, after(5))
    return TestClient(Starlette(routes=routes(store)))


def path(store: Database) -> str:
    return str(next(payload["path"] for payload in payloads(store) if payload["about"] == "waiting"))


def test_it_tells_that_a_request_waits_and_nothing_about_the_visitor(client: TestClient, store: Database) -> None:
    before = events(store)
    with time_machine.travel(after(6), tick=False):
        answer = client.get(path(store))
        client.head(path(store))
    assert answer.status_code == 200
    assert "has waited since today at noon. Dana (example) has not answered." in answer.text
    secrets = ("Jordan", "0188", "97103", "evenings", "my son", "after 5 pm", the_lead(store).conversation_id)
    assert not any(f">{secret}" in answer.text or f" {secret} " in answer.text for secret in secrets)
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert events(store) == before


def test_i_can_take_it_asks_the_visitor(client: TestClient, store: Database) -> None:
    with time_machine.travel(after(6), tick=False):
        assert "is being asked now" in client.post(path(store)).text
        assert "is being asked now" in client.post(path(store)).text
    assert [kind for kind, _ in events(store)][-2:] == ["volunteered", "asked"]
    posted(store, after(6))
    says(store, True, after(7))
    with time_machine.travel(after(8), tick=False):
        assert client.get(path(store)).status_code == 410
        own = next(payload["path"] for payload in payloads(store) if payload["about"] == "agreed")
        assert "Jordan" in client.get(own).text
    assert mails(store)[-1] == ("agreed", "luis")


def test_a_wrong_or_old_link_opens_nothing(client: TestClient, store: Database, program: Profile) -> None:
    good = path(store)
    with time_machine.travel(after(6), tick=False):
        assert client.get(good + "x").status_code == 404
        assert client.post("/handoff/waiting/nonsense").status_code == 404
        assert client.get(good.replace("/waiting", "")).status_code == 404
        assert client.post(good, data={"note": "x" * 20_000}).status_code == 413
    with time_machine.travel(after(6) + timedelta(seconds=LIFE_SECONDS), tick=False):
        assert client.post(good).status_code == 410
    assert [kind for kind, _ in events(store)][-1] == "escalated"

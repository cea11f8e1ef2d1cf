"""Webhooks: checked by somebody else's code over a real socket, the same body on every attempt, nothing personal."""

import base64
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from sqlalchemy import select
from standardwebhooks import Webhook, WebhookVerificationError

from bot.handoff import OutboxItem, withdraw
from bot.handoff import outbox as box
from bot.handoff.outbox import WEBHOOK, Item, RejectedForGood
from bot.handoff.redisclosure import NOTICE
from bot.handoff.webhook import deliver
from bot.settings import Settings, SettingsError, settings
from bot.store import Database
from tests.handoff.conftest import MONDAY, opened

OLD, NEW = (f"whsec_{base64.b64encode(letter * 32).decode()}" for letter in (b"o", b"n"))


class Receiver:
    def __init__(self) -> None:
        self.status = 204
        self.got: list[tuple[dict[str, str], bytes]] = []


@pytest.fixture
def crm(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Receiver, str]]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            receiver.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(receiver.status)
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}/hooks"
    monkeypatch.setenv("FIRSTSTEP_WEBHOOK_URL", url)
    monkeypatch.setenv("FIRSTSTEP_WEBHOOK_SECRETS", f"{NEW},{OLD}")
    settings.cache_clear()
    try:
        yield receiver, url
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def hooks(store: Database) -> list[Item]:
    with store.read() as session:
        rows = session.execute(
            select(OutboxItem).where(OutboxItem.kind == WEBHOOK).order_by(OutboxItem.created_at)
        ).scalars()
        return [Item(r.id, r.idempotency_key, r.kind, r.lead_id, r.payload, 1, r.created_at) for r in rows]


def test_both_secrets_verify_and_a_wrong_one_does_not(store: Database, crm: tuple[Receiver, str]) -> None:
    receiver, _url = crm
    opened(store)
    (item,) = hooks(store)
    assert deliver(item, settings()) == "webhook"
    ((headers, body),) = receiver.got
    for secret in (NEW, OLD):
        told = Webhook(secret).verify(body, headers)
        assert (told["type"], told["data"]["state"]) == ("lead.offered", "offered")
        assert told["data"]["notice"] == NOTICE
    other = f"whsec_{base64.b64encode(b'x' * 32).decode()}"
    with pytest.raises(WebhookVerificationError):
        Webhook(other).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(NEW).verify(body.replace(b"offered", b"claimed"), headers)


def test_again_is_the_same_id_and_body(store: Database, crm: tuple[Receiver, str]) -> None:
    receiver, _url = crm
    opened(store)
    (item,) = hooks(store)
    receiver.status = 500
    with pytest.raises(OSError, match="500"):
        deliver(item, settings())
    receiver.status = 200
    deliver(item, settings())
    (first, body), (second, again) = receiver.got
    assert first["webhook-id"] == second["webhook-id"] == item.id
    assert body == again


def test_it_tells_nothing_of_the_visitor(store: Database, crm: tuple[Receiver, str]) -> None:
    receiver, _url = crm
    opened(store, wish="evenings, please")
    with store.write() as session:
        withdraw(session, "c1", MONDAY)
    for item in hooks(store):
        deliver(item, settings())
    assert [json.loads(body)["type"] for _, body in receiver.got][-1] == "lead.withdrawn"
    sent = b"".join(body for _, body in receiver.got)
    assert not [secret for secret in (b"Jordan", b"0188", b"97103", b"after 5", b"evenings") if secret in sent]


def test_a_410_is_for_good_and_a_redirect_is_not_followed(store: Database, crm: tuple[Receiver, str]) -> None:
    receiver, _url = crm
    opened(store)
    (item,) = hooks(store)
    receiver.status = 410
    with pytest.raises(RejectedForGood):
        deliver(item, settings())
    receiver.status = 302
    with pytest.raises(OSError, match="302"):
        deliver(item, settings())


def test_without_a_crm_nothing_is_written(store: Database) -> None:
    opened(store)
    assert hooks(store) == []


@pytest.mark.parametrize(
    ("url", "secrets", "words"),
    [
        ("http://crm.harbor.example.org", NEW, "https"),
        ("https://crm.harbor.example.org", "", "must be set"),
        ("https://crm.harbor.example.org", "whsec_c2hvcnQ=", "24 to 64"),
        ("https://crm.harbor.example.org", "b" * 40, "24 to 64"),
    ],
)
def test_wrong_settings_are_told_before_anything_is_sent(url: str, secrets: str, words: str) -> None:
    item = Item("i", "k", WEBHOOK, None, {"data": {"path": "/"}}, 1, MONDAY)
    with pytest.raises(SettingsError, match=words):
        deliver(item, Settings(webhook_url=url, webhook_secrets=secrets))


def test_a_withdrawal_cancels_dead_letters_too(store: Database) -> None:
    opened(store)
    (item,) = box.claim_due(store, "w", MONDAY)
    with store.write() as session:
        assert box.mark_failed(session, item, "w", MONDAY, "no", for_good=True) == "dead"
    with store.write() as session:
        withdraw(session, "c1", MONDAY)
    with store.read() as session:
        assert box.dead_letters(session) == []

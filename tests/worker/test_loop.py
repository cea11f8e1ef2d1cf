"""The worker: delivers, retries, stops cleanly, and loses or doubles nothing when it is killed."""

import signal
import subprocess
import sys
import time
from datetime import timedelta
from mailbox import Maildir
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import select

from bot.conversations import Message, open_conversation
from bot.handoff import Lead, OutboxItem, withdraw
from bot.handoff import outbox as box
from bot.handoff import professional as pro
from bot.handoff.links import Link
from bot.handoff.mail import compose
from bot.handoff.outbox import Item
from bot.settings import Settings, settings
from bot.store import Database, utcnow
from bot.worker import Worker, run
from bot.worker.delivery import Deliver, conversation_gateway, deliverer
from tests.handoff.conftest import MONDAY, opened
from tests.handoff.inbox import Inbox, server

__all__ = ["server"]

KILLED = """
import os, signal, sys
from bot.handoff import mail
from bot.settings import settings
from bot.store import Database
from bot.worker import Worker
from bot.worker.delivery import conversation_gateway, deliverer
store = Database(sys.argv[1])
deliver = deliverer(settings(), conversation_gateway(store))
def deliver_and_die(item):
    deliver(item)
    os.kill(os.getpid(), signal.SIGKILL)
Worker(store, settings(), deliver_and_die).step()
"""


def worker(database: Database, deliver: Deliver | None = None, minutes: float = 0) -> Worker:
    now = MONDAY + timedelta(minutes=minutes)
    real = deliverer(settings(), conversation_gateway(database))
    return Worker(database, settings(), deliver or real, clock=lambda: now)


def outbox(database: Database) -> list[OutboxItem]:
    with database.read() as session:
        return list(session.execute(select(OutboxItem).order_by(OutboxItem.created_at)).scalars())


def mails(path: Path) -> int:
    return len(Maildir(path / "mail"))


def test_a_lead_becomes_one_mail(any_store: Database, tmp_path: Path) -> None:
    opened(any_store)
    assert [worker(any_store).step() for _ in range(2)] == [1, 0]
    assert [item.state for item in outbox(any_store)] == ["sent"]
    assert mails(tmp_path) == 1


def test_a_failure_is_tried_again_later(store: Database, tmp_path: Path) -> None:
    opened(store)

    def away(_item: Item) -> str:
        raise ConnectionRefusedError("nobody there")

    worker(store, away).step()
    (item,) = outbox(store)
    assert (item.state, item.attempts, item.last_error) == ("pending", 1, "ConnectionRefusedError: nobody there")
    assert worker(store).step() == 0
    assert worker(store, minutes=1).step() == 1
    assert mails(tmp_path) == 1


def test_what_is_given_up_is_logged_as_an_error(store: Database, caplog: pytest.LogCaptureFixture) -> None:
    lead_id = opened(store).lead_id
    with store.write() as session:
        session.get(Lead, lead_id).next_rung_at = None  # the ladder would add messages of its own

    def away(_item: Item) -> str:
        raise OSError("rejected: dana@harbor.example.org")

    for number in range(box.MAX_ATTEMPTS + 1):
        worker(store, away, minutes=number * 25).step()
    dead, *alarms = outbox(store)
    assert dead.state == "dead"
    assert [(item.payload["about"], item.payload["to"], item.state) for item in alarms] == [
        ("undelivered", "robin@harbor.example.org", "pending")
    ]
    for number in range(box.MAX_ATTEMPTS + 1, 3 * box.MAX_ATTEMPTS):
        worker(store, away, minutes=number * 25).step()
    assert [item.state for item in outbox(store)] == ["dead", "dead"]  # of an alarm that fails nobody is told again
    assert "gave up email_professional" in caplog.text
    assert "dana@" not in caplog.text


def test_a_withdrawal_between_claim_and_delivery_wins(store: Database, tmp_path: Path) -> None:
    opened(store)
    one = worker(store)
    (item,) = box.claim_due(store, one.name, MONDAY)
    with store.write() as session:
        withdraw(session, "c1", MONDAY)
    one._deliver(item)
    assert mails(tmp_path) == 0


def test_the_visitor_hears_it_once(any_store: Database) -> None:
    with any_store.write() as session:
        conversation, _token = open_conversation(session, "web")
    lead_id = opened(any_store, conversation.id).lead_id
    with any_store.write() as session:
        pro.claim(session, Link(lead_id, "dana", 1), MONDAY)
    one = worker(any_store)
    while one.step():
        pass
    item = next(item for item in outbox(any_store) if item.kind == box.VISITOR_MESSAGE)
    again = Item(item.id, item.idempotency_key, item.kind, item.lead_id, item.payload, 2, item.created_at)
    one.deliver(again)
    with any_store.read() as session:
        texts = [message.text for message in session.execute(select(Message)).scalars()]
    assert len(texts) == 1
    assert "has your request now" in texts[0]


def test_a_question_comes_with_its_answers_on_the_web_and_without_by_text(store: Database) -> None:
    for channel in ("web", "sms"):
        with store.write() as session:
            conversation, _token = open_conversation(session, "web")
            payload = {
                "conversation_id": conversation.id,
                "channel": channel,
                "text": "May Luis have it?",
                "sms": ["May Luis have it?"],
                "choices": ["Yes", "No"],
            }
            box.enqueue(session, channel, box.VISITOR_MESSAGE, payload, MONDAY)
    one = worker(store)
    while one.step():
        pass
    with store.read() as session:
        replies = [row.quick_replies for row in session.execute(select(Message)).scalars()]
    buttons = [{"title": "Yes", "payload": "/affirm"}, {"title": "No", "payload": "/deny"}]
    assert sorted(replies, key=bool) == [None, buttons]


@pytest.mark.processes
def test_killed_between_delivery_and_commit_the_mail_is_neither_lost_nor_doubled(
    any_store: Database, tmp_path: Path
) -> None:
    opened(any_store, now=utcnow())
    done = subprocess.run([sys.executable, "-c", KILLED, any_store.url], check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL
    (item,) = outbox(any_store)
    assert (item.state, item.attempts) == ("pending", 1)
    assert mails(tmp_path) == 1
    first = compose(item.payload, item.idempotency_key, Settings())["Message-ID"]
    later = (utcnow() - MONDAY + box.LEASE).total_seconds() / 60 + 1
    assert worker(any_store, minutes=later).step() == 1  # the lease has run out
    assert [item.state for item in outbox(any_store) if item.payload["about"] == "offer"] == ["sent"]
    names = [message["Message-ID"] for message in Maildir(tmp_path / "mail")]
    assert names.count(first) == 1


@pytest.mark.processes
def test_killed_after_the_mail_server_accepted_the_second_mail_is_known_as_the_same(
    any_store: Database, server: tuple[Inbox, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox, url = server
    monkeypatch.setenv("FIRSTSTEP_SMTP_URL", url)
    settings.cache_clear()
    opened(any_store, now=utcnow())
    done = subprocess.run([sys.executable, "-c", KILLED, any_store.url], check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL
    assert len(inbox.mails) == 1
    after = Worker(
        any_store,
        settings(),
        deliverer(settings(), conversation_gateway(any_store)),
        clock=lambda: utcnow() + box.LEASE,
    )
    assert after.step() == 1
    assert after.step() == 0
    assert len({mail["Message-ID"] for mail in inbox.mails}) == 1
    assert len(inbox.mails) == 2
    assert [item.state for item in outbox(any_store)] == ["sent"]


def test_it_purges_and_tells_which_conversations_are_gone(store: Database) -> None:
    with store.write() as session:
        conversation, _token = open_conversation(session, "web")
    gone: list[str] = []
    later = utcnow() + timedelta(days=settings().retention_days + 1)
    Worker(store, settings(), lambda _item: "", clock=lambda: later, forget=gone.extend).step()
    assert gone == [conversation.id]


def test_it_runs_until_told_to_stop(store: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.worker.loop.database", lambda: store)
    opened(store, now=utcnow())
    stop = Event()
    thread = Thread(target=run, args=(stop,))
    started = time.monotonic()
    thread.start()
    while mails(tmp_path) == 0 and time.monotonic() - started < 10:
        time.sleep(0.02)
    stop.set()
    thread.join(5)
    assert not thread.is_alive()
    assert mails(tmp_path) == 1
    with store.read() as session:
        assert session.execute(select(Lead.state)).scalar_one() == "offered"

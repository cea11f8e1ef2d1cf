"""Two worker processes on one store: each item is delivered by one of them."""

import signal
import subprocess
import sys

import pytest
from sqlalchemy import func, select

import bot.worker  # noqa: F401  (knows the tables that a worker needs)
from bot.handoff import OutboxItem
from bot.settings import settings
from bot.store import Database, utcnow
from tests.channels.support import until
from tests.handoff.conftest import opened
from tests.handoff.inbox import Inbox, server

__all__ = ["server"]
LEADS = 30
WORK = """
import sys
from bot.settings import settings
from bot.store import Database
from bot.worker import Worker, stopped_by_signals
from bot.worker.delivery import conversation_gateway, deliverer
stop = stopped_by_signals()
store = Database(sys.argv[1])
worker = Worker(store, settings(), deliverer(settings(), conversation_gateway(store)))
print("ready", flush=True)
sys.stdin.readline()
done = 0
while not stop.is_set():
    done += worker.step()
    stop.wait(0.01)
print(done)
"""


def waiting(store: Database) -> int:
    with store.read() as session:
        pending = select(func.count()).where(OutboxItem.state == "pending")
        return int(session.execute(pending).scalar_one())


@pytest.mark.processes
def test_nothing_is_sent_twice_and_nothing_is_left(
    any_store: Database, server: tuple[Inbox, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox, url = server
    monkeypatch.setenv("FIRSTSTEP_SMTP_URL", url)
    settings.cache_clear()
    for number in range(LEADS):
        opened(any_store, f"c{number}", now=utcnow(), contact=f"503-555-{100 + number:04}")
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    workers = [subprocess.Popen([sys.executable, "-c", WORK, any_store.url], **pipes) for _ in range(2)]
    try:
        for worker in workers:
            assert worker.stdout.readline() == "ready\n"
        for worker in workers:
            worker.stdin.write("go\n")
            worker.stdin.flush()
        until(lambda: waiting(any_store) == 0, "the last mail")
    finally:
        for worker in workers:
            worker.send_signal(signal.SIGTERM)
        shares = [int(worker.communicate(timeout=30)[0]) for worker in workers]
    ids = [mail["Message-ID"] for mail in inbox.mails]
    assert len(ids) == len(set(ids)) == LEADS
    assert sum(shares) == LEADS
    assert min(shares) > 0, "both worked"

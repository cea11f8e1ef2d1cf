"""Killing any process in the middle of a hand-off, at three moments, loses nothing and doubles nothing.

The moments are made, not waited for: a transaction of the test's own holds up the engine between "the lead is stored"
and "the turn is stored", and a stopped worker delivers nothing until it may.
"""

import contextlib
import email
import email.policy
import os
import re
import signal
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Engine
from sqlalchemy.pool import NullPool

from tests import stores
from tests.channels.support import until
from tests.processes.conftest import Chat, Product, running

pytestmark = [pytest.mark.processes, pytest.mark.model, pytest.mark.timeout(900)]

MODULES = ("front", "bot.engine", "actions", "worker")
BEFORE, AFTER = ("please have someone call me", "for me", "Maria"), ("evenings", "97103")
NUMBERS = (f"503-555-{last:04}" for last in range(100, 200))
"""One for each visitor: a second request with the same number would join the first one's lead."""
YES = "yes"
STORED = "I have stored your request"
CLAIMED = "has your request now"
PATIENCE = 120.0
"""Seconds; an engine that was killed several times is started after up to ten, and needs ten more on a busy machine."""


class Stage:
    """A running product, and its databases seen from outside."""

    def __init__(self, product: Product, store: str, events: str) -> None:
        self.product = product
        self.store: Engine = create_engine(store, future=True, poolclass=NullPool)
        self.events: Engine = create_engine(events, future=True, poolclass=NullPool)

    def count(self, query: str, **values: Any) -> int:
        """The one number that a query of the store gives."""
        with self.store.connect() as connection:
            return int(connection.execute(text(query), values).scalar_one())

    def leads_of(self, chat: Chat) -> int:
        """How many leads a visitor's conversation has, closed ones too."""
        return self.count("SELECT count(*) FROM leads WHERE conversation_id = :id", id=chat.id)

    @contextlib.contextmanager
    def engine_cannot_store(self) -> Iterator[None]:
        """The engine waits when it wants to store a turn; it may read."""
        with self.events.connect() as connection:
            if connection.dialect.name == "sqlite":
                connection.connection.isolation_level = None
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                connection.exec_driver_sql("LOCK TABLE engine_events IN EXCLUSIVE MODE")
            try:
                yield
            finally:
                connection.exec_driver_sql("ROLLBACK")

    @contextlib.contextmanager
    def stopped(self, module: str) -> Iterator[None]:
        """A process holds still inside the block, with nothing of the store's in its hands; it may be killed."""
        pid = self.product.pid_of(module)
        with self.store.connect() as connection:
            if connection.dialect.name == "sqlite":
                connection.connection.isolation_level = None
                connection.exec_driver_sql("BEGIN IMMEDIATE")  # whoever writes is waited for
            os.kill(pid, signal.SIGSTOP)
            connection.exec_driver_sql("ROLLBACK")
        try:
            yield
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    def mails(self) -> dict[str, str]:
        """Text of each e-mail in the local folder, by its file's name."""
        found = {}
        for file in (self.product.data / "mail" / "new").glob("*"):
            mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            body = mail.get_body()
            assert body is not None
            found[file.name] = f"{mail['subject']}\n{body.get_content()}"
        return found

    def wait_until_well(self) -> None:
        """All four run again, and the front says that questions can be answered."""

        def well() -> bool:
            with contextlib.suppress(httpx.HTTPError):
                answers = [
                    httpx.get(url, trust_env=False, timeout=5).status_code == 200
                    for url in (
                        f"{self.product.url}/readyz",
                        f"{self.product.environment['FIRSTSTEP_ACTIONS_URL']}/health",
                    )
                ]
                return all(answers) and all(self.product.runs(module) for module in MODULES)
            return False

        until(well, "the product to be well again")


class Sending:
    """A message under way in a thread, tried again with the same id as the widget does, until it is answered."""

    def __init__(self, chat: Chat, message: str) -> None:
        self.chat, self.message, self.id = chat, message, str(uuid.uuid4())
        self.answered = False
        self._thread = threading.Thread(target=self._send, daemon=True)
        self._thread.start()

    def _send(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while not self.answered and time.monotonic() < deadline:
            try:
                self.chat.send(self.message, self.id)
                self.answered = True
            except httpx.HTTPError:
                time.sleep(0.2)

    def finish(self) -> None:
        """Wait for any answer: the real one, or the fixed text of an outage."""
        self._thread.join(PATIENCE)
        assert self.answered, "the message was never taken"


def to_consent(chat: Chat) -> None:
    """The visitor's way up to the question of consent."""
    for message in (*BEFORE, next(NUMBERS), *AFTER):
        said = chat.say(message)
    assert "Is this all right with you" in said


def kill_before(stage: Stage, chat: Chat, module: str) -> Sending:
    """The process dies, and the visitor says yes at once."""
    stage.product.kill(module)
    return Sending(chat, YES)


def kill_during(stage: Stage, chat: Chat, module: str) -> Sending:
    """The process dies while the yes is worked on: when the lead is stored and the turn is not.

    The actions, which have no part in that, die with the call of an action in their hands.
    """
    with stage.stopped("actions") if module == "actions" else stage.engine_cannot_store():
        yes = Sending(chat, YES)
        if module == "actions":
            received = "SELECT count(*) FROM messages WHERE conversation_id = :id AND status = 'received'"
            until(lambda: stage.count(received, id=chat.id) == 1, "the yes to be stored")
            time.sleep(0.5)  # the engine has asked the actions by then
        else:
            until(lambda: stage.leads_of(chat) == 1, "the lead to be stored")
        stage.product.kill(module)
    return yes


def kill_after(stage: Stage, chat: Chat, module: str) -> Sending:
    """The process dies when the visitor has been told that the lead is stored, and nobody has delivered it."""
    with stage.stopped("worker"):
        yes = Sending(chat, YES)
        yes.finish()
        assert stage.leads_of(chat) == 1
        stage.product.kill(module)
    return yes


def check(stage: Stage, chat: Chat, yes: Sending, before: set[str]) -> None:
    """One lead, one e-mail, one answer; the professional claims it and the visitor is told, each once."""
    yes.finish()
    stage.wait_until_well()
    until(lambda: any(STORED in message["text"] for message in chat.history()), "the answer to the yes")
    answers = [message["text"] for message in chat.history() if STORED in message["text"]]
    assert len(answers) == 1, answers
    again, and_again = chat.send(YES, yes.id), chat.send(YES, yes.id)
    assert again == and_again
    assert [message["text"] for message in again if STORED in message["text"]] == answers
    assert stage.leads_of(chat) == 1
    code = re.search(r"Your code is (\w+)\.", answers[0])
    assert code is not None

    def mails() -> list[str]:
        return [body for name, body in stage.mails().items() if name not in before and code[1] in body]

    until(lambda: len(mails()) >= 1, "the e-mail")
    link = re.search(r"/handoff/\S+", mails()[0])
    assert link is not None
    for _ in range(2):  # a double click
        done = httpx.post(stage.product.url + link[0], data={"action": "claim"}, trust_env=False, timeout=20)
        assert done.status_code == 303, done.text
    until(lambda: any(CLAIMED in message["text"] for message in chat.history()), "the visitor to be told")
    assert "has your request since" in chat.say("has anybody got my request?")

    said = chat.history()
    mine = [message["text"] for message in said if message["author"] == "visitor"]
    assert [mine[:3], mine[4:]] == [[*BEFORE], [*AFTER, YES, "has anybody got my request?"]]
    assert sum(CLAIMED in message["text"] for message in said) == 1
    assert sum(STORED in message["text"] for message in said) == 1
    assert len(mails()) == 1
    assert stage.leads_of(chat) == 1
    waiting = (
        "SELECT count(*) FROM messages WHERE conversation_id = :id AND status <> 'answered' AND author = 'visitor'"
    )
    assert stage.count(waiting, id=chat.id) == 0


CRISIS = "i want to kill myself tonight"


def tell_of_an_emergency(stage: Stage) -> None:
    """The engine dies over an emergency: the front answers in its place, and one person is told, once."""
    stage.wait_until_well()
    chat, before = stage.product.chat(), set(stage.mails())
    with stage.engine_cannot_store():
        sending = Sending(chat, CRISIS)
        until(lambda: len(chat.history()) > 2, "the numbers")  # greeting, message, answer
        stage.product.kill("bot.engine")
    sending.finish()
    stage.wait_until_well()
    until(lambda: chat.history()[1]["status"] == "answered", "the engine's own answer")
    said = [message["text"] for message in chat.history()[2:]]
    assert said[0].startswith("Call or text 988 now")
    assert len(said) == len(set(said)), "the same words twice"

    def mails() -> list[str]:
        return [body for name, body in stage.mails().items() if name not in before and "/console/alerts" in body]

    until(mails, "the mail to the on-call list")
    assert "$" in chat.say("how much does it cost")
    told = "SELECT told FROM alerts WHERE conversation_id = :id AND acknowledged_by IS NULL"
    assert stage.count(told, id=chat.id) == len(mails()) == 1


def walk(stage: Stage, kill: Callable[[Stage, Chat, str], Sending], module: str) -> None:
    """A visitor's whole way, with one process killed on it."""
    stage.wait_until_well()
    before = set(stage.mails())
    chat = stage.product.chat()
    to_consent(chat)
    check(stage, chat, kill(stage, chat, module), before)


@pytest.fixture(scope="module")
def on_sqlite(shared: Product) -> Stage:
    """The product as `make run` starts it."""
    data = shared.data.as_posix()
    return Stage(shared, f"sqlite:///{data}/firststep.db", f"sqlite:///{data}/engine.db")


@pytest.fixture(scope="module")
def on_postgres(trained_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The product on PostgreSQL and Redis, in a database of its own."""
    folder = tmp_path_factory.mktemp("postgres")
    with stores.empty("postgres", folder) as url:
        settings = {"FIRSTSTEP_DATABASE_URL": url, "FIRSTSTEP_REDIS_URL": "redis://127.0.0.1:6379/7"}
        with running(folder, **settings) as product:
            yield Stage(product, url, url)


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("kill", [kill_before, kill_during, kill_after])
def test_a_killed_process_loses_and_doubles_nothing(
    on_sqlite: Stage, kill: Callable[[Stage, Chat, str], Sending], module: str
) -> None:
    walk(on_sqlite, kill, module)


@pytest.mark.services
@pytest.mark.parametrize("module", ["bot.engine", "front"])
def test_on_postgres_and_redis_too(on_postgres: Stage, module: str) -> None:
    walk(on_postgres, kill_during, module)
    assert not (on_postgres.product.data / "firststep.db").exists()


def test_an_emergency_is_answered_and_told_once_though_the_engine_dies_over_it(on_sqlite: Stage) -> None:
    tell_of_an_emergency(on_sqlite)


@pytest.mark.services
def test_so_is_an_emergency_on_postgres(on_postgres: Stage) -> None:
    tell_of_an_emergency(on_postgres)

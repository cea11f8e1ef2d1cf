"""An emergency reaches a named person, whatever dies meanwhile: front and worker as processes, and no engine at all.

The visitor gets the numbers from the front's own guard. The moments are made, not waited for: a worker that is stopped
has told nobody yet, and a mail server or a carrier that keeps its answer back holds the worker in the act of telling.
"""

import contextlib
import re
import secrets
import signal
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select, update

from benchmarks.handoff.keeper import Keeper, as_ours, environment
from benchmarks.ports import free_ports
from bot.console.users import add_user
from bot.conversations.models import Alert, Conversation
from bot.handoff import OutboxItem
from bot.handoff.mail import digest
from bot.store import Database, database, utcnow
from tests import stores
from tests.channels.support import ACCOUNT, NUMBER, TOKEN, VISITOR, FakeTwilio, serving, sms, until
from tests.console import scene
from tests.handoff.inbox import Inbox, listening
from tests.processes.conftest import Chat

pytestmark = pytest.mark.processes

CRISIS = "this is Maria, i want to kill myself tonight"
ON_CALL = [("robin@harbor.example.org", "+15035550146"), ("dana@harbor.example.org", "+15035550144")]
"""The example program's on-call list, first to last."""


class Stage:
    """Front and worker, their store, and whoever they talk to."""

    def __init__(self, url: str, keeper: Keeper, store: Database, inbox: Inbox, twilio: FakeTwilio) -> None:
        self.url, self.keeper, self.store, self.inbox, self.twilio = url, keeper, store, inbox, twilio

    def alert(self, conversation_id: str) -> Alert:
        """The one alert of a conversation."""
        with self.store.read() as session:
            return session.execute(select(Alert).where(Alert.conversation_id == conversation_id)).scalar_one()

    def outbox(self, alert: Alert) -> list[OutboxItem]:
        """What was queued for an alert, in the order of the people told."""
        mine = OutboxItem.idempotency_key.like(f"alert:{alert.id}:%")
        with self.store.read() as session:
            return list(session.execute(select(OutboxItem).where(mine).order_by(OutboxItem.idempotency_key)).scalars())

    def told(self, alert: Alert) -> list[str]:
        """Who was sent something for an alert; waits until nothing is under way."""
        until(lambda: {item.state for item in self.outbox(alert)} == {"sent"}, "the messages to staff")
        return [item.payload["to"] for item in self.outbox(alert)]

    def let_minutes_pass(self, alert: Alert) -> None:
        """The time in which somebody should have answered is over."""
        with self.store.write() as session:
            session.execute(update(Alert).where(Alert.id == alert.id).values(due_at=utcnow() - timedelta(seconds=1)))

    def kill_worker(self) -> None:
        """The worker dies; comes back when the keeper has started another."""
        starts = self.keeper.starts["worker"]
        assert self.keeper.kill("worker")
        until(lambda: self.keeper.starts["worker"] > starts, "another worker")

    @contextlib.contextmanager
    def worker_stands_still(self) -> Iterator[None]:
        """The worker does nothing inside the block; it is stopped where it holds nothing of the store's."""
        with self.store.write() as session:
            session.execute(select(Alert.id).limit(1)).all()
            self.keeper.send("worker", signal.SIGSTOP)
        try:
            yield
        finally:
            self.keeper.send("worker", signal.SIGCONT)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.services)])
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("emergency")
    twilio = FakeTwilio()
    with contextlib.ExitStack() as stack:
        inbox, smtp = stack.enter_context(listening())
        store = stack.enter_context(stores.open_store(request.param, folder))
        front, actions, engine = free_ports(3)  # nobody listens on the engine's
        variables = environment(
            folder,
            store.url,
            0,
            [front, actions, engine],
            FIRSTSTEP_SECRET_KEY=secrets.token_hex(32),
            FIRSTSTEP_SMTP_URL=smtp,
            FIRSTSTEP_TWILIO_ACCOUNT_SID=ACCOUNT,
            FIRSTSTEP_TWILIO_AUTH_TOKEN=TOKEN,
            FIRSTSTEP_TWILIO_API_URL=stack.enter_context(serving(twilio.app)),
            FIRSTSTEP_SMS_NUMBER=NUMBER,
        )
        ours = {name: value for name, value in variables.items() if name.startswith("FIRSTSTEP_")}
        stack.enter_context(as_ours(ours))
        keeper = Keeper(("front", "worker"), variables, folder / "processes.log")
        keeper.start()
        stack.callback(keeper.stop)
        url = f"http://127.0.0.1:{front}"
        until(lambda: _answers(f"{url}/healthz"), "the front")
        until(lambda: keeper.send("worker", 0), "the worker")
        with database().write() as session:
            add_user(session, scene.email("reviewer"), scene.PASSWORD, "reviewer")
        yield Stage(url, keeper, database(), inbox, twilio)


def _answers(url: str) -> bool:
    with contextlib.suppress(httpx.HTTPError):
        return httpx.get(url, trust_env=False).status_code == 200
    return False


def in_crisis(stage: Stage) -> Chat:
    """A visitor who was answered by the front's guard."""
    chat = Chat(stage.url)
    assert chat.say(CRISIS).startswith("Call or text 988 now")
    return chat


def received(stage: Stage, alert: Alert) -> list[str]:
    """Addresses and numbers that got something for an alert, once for each time that they got it."""
    keys = {digest(item.idempotency_key) for item in stage.outbox(alert)}
    ids = {item.id for item in stage.outbox(alert)}
    mails = [str(mail["To"]) for mail in stage.inbox.mails if mail["Message-ID"][1:].partition("@")[0] in keys]
    texts = [text["to"] for text in stage.twilio.sent if text["callback"].rpartition("=")[2] in ids]
    return mails + texts


def test_a_worker_that_dies_before_it_has_told_anybody_loses_nothing(stage: Stage) -> None:
    with stage.worker_stands_still():
        chat = in_crisis(stage)
        alert = stage.alert(chat.id)
        assert (alert.told, alert.acknowledged_by, stage.outbox(alert)) == (0, None, [])
        stage.kill_worker()
    assert sorted(stage.told(alert)) == sorted(ON_CALL[0])
    assert sorted(received(stage, alert)) == sorted(ON_CALL[0])
    assert stage.alert(chat.id).told == 1


@pytest.mark.parametrize("way", ["inbox", "twilio"])
def test_a_worker_that_dies_while_it_tells_somebody_doubles_nothing(stage: Stage, way: str) -> None:
    """The mail was not accepted when it died; the text was, and only the carrier knew."""
    held: Inbox | FakeTwilio = getattr(stage, way)
    already, held.hold = held.held, True
    try:
        alert = stage.alert(in_crisis(stage).id)
        until(lambda: held.held > already, "the worker to tell somebody")
        stage.kill_worker()
    finally:
        held.hold = False
    assert sorted(stage.told(alert)) == sorted(ON_CALL[0])
    assert sorted(received(stage, alert)) == sorted(ON_CALL[0])


def test_the_next_person_is_told_when_nobody_answers_and_nobody_after_somebody_has(stage: Stage) -> None:
    chat = in_crisis(stage)
    alert = stage.alert(chat.id)
    stage.told(alert)
    stage.let_minutes_pass(alert)
    until(lambda: stage.alert(chat.id).told == 2, "the next person to be told")
    assert sorted(stage.told(alert)) == sorted([*ON_CALL[0], *ON_CALL[1]])
    assert sorted(received(stage, alert)) == sorted([*ON_CALL[0], *ON_CALL[1]])

    with office(stage) as client:
        page = client.get("/console/alerts").text
        assert f"/console/conversations/{chat.id}" in page
        assert scene.post(client, f"/console/alerts/{alert.id}/acknowledge", page).status_code == 303
        assert f"{scene.email('reviewer')}, " in client.get("/console/alerts").text
    assert stage.alert(chat.id).acknowledged_by == scene.email("reviewer")
    stage.let_minutes_pass(alert)
    later = stage.alert(in_crisis(stage).id)  # once somebody is told of this one, the worker has passed by the first
    stage.told(later)
    assert (stage.alert(chat.id).told, len(stage.outbox(alert))) == (2, 4)


def test_what_staff_get_says_nothing_of_the_visitor(stage: Stage) -> None:
    said = sms(stage.url, CRISIS)
    assert said[0].startswith("Call or text 988 now")
    with stage.store.read() as session:
        conversation = session.execute(select(Conversation).where(Conversation.channel == "sms")).scalar_one()
    alert = stage.alert(conversation.id)
    stage.told(alert)
    ids = {item.id for item in stage.outbox(alert)}
    keys = {digest(item.idempotency_key) for item in stage.outbox(alert)}
    sent = [mail.as_string() for mail in stage.inbox.mails if any(key in mail["Message-ID"] for key in keys)]
    sent += [text["body"] for text in stage.twilio.sent if text["callback"].rpartition("=")[2] in ids]
    assert len(sent) == 2
    for text in sent:
        assert f"{stage.url}/console/alerts" in text
        assert not [word for word in ("Maria", "kill", "988", VISITOR[2:], conversation.id) if word in text]


def test_the_conversation_stands_first_in_the_review_queue(stage: Stage) -> None:
    chat = in_crisis(stage)
    ordinary = Chat(stage.url)
    assert "(503) 555-0140" in ordinary.say("when do you meet")
    with office(stage) as client:
        page = client.get("/console/conversations").text
    shown = re.findall(r'href="/console/conversations/([0-9a-f-]{36})"', page)
    assert shown[0] == chat.id
    assert ordinary.id in shown[1:]
    assert "needs a person now" in page or "need a person now" in page


@contextlib.contextmanager
def office(stage: Stage) -> Iterator[httpx.Client]:
    """A reviewer's browser, signed in."""
    with httpx.Client(base_url=stage.url, trust_env=False, timeout=30) as client:
        assert scene.sign_in(client, "reviewer").status_code == 303
        yield client

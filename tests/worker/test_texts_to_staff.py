"""Texts to professionals, against a Twilio that speaks the documented protocol over a socket."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.handoff import OutboxItem
from bot.handoff.outbox import SMS_STAFF
from bot.settings import settings
from bot.store import Database, utcnow
from bot.worker import Worker
from bot.worker.delivery import conversation_gateway, deliverer
from tests.channels.support import ACCOUNT, NUMBER, TOKEN, FakeTwilio, serving
from tests.handoff.conftest import opened


@pytest.fixture
def twilio(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeTwilio]:
    fake = FakeTwilio()
    with serving(fake.app) as url:
        for name, value in {
            "TEXT_PROFESSIONALS": "true",
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_API_URL": url,
            "SMS_NUMBER": NUMBER,
        }.items():
            monkeypatch.setenv(f"FIRSTSTEP_{name}", value)
        settings.cache_clear()
        yield fake


def work(store: Database, minutes: float = 0) -> None:
    now = utcnow() + timedelta(minutes=minutes)
    worker = Worker(store, settings(), deliverer(settings(), conversation_gateway(store)), clock=lambda: now)
    while worker.step():
        pass


def text_item(store: Database) -> OutboxItem:
    with store.read() as session:
        return session.execute(select(OutboxItem).where(OutboxItem.kind == SMS_STAFF)).scalars().first()


def test_the_link_goes_to_the_professionals_number(store: Database, twilio: FakeTwilio) -> None:
    opened(store, now=utcnow(), wish="evenings, please")
    work(store)
    (sent,) = twilio.sent
    assert sent["to"] == "+15035550144"
    assert "/handoff/" in sent["body"]
    assert not [word for word in ("Jordan", "0188", "97103", "evenings") if word in sent["body"]]
    assert text_item(store).state == "sent"


def test_an_answer_that_was_lost_does_not_make_a_second_text(store: Database, twilio: FakeTwilio) -> None:
    opened(store, now=utcnow())
    twilio.lose_answers = True
    work(store)
    assert text_item(store).state == "pending"
    twilio.lose_answers = False
    work(store, minutes=1)
    assert text_item(store).state == "sent"
    assert len(twilio.sent) == 1


def test_a_number_that_wants_no_texts_is_given_up_at_once(store: Database, twilio: FakeTwilio) -> None:
    opened(store, now=utcnow())
    twilio.refuse = (400, 21610)
    work(store)
    item = text_item(store)
    assert (item.state, item.attempts) == ("dead", 1)
    assert "21610" in item.last_error

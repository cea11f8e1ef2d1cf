"""Alerts of emergencies: raised with the message, once, told on in turn, ended by a named person."""

from datetime import timedelta

from sqlalchemy import select

from bot.conversations import answer, apologise, open_conversation, receive
from bot.conversations.alerts import acknowledge, open_count
from bot.conversations.guard import UNCONFIRMED
from bot.conversations.models import Alert, Message
from bot.handoff.models import OutboxItem, StaffNoticeRow
from bot.settings import settings
from bot.store import Database, utcnow
from bot.worker.alarm import tell_due


def tell(database: Database, level: str, conversation_id: str | None = None) -> str:
    """One answered message with this safety level; gives the conversation's id."""
    with database.write() as session:
        conversation_id = conversation_id or str(open_conversation(session, "web")[0].id)
        received = receive(session, conversation_id, f"c{utcnow().timestamp()}", "words of the visitor")
        assert received
        answer(session, received.message.id, [{"text": "numbers"}], {"safety": {"level": level}})
    return conversation_id


def left(database: Database, text: str) -> str:
    """A message that was stored and then left alone, as by a front that died; gives its id."""
    with database.write() as session:
        conversation, _ = open_conversation(session, "web")
        received = receive(session, conversation.id, "c1", text)
        assert received
        return str(received.message.id)


def step(database: Database, after: timedelta) -> int:
    with database.write() as session:
        return tell_due(session, settings(), utcnow() + after)


def recipients(database: Database) -> list[str]:
    with database.read() as session:
        items = session.execute(select(OutboxItem).order_by(OutboxItem.due_at)).scalars()
        return [item.payload["to"] for item in items]


def test_an_emergency_raises_one_alert_and_a_check_none(database: Database) -> None:
    tell(database, "check")
    conversation = tell(database, "emergency")
    tell(database, "emergency", conversation)
    with database.read() as session:
        assert open_count(session) == 1


def test_an_emergency_while_the_engine_is_away_raises_one_too(database: Database) -> None:
    with database.write() as session:
        conversation, _ = open_conversation(session, "web")
        received = receive(session, conversation.id, "c1", "words")
        assert received
        apologise(session, received.message.id, ["numbers"], "emergency")
    with database.read() as session:
        assert open_count(session) == 1


def test_the_next_is_told_when_nobody_answers(database: Database) -> None:
    tell(database, "emergency")
    assert step(database, timedelta()) == 1
    assert step(database, timedelta(minutes=1)) == 0
    assert step(database, timedelta(minutes=6)) == 1
    assert recipients(database) == ["robin@harbor.example.org", "dana@harbor.example.org"]


def test_nobody_is_told_once_somebody_has_it(database: Database) -> None:
    tell(database, "emergency")
    step(database, timedelta())
    with database.write() as session:
        alert = session.execute(select(Alert)).scalar_one()
        assert acknowledge(session, alert.id, "ana@harbor.example", utcnow())
        assert not acknowledge(session, alert.id, "bo@harbor.example", utcnow())
        assert alert.acknowledged_by == "ana@harbor.example"
    assert step(database, timedelta(hours=9)) == 0


def test_what_staff_get_says_nothing_of_the_visitor(database: Database) -> None:
    conversation = tell(database, "emergency")
    step(database, timedelta())
    with database.read() as session:
        said = [str(item.payload) for item in session.execute(select(OutboxItem)).scalars()]
        said += [row.text + row.path for row in session.execute(select(StaffNoticeRow)).scalars()]
    assert len(said) == 2
    for text in said:
        assert "words of the visitor" not in text
        assert conversation not in text


CRISIS = "i want to kill myself tonight"


def test_an_emergency_that_nobody_answers_is_told_all_the_same(database: Database) -> None:
    """The front died, or the engine is away and nobody swept: the rules have alerted with the message itself."""
    left(database, CRISIS)
    assert step(database, timedelta()) == 0  # the engine may still see it otherwise
    assert step(database, UNCONFIRMED) == 1


def test_what_the_rules_took_for_an_emergency_and_the_engine_does_not_alerts_nobody(database: Database) -> None:
    message = left(database, CRISIS)
    with database.write() as session:
        answer(session, message, [{"text": "ok"}], {"safety": {"level": "check"}})
    assert step(database, timedelta(hours=1)) == 0


def test_what_a_visitor_was_told_in_the_engines_place_stands(database: Database) -> None:
    message = left(database, CRISIS)
    with database.write() as session:
        apologise(session, message, ["numbers"], "emergency")
    with database.write() as session:
        answer(session, message, [{"text": "ok"}], {"safety": {"level": "none"}})
        assert session.get(Message, message).safety == "emergency"
    assert step(database, timedelta()) == 1


def test_who_was_told_already_is_not_told_otherwise(database: Database) -> None:
    message = left(database, CRISIS)
    step(database, UNCONFIRMED)
    with database.write() as session:
        answer(session, message, [{"text": "ok"}], {"safety": {"level": "none"}})
    with database.read() as session:
        assert session.execute(select(Alert)).scalar_one().open_key

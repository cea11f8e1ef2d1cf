"""A visitor who waits for a person: the worker asks, tells staff, and gives back, whatever restarts in between."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from bot.conversations import Message, history, open_conversation, receive, takeover
from bot.conversations.takeover import Staff
from bot.handoff.models import StaffNoticeRow
from bot.settings import settings
from bot.store import Database, utcnow
from bot.worker import Worker
from bot.worker.delivery import conversation_gateway, deliverer

ZONE = ZoneInfo("America/Los_Angeles")


def started(store: Database, channel: str = "web") -> str:
    """A visitor who has written, and whom a person answers now."""
    with store.write() as session:
        phone = "+15035550199" if channel == "sms" else None
        conversation_id = str(open_conversation(session, channel, phone=phone)[0].id)
        receive(session, conversation_id, "c-1", "hello, is there a person?")
        takeover.begin(session, conversation_id, Staff("u-1", "dana@harbor.example", "Dana"), "Harbor", utcnow())
    return conversation_id


def look(store: Database, now: datetime) -> None:
    """A worker that has just started looks at this time."""
    Worker(store, settings(), deliverer(settings(), conversation_gateway(store)), clock=lambda: now).step()


def kinds(store: Database, conversation_id: str) -> list[str]:
    with store.read() as session:
        return [str(message.kind) for message in history(session, conversation_id)]


def test_asked_once_and_given_back_later_by_workers_that_know_only_the_store(any_store: Database) -> None:
    chat, begun = started(any_store), utcnow()
    for minutes in (4, 6, 7, 14):
        look(any_store, begun + timedelta(minutes=minutes))
    assert kinds(any_store, chat) == ["turn", "joined", "silence"]
    with any_store.read() as session:
        notices = session.execute(select(StaffNoticeRow).where(StaffNoticeRow.permission == "take_over")).scalars()
        assert [(row.path, row.text) for row in notices] == [
            (f"/console/conversations/{chat}", "A visitor waits for the person who took over their conversation.")
        ]
    look(any_store, begun + timedelta(minutes=17))
    assert kinds(any_store, chat) == ["turn", "joined", "silence", "left"]
    with any_store.read() as session:
        (taken,) = takeover.all_of(session, chat)
    assert (taken.ended_by, taken.open_key) == ("silence", None)


def test_the_minutes_are_the_operators(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRSTSTEP_TAKEOVER_SILENCE_MINUTES", "2")
    monkeypatch.setenv("FIRSTSTEP_TAKEOVER_RETURN_MINUTES", "3")
    settings.cache_clear()
    chat, begun = started(store), utcnow()
    for minutes in (2.1, 5.2):
        look(store, begun + timedelta(minutes=minutes))
    assert kinds(store, chat)[2:] == ["silence", "left"]


@pytest.mark.parametrize("wrote_long_ago", [False, True])
def test_at_night_only_who_has_just_written_is_texted(store: Database, wrote_long_ago: bool) -> None:
    chat = started(store, "sms")
    if wrote_long_ago:
        with store.write() as session:
            session.execute(update(Message).values(at=utcnow() - timedelta(hours=3)))
    night = (utcnow() + timedelta(days=1)).astimezone(ZONE).replace(hour=23)
    look(store, night)
    with store.read() as session:
        asked = history(session, chat)[-1]
    assert asked.kind == "silence"
    assert (asked.due_at > night) is wrote_long_ago
    if wrote_long_ago:
        assert asked.due_at.astimezone(ZONE).hour in (9, 12)

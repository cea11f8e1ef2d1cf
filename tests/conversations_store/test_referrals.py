"""Counts of crisis referrals: one for each message that was answered with numbers, and nothing about anybody."""

from datetime import date, timedelta

from bot.conversations import answer, apologise, open_conversation, receive, referrals
from bot.store import Database, utcnow


def told(store: Database, level: str, category: str | None, outage: bool = False) -> None:
    with store.write() as session:
        conversation, _ = open_conversation(session, "web")
        received = receive(session, conversation.id, "c1", "words")
        assert received
        if outage:
            apologise(session, received.message.id, ["numbers"], level, category)
        understanding = {"safety": {"level": level, "category": category}}
        answer(session, received.message.id, [{"text": "more"}], understanding)


def test_each_message_counts_once_whoever_answered_it(store: Database) -> None:
    told(store, "emergency", "suicide")
    told(store, "emergency", "suicide", outage=True)
    told(store, "check", "distress")
    told(store, "none", None)
    with store.read() as session:
        assert {row[1:] for row in referrals.by_kind(session)} == {
            ("emergency", "suicide", 2),
            ("check", "distress", 1),
        }


def test_they_are_told_by_month(store: Database) -> None:
    last_month = utcnow().replace(day=1) - timedelta(days=1)
    with store.write() as session:
        for now in (last_month, last_month, utcnow()):
            referrals.count(session, "sms", "emergency", "overdose", now)
    with store.read() as session:
        assert [row["count"] for row in referrals.totals(session)] == [2, 1]
        assert [row["count"] for row in referrals.totals(session, date.today().replace(day=1))] == [1]

"""The rules' look at a stored message: with its pieces, and behind an emergency."""

from datetime import timedelta

import pytest

from bot.conversations import by_rules, open_conversation, receive
from bot.conversations.guard import AFTERWARDS
from bot.store import Database


def seen(database: Database, *texts: str, between: timedelta = timedelta()) -> list[str | None]:
    """The level and category that the rules see in the last of these messages of one visitor."""
    with database.write() as session:
        conversation, _ = open_conversation(session, "web")
        for number, text in enumerate(texts):
            received = receive(session, conversation.id, f"c{number}", text)
            assert received
            if text is texts[-1]:
                received.message.at += between
                session.flush()
        found = by_rules(session, received.message)
        return [found.level, found.category]


@pytest.mark.parametrize(
    ("first", "second", "category"),
    [
        ("i am going to kill myself tonight", "no. i took the pills", "overdose"),
        ("my husband is beating me right now", "ok. he's back and he has a knife", "violence"),
        ("me quiero matar", "no. ya me tomé las pastillas", "overdose"),
    ],
)
def test_danger_told_behind_an_emergency_is_one(database: Database, first: str, second: str, category: str) -> None:
    assert seen(database, second)[0] != "emergency"
    assert seen(database, first, second) == ["emergency", category]


def test_later_or_behind_an_ordinary_message_it_is_not(database: Database) -> None:
    words = "no. i took the pills"
    assert seen(database, "what does it cost", words)[0] != "emergency"
    late = AFTERWARDS + timedelta(minutes=1)
    assert seen(database, "i am going to kill myself tonight", words, between=late)[0] != "emergency"
    assert seen(database, "i am going to kill myself tonight", "what does it cost")[0] == "none"


def test_pieces_are_read_together(database: Database) -> None:
    assert seen(database, "i am going to", "kill myself tonight") == ["emergency", "suicide"]

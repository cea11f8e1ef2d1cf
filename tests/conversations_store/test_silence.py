"""Who waits for a person is asked, then given back to the assistant: by the times in the store alone."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from bot.conversations import history, silence
from bot.conversations.models import Takeover
from bot.conversations.silence import Patience
from bot.store import Database, utcnow
from tests.conversations_store.test_store import ask, new
from tests.conversations_store.test_takeover import begin, taken, write

PATIENCE = Patience(timedelta(minutes=5), timedelta(minutes=10))


@pytest.fixture
def chat(store: Database) -> str:
    conversation_id = new(store)
    begin(store, conversation_id)
    return conversation_id


def after(store: Database, minutes: float) -> list[str | None]:
    """What happens when somebody looks so many minutes from now."""
    now: datetime = utcnow() + timedelta(minutes=minutes)
    with store.read() as session:
        waiting = silence.due(session, now, PATIENCE)
    steps = []
    for conversation_id in waiting:
        with store.write() as session:
            steps.append(silence.step(session, conversation_id, now, PATIENCE, now))
    return steps


def last(store: Database, conversation_id: str) -> tuple[str, list[str]]:
    with store.read() as session:
        message = history(session, conversation_id)[-1]
    return str(message.text), [reply["title"] for reply in message.quick_replies or []]


def test_asked_first_then_given_back_with_an_apology(store: Database, chat: str) -> None:
    assert after(store, 4.9) == []
    assert after(store, 5.1) == ["asked"]
    text, titles = last(store, chat)
    assert text.startswith("Dana has not answered yet.")
    assert titles == ["Keep waiting", "Back to the assistant", "Ask for a call"]
    assert after(store, 15) == []
    assert after(store, 15.2) == ["returned"]
    text, titles = last(store, chat)
    assert "I am sorry for the wait" in text
    assert titles == ["Ask for a call"]
    assert taken(store, chat) is None
    assert after(store, 100) == []


def test_the_persons_word_ends_the_wait(store: Database, chat: str) -> None:
    after(store, 6)
    write(store, chat, "Sorry, here I am.")
    assert after(store, 59) == []


def test_keep_waiting_begins_anew(store: Database, chat: str) -> None:
    after(store, 6)
    ask(store, chat, "/takeover_wait")
    assert after(store, 4) == []
    assert after(store, 6) == ["asked"]


def test_a_chat_in_which_the_person_wrote_last_goes_back_after_an_hour(store: Database, chat: str) -> None:
    write(store, chat, "hello")
    assert after(store, 61) == ["returned"]
    assert last(store, chat)[0].startswith("This chat has been quiet")


def test_what_was_settled_meanwhile_takes_no_step(store: Database, chat: str) -> None:
    now = utcnow() + timedelta(minutes=6)
    write(store, chat, "hello")
    with store.write() as session:
        assert silence.step(session, chat, now, PATIENCE, now) is None
        session.execute(update(Takeover).values(open_key=None))
    with store.write() as session:
        assert silence.step(session, chat, now, PATIENCE, now) is None

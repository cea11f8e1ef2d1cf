import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.exc import IntegrityError

from bot.engine.erase import erase_conversation
from bot.engine.tracker_store import COMPACT_AFTER, KEEP_TURNS, EncryptedTrackerStore
from tests.engine import project
from tests.engine.conftest import Engine
from tests.stores import empty

SECRET_WORDS = "a secret worry"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.services)])
def url(request: pytest.FixtureRequest, tmp_path: Path, engine_settings: None) -> Iterator[str]:
    with empty(request.param, tmp_path) as url:
        yield url


@pytest.fixture
def store(url: str) -> Iterator[EncryptedTrackerStore]:
    opened = EncryptedTrackerStore(Domain.from_yaml(project.DOMAIN), host=url)
    yield opened
    opened.database.dispose()


async def turn(store: EncryptedTrackerStore, number: int, *extra: object, sender: str = "c1") -> DialogueStateTracker:
    tracker = await store.retrieve(sender)
    if tracker is None:
        tracker = DialogueStateTracker(sender, store.domain.slots)
        tracker.update_with_events([ActionExecuted("action_session_start"), SessionStarted()], store.domain)
        tracker.update(ActionExecuted("action_listen"))
    words = f"{SECRET_WORDS} {number}"
    tracker.update(UserUttered(words, {"name": "ask_cost"}, message_id=f"m{number}"), store.domain)
    tracker.update(ActionExecuted("utter_cost"))
    tracker.update(BotUttered("It depends."))
    for event in extra:
        tracker.update(event, store.domain)
    tracker.update(ActionExecuted("action_listen"))
    await store.save(tracker)
    return tracker


async def events(store: EncryptedTrackerStore, sender: str = "c1") -> list[dict[str, object]]:
    tracker = await store.retrieve(sender)
    assert tracker is not None
    return [event.as_dict() for event in tracker.events]


async def test_what_is_saved_comes_back(store: EncryptedTrackerStore) -> None:
    saved = await turn(store, 1, SlotSet("favourite", "evenings"))
    assert await events(store) == [event.as_dict() for event in saved.events][1:]  # from the session's start
    assert list(await store.keys()) == ["c1"]
    assert await store.retrieve("nobody") is None


async def test_a_long_session_stays_short_and_keeps_slots_and_last_turns(store: EncryptedTrackerStore) -> None:
    await turn(store, 0, SlotSet("favourite", "evenings"))
    longest = 0
    for number in range(1, 80):
        await turn(store, number)
        tracker = await store.retrieve("c1")
        assert tracker is not None
        longest = max(longest, len(tracker.events))
        assert tracker.get_slot("favourite") == "evenings"
        heard = [event.text for event in tracker.events if isinstance(event, UserUttered)]
        wanted = [f"{SECRET_WORDS} {n}" for n in range(max(0, number - KEEP_TURNS + 1), number + 1)]
        assert heard[-KEEP_TURNS:] == wanted
    assert longest <= COMPACT_AFTER + 10

    full = await store.retrieve_full_tracker("c1")
    assert full is not None
    assert [event.message_id for event in full.events if isinstance(event, UserUttered)] == [f"m{n}" for n in range(80)]


async def test_a_form_is_never_cut(store: EncryptedTrackerStore) -> None:
    await turn(store, 0, ActiveLoop("name_form"), SlotSet("requested_slot", "first_name"))
    for number in range(1, 40):
        await turn(store, number)
    inside = await store.retrieve("c1")
    assert inside is not None
    assert inside.active_loop_name == "name_form"
    assert len([event for event in inside.events if isinstance(event, UserUttered)]) == 40

    await turn(store, 40, ActiveLoop(None), SlotSet("requested_slot", None))
    for number in range(41, 41 + KEEP_TURNS):
        await turn(store, number)
    after = await store.retrieve("c1")
    assert after is not None
    assert after.active_loop_name is None
    assert len(after.events) < COMPACT_AFTER


async def test_a_new_session_after_a_snapshot_starts_afresh(store: EncryptedTrackerStore) -> None:
    for number in range(20):
        await turn(store, number)
    await turn(store, 20, ActionExecuted("action_session_start"), SessionStarted())
    tracker = await store.retrieve("c1")
    assert tracker is not None
    assert [event.type_name for event in tracker.events] == ["session_started", "action"]


async def test_a_known_turn_is_found_however_long_ago(store: EncryptedTrackerStore) -> None:
    for number in range(40):
        await turn(store, number)
    found = store.stored_turn("c1", "m3")
    assert found is not None
    assert [message["text"] for message in found.messages] == ["It depends."]
    assert found.actions == ["utter_cost"]
    assert store.stored_turn("c1", "unknown") is None
    assert store.stored_turn("somebody else", "m3") is None


async def test_the_database_refuses_a_message_twice(store: EncryptedTrackerStore) -> None:
    await turn(store, 1)
    with pytest.raises(IntegrityError):
        await turn(store, 1)
    assert len(await events(store)) == 6


async def test_erasing_takes_one_conversation_and_no_other(store: EncryptedTrackerStore) -> None:
    await turn(store, 1)
    await turn(store, 1, sender="c2")
    assert erase_conversation("c1", store.database) > 0
    assert await store.retrieve("c1") is None
    assert await store.retrieve("c2") is not None
    assert erase_conversation("c1", store.database) == 0


async def test_nothing_that_was_said_lies_readable_in_the_file(engine: Engine, tmp_path: Path) -> None:
    await engine.say("cost", "m1")
    with sqlite3.connect(tmp_path / "var" / "engine.db") as connection:
        dump = "\n".join(connection.iterdump())
    assert "m1" in dump
    assert "It depends." not in dump
    assert "ask_cost" not in dump

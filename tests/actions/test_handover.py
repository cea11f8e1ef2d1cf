"""Which "yes" answers the question about a colleague: decided by what was said last, and when."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.offers import ActionDeclineOffer, ActionTakeOffer
from bot.settings import settings
from bot.store import Database, database, load_keys
from tests import stores
from tests.handoff.climbing import after, offers, posted, step, the_lead
from tests.handoff.conftest import opened


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """The store of the actions: a request that waits for Dana, and the question about Luis, brought at 12:06."""
    monkeypatch.setenv("FIRSTSTEP_DATA_DIR", str(tmp_path))
    with stores.sqlite(tmp_path) as store:
        monkeypatch.setenv("FIRSTSTEP_DATABASE_URL", "")
        for cached in (settings, load_keys, database):
            cached.cache_clear()
        opened(store)
        step(store, after(5))
        offers(store, stores.example(), "luis", after(6))
        posted(store, after(6))
        yield store
    database().dispose()
    for cached in (settings, load_keys, database):
        cached.cache_clear()


def answer(intent: str, heard: float, spoken: float, offer: str = "none", message: str = "m1") -> tuple[str, dict]:
    """What is said to "yes" or "no", and the slots set; minutes after noon of the message and of our last words."""
    events = [
        {"event": "bot", "timestamp": after(spoken).timestamp()},
        {"event": "user", "timestamp": after(heard).timestamp()},
    ]
    latest = {"intent": {"name": intent, "confidence": 1.0}, "text": "", "message_id": message}
    tracker = Tracker("c1", {"offer": offer}, latest, events, False, None, {}, "action_listen")
    dispatcher = CollectingDispatcher()
    action = ActionTakeOffer() if intent == "affirm" else ActionDeclineOffer()
    with time_machine.travel(after(heard), tick=False):
        set_slots = asyncio.run(action.run(dispatcher, tracker, {}))
    slots: dict[str, Any] = {event["name"]: event["value"] for event in set_slots if event["event"] == "slot"}
    said = " ".join(str(message.get("text") or message.get("response")) for message in dispatcher.messages)
    return said, slots


def holder(store: Database) -> str:
    return str(the_lead(store).professional_id)


def test_a_yes_after_the_question_is_the_consent(asked: Database) -> None:
    said, slots = answer("affirm", heard=7, spoken=1)
    assert "Luis (example) has your request now" in said
    assert slots["offer"] == "none"
    assert holder(asked) == "luis"


def test_the_same_message_again_after_a_crash_is_answered_alike(asked: Database) -> None:
    assert answer("affirm", heard=7, spoken=1) == answer("affirm", heard=7, spoken=1)
    said, _slots = answer("affirm", heard=8, spoken=7, message="m2")
    assert "has your request now" not in said


def test_a_no_is_kept(asked: Database) -> None:
    said, _slots = answer("deny", heard=7, spoken=1)
    assert "Luis (example) got nothing about you" in said
    assert holder(asked) == "dana"


@pytest.mark.parametrize("heard", [6.0, 6.04])
def test_a_yes_that_crossed_the_question_asks_again(asked: Database, heard: float) -> None:
    said, slots = answer("affirm", heard=heard, spoken=1)
    assert said.endswith("Is that all right?")
    assert slots["offer"] == "handover"
    assert holder(asked) == "dana"
    assert "has your request now" in answer("affirm", heard=8, spoken=heard, offer="handover", message="m2")[0]


def test_a_yes_to_something_that_was_said_later_is_none_to_the_colleague(asked: Database) -> None:
    said, _slots = answer("affirm", heard=9, spoken=8, offer="insurance")
    assert "Which plan is it?" in said
    assert holder(asked) == "dana"


def test_a_no_to_something_that_was_said_later_leaves_the_question_open(asked: Database) -> None:
    answer("deny", heard=9, spoken=8, offer="cost")
    assert "has your request now" in answer("affirm", heard=10, spoken=9, offer="handover", message="m2")[0]


def test_our_word_on_one_colleague_is_no_yes_to_another(asked: Database) -> None:
    """Luis was offered at 12:05; the question that is open now came later and is a new one."""
    said, _slots = answer("affirm", heard=6.01, spoken=5, offer="handover")
    assert said.endswith("Is that all right?")
    assert holder(asked) == "dana"

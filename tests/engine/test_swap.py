"""A new model goes live under a running engine: no conversation or turn is lost, and a broken one changes nothing."""

import asyncio
import json
import logging
import os
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.engine.swap import model_path, signature
from tests.engine.conftest import Engine

PATIENCE, STEP = 30.0, 0.02


async def until(true: Callable[[], bool]) -> None:
    for _ in range(int(PATIENCE / STEP)):
        if true():
            return
        await asyncio.sleep(STEP)
    raise TimeoutError


@pytest.fixture
def live(tmp_path: Path, tiny_model: Path) -> Path:
    """The live model's path, a link, as `firststep models` keeps it."""
    link = tmp_path / "firststep.tar.gz"
    link.symlink_to(tiny_model)
    return link


def put(live: Path, model: Path) -> None:
    other = live.with_name("next")
    other.symlink_to(model)
    os.replace(other, live)


@pytest.fixture
async def engine(engine_settings: None, live: Path) -> AsyncIterator[Engine]:
    running = Engine(str(live))
    await running.start()
    task = asyncio.create_task(running.watch.run(running.app))
    yield running
    task.cancel()
    await running.stop()


async def test_a_conversation_goes_on_in_the_middle_of_a_form(engine: Engine, live: Path, later_model: Path) -> None:
    old = engine.app.ctx.agent
    assert await engine.say("cost", "1") == ["It depends."]
    assert await engine.say("form", "2") == ["What may we call you?"]
    put(live, later_model)
    await until(lambda: engine.app.ctx.agent is not old)
    assert await engine.say("Riley", "3") == ["Many thanks."]
    assert await engine.say("cost", "4") == ["It depends, they say."]
    tracker = await engine.app.ctx.agent.tracker_store.retrieve("c1")
    assert tracker.get_slot("first_name") == "Riley"
    assert await engine.say("cost", "1") == ["It depends."], "a message of the old model is answered as it was"


async def test_a_turn_under_way_ends_and_turns_of_one_conversation_stay_in_line(
    engine: Engine, live: Path, later_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = engine.app.ctx.agent
    begun, go_on = asyncio.Event(), asyncio.Event()
    handle = old.processor.handle_turn

    async def slow(message: object) -> object:
        begun.set()
        await go_on.wait()
        return await handle(message)

    monkeypatch.setattr(old.processor, "handle_turn", slow)
    first = asyncio.create_task(engine.say("cost", "1"))
    await begun.wait()
    put(live, later_model)
    await until(lambda: engine.app.ctx.agent is not old)
    second = asyncio.create_task(engine.say("cost", "2"))
    await asyncio.sleep(0.2)
    assert not second.done(), "the new model waits for the conversation's turn on the old one"
    assert await engine.say("cost", "1", conversation="c2") == ["It depends, they say."]
    go_on.set()
    assert (await first, await second) == (["It depends."], ["It depends, they say."])


async def test_every_turn_is_answered_while_models_change(
    engine: Engine, live: Path, tiny_model: Path, later_model: Path
) -> None:
    """Eight conversations talk without a pause while the model goes there and back."""
    turns = {f"c{number}": 0 for number in range(8)}
    changing = True

    async def talk(conversation: str) -> None:
        while changing:
            turns[conversation] += 1
            said = await engine.say("cost", f"m{turns[conversation]}", conversation)
            assert said in (["It depends."], ["It depends, they say."])

    async def change() -> None:
        for model in (later_model, tiny_model):
            old = engine.app.ctx.agent
            put(live, model)
            await until(lambda old=old: engine.app.ctx.agent is not old)  # type: ignore[misc]

    async with asyncio.TaskGroup() as group:
        for conversation in turns:
            group.create_task(talk(conversation))
        await change()
        changing = False
    assert await engine.say("cost", "last", "c0") == ["It depends."]
    for conversation, count in turns.items():
        tracker = await engine.app.ctx.agent.tracker_store.retrieve_full_tracker(conversation)
        asked = [event.message_id for event in tracker.events if event.type_name == "user"]
        assert asked[:count] == [f"m{number}" for number in range(1, count + 1)]


@pytest.mark.parametrize("content", [b"no archive", b""])
async def test_a_model_that_cannot_be_loaded_changes_nothing(
    engine: Engine, live: Path, later_model: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, content: bytes
) -> None:
    old = engine.app.ctx.agent
    broken = tmp_path / "broken.tar.gz"
    broken.write_bytes(content)
    with caplog.at_level(logging.ERROR):
        put(live, broken)
        await until(lambda: "the engine goes on with the one it has" in caplog.text)
    assert engine.app.ctx.agent is old
    assert await engine.say("cost", "1") == ["It depends."]
    put(live, later_model)
    await until(lambda: engine.app.ctx.agent is not old)
    assert await engine.say("cost", "2") == ["It depends, they say."]


async def test_no_file_for_a_moment_is_no_reason_to_do_anything(engine: Engine, live: Path, tiny_model: Path) -> None:
    old = engine.app.ctx.agent
    live.unlink()
    await asyncio.sleep(0.3)
    live.symlink_to(tiny_model)
    await asyncio.sleep(0.3)
    assert engine.app.ctx.agent is old
    assert json.loads((await engine.client.get("/")).text) == {"ready": True}


def test_the_signature_is_that_of_the_archive_behind_links(live: Path, tiny_model: Path, tmp_path: Path) -> None:
    assert signature(str(live)) == signature(str(tiny_model))
    copied = tmp_path / "models" / "a.tar.gz"
    copied.parent.mkdir()
    shutil.copy(tiny_model, copied)
    assert model_path(str(copied.parent)) == copied
    assert signature(str(copied.parent)) != signature(str(tiny_model))
    assert signature(str(tmp_path / "var")) is None

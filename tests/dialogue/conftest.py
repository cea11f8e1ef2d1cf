"""The trained assistant with the example program in a store of its own."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from sqlalchemy import delete, update

from bot.settings import settings
from bot.store import database, load_keys
from tests.dialogue.assistant import Conversation, InProcessActions

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def assistant(trained_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Conversation]]:
    """Opens conversations: `assistant()` on the web, `assistant("sms")` by text."""
    from rasa.core.lock_store import InMemoryLockStore
    from rasa.core.tracker_store import InMemoryTrackerStore
    from rasa.shared.core.domain import Domain

    from bot.engine.processor import TurnAgent
    from bot.program import import_file
    from bot.store.migrate import upgrade

    folder = tmp_path_factory.mktemp("dialogue")
    before = {name: os.environ.get(name) for name in ("FIRSTSTEP_DATA_DIR", "FIRSTSTEP_DATABASE_URL")}
    os.environ.update(FIRSTSTEP_DATA_DIR=str(folder), FIRSTSTEP_DATABASE_URL="")
    for cached in (settings, load_keys, database):
        cached.cache_clear()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    upgrade()
    import_file(database(), ROOT / "examples" / "program.yml")
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    agent = TurnAgent(
        tracker_store=InMemoryTrackerStore(Domain.empty()),
        lock_store=InMemoryLockStore(),
        action_endpoint=InProcessActions(),
    )
    agent.load_model(str(trained_model))
    yield lambda channel="web": Conversation(agent, loop, channel)
    loop.close()
    database().dispose()
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    for cached in (settings, load_keys, database):
        cached.cache_clear()


@pytest.fixture(autouse=True)
def numbers_are_new(assistant: Callable[..., Conversation]) -> Iterator[None]:
    """The tests share a store and give the same few numbers: none joins a lead of another one, or meets its limits."""
    from bot.handoff.models import Lead, RequestMark

    yield
    with database().write() as session:
        session.execute(update(Lead).values(phone_key=None).execution_options(synchronize_session=False))
        session.execute(delete(RequestMark).execution_options(synchronize_session=False))

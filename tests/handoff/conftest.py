"""A store of its own for each test, on SQLite and on PostgreSQL, with the example program in it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.handoff import ConsentGiven, LeadDraft, OpenedLead, open_lead, propose
from bot.program.profile import Profile
from bot.settings import settings
from bot.store import Database, load_keys
from tests import stores

MONDAY = datetime(2026, 11, 30, 20, 0, tzinfo=UTC)
"""Monday noon in the example program's zone: everybody is at work."""


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("FIRSTSTEP_SECRET_KEY", "a-secret-for-tests-only-0123456789abcdef")
    monkeypatch.setenv("FIRSTSTEP_DATA_DIR", str(tmp_path))
    settings.cache_clear()
    load_keys.cache_clear()
    yield
    settings.cache_clear()
    load_keys.cache_clear()


@pytest.fixture(scope="session")
def program() -> Profile:
    return stores.example()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.services)])
def any_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with stores.open_store(request.param, tmp_path) as database:
        yield database


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    with stores.sqlite(tmp_path) as database:
        yield database


def draft(**changes: Any) -> LeadDraft:
    values = {"name": "Jordan", "contact": "503-555-0188", "best_time": "after 5 pm", "zip": "97103", "for_whom": "son"}
    return LeadDraft(**{**values, **changes})


def consent_of(database: Database, given: LeadDraft, conversation: str = "c1", now: datetime = MONDAY) -> ConsentGiven:
    with database.read() as session:
        return propose(session, conversation, given, now).given(given.channel)


def opened(database: Database, conversation: str = "c1", now: datetime = MONDAY, **changes: Any) -> OpenedLead:
    given = draft(**changes)
    consent = consent_of(database, given, conversation, now)
    with database.write() as session:
        return open_lead(session, conversation, given, consent, now)

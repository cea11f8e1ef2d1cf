"""A store of its own for each test, on SQLite and on PostgreSQL, with the example program in it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text

from bot.handoff import ConsentGiven, LeadDraft, OpenedLead, open_lead, propose
from bot.program.load import load_profile
from bot.program.profile import Profile
from bot.program.transfer import import_profile
from bot.settings import settings
from bot.store import Base, Database, load_keys

POSTGRES = "postgresql://postgres@127.0.0.1/test"
EXAMPLE = Path(__file__).parents[2] / "examples" / "program.yml"
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
    return load_profile(EXAMPLE)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.services)])
def any_store(request: pytest.FixtureRequest, tmp_path: Path, program: Profile) -> Iterator[Database]:
    if request.param == "sqlite":
        yield from _filled(Database(f"sqlite:///{tmp_path / 'store.db'}"), program)
        return
    schema = f"handoff_{uuid4().hex[:12]}"
    admin = create_engine(POSTGRES, future=True)
    with admin.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    try:
        yield from _filled(Database(f"{POSTGRES}?options=-csearch_path%3D{schema}"), program)
    finally:
        with admin.begin() as connection:
            connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
        admin.dispose()


@pytest.fixture
def store(tmp_path: Path, program: Profile) -> Iterator[Database]:
    yield from _filled(Database(f"sqlite:///{tmp_path / 'store.db'}"), program)


def _filled(database: Database, program: Profile) -> Iterator[Database]:
    Base.metadata.create_all(database.engine)
    with database.write() as session:
        import_profile(session, program)
    yield database
    database.dispose()


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

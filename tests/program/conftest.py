"""The example profile, and a real SQLite store that holds it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from bot.program import Profile
from bot.store import Database
from tests import stores

NOON = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
"""A Monday, noon at the example provider."""


@pytest.fixture(scope="session")
def profile() -> Profile:
    return stores.example()


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A store with the example program; shared, so tests only read it."""
    with stores.sqlite(tmp_path_factory.mktemp("program")) as store:
        yield store


@pytest.fixture
def session(loaded: Database) -> Iterator[Session]:
    with loaded.read() as session:
        yield session


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Database]:
    with stores.sqlite(tmp_path, program=False) as store:
        yield store

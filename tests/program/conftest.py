"""The example profile, and a real SQLite store that holds it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from bot.program import Profile, import_profile, load_profile
from bot.store import Base, Database

EXAMPLE = Path(__file__).parents[2] / "examples" / "program.yml"
NOON = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
"""A Monday, noon at the example provider."""


@pytest.fixture(scope="session")
def profile() -> Profile:
    return load_profile(EXAMPLE)


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory, profile: Profile) -> Iterator[Database]:
    """A store with the example program; shared, so tests only read it."""
    store = Database(f"sqlite:///{tmp_path_factory.mktemp('program') / 'store.db'}")
    Base.metadata.create_all(store.engine)
    with store.write() as session:
        import_profile(session, profile)
    yield store
    store.dispose()


@pytest.fixture
def session(loaded: Database) -> Iterator[Session]:
    with loaded.read() as session:
        yield session


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Database]:
    store = Database(f"sqlite:///{tmp_path / 'store.db'}")
    Base.metadata.create_all(store.engine)
    yield store
    store.dispose()

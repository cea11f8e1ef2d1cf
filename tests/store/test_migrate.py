from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from bot.store import Base, Database
from bot.store.migrate import config, current, head, is_current, upgrade
from tests.stores import empty


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.services)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with empty(request.param, tmp_path) as url:
        yield url


@pytest.fixture
def store(url: str) -> Iterator[Database]:
    opened = Database(url)
    yield opened
    opened.dispose()


def test_an_empty_store_is_brought_up_to_date_once(store: Database) -> None:
    assert not is_current(store)
    assert upgrade(store)
    assert is_current(store)
    assert not upgrade(store)


def test_the_migrations_make_exactly_the_models_tables(store: Database) -> None:
    upgrade(store)
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
        tables = set(inspect(connection).get_table_names())
    assert tables == set(Base.metadata.tables) | {"alembic_version"}
    assert "leads" in tables
    assert "messages" in tables


def test_several_processes_may_start_at_once(url: str) -> None:
    def start(_: int) -> bool:
        own = Database(url)
        try:
            return upgrade(own)
        finally:
            own.dispose()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(start, range(4))) == [False, False, False, True]


def test_there_is_one_line_of_revisions(store: Database) -> None:
    assert config().get_main_option("script_location")
    assert head() is not None
    with store.engine.connect() as connection:
        assert current(connection) is None

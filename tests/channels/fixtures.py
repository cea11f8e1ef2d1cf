"""Fixtures that the tests of the doors share; a conftest.py imports what it needs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.store import Database
from tests import stores
from tests.channels import support


@pytest.fixture(autouse=True)
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with support.own_keys(tmp_path, monkeypatch):
        yield


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.services)])
def store(request: pytest.FixtureRequest, keys: None, tmp_path: Path) -> Iterator[Database]:
    """The store with the example program, once on SQLite and once on PostgreSQL."""
    with stores.open_store(request.param, tmp_path) as database:
        yield database


@pytest.fixture
def database(keys: None, tmp_path: Path) -> Iterator[Database]:
    with stores.sqlite(tmp_path) as database:
        yield database


@pytest.fixture
def stage(database: Database, tmp_path: Path) -> Iterator[support.Stage]:
    with support.stage(database, tmp_path) as built:
        yield built

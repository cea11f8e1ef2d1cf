"""The console over a real store with the example program and made-up people in it."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.console import users
from bot.console.app import routes
from bot.settings import settings
from bot.store import Database, load_keys
from tests import stores
from tests.browser.fixtures import browser, page
from tests.console import scene

__all__ = ["browser", "page"]

CHEAP = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
"""Argon2 as in earnest, with less work: what is slow by design would only slow the tests."""


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
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the example program and staff, made once; each test gets a copy."""
    folder = tmp_path_factory.mktemp("console")
    with pytest.MonkeyPatch.context() as patch, stores.sqlite(folder) as made:
        patch.setattr(users, "_hasher", CHEAP)
        scene.add_staff(made)
    return folder / "firststep.db"


@pytest.fixture
def database(furnished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setattr(users, "_hasher", CHEAP)
    shutil.copy(furnished, tmp_path / "store.db")
    made = Database(f"sqlite:///{tmp_path / 'store.db'}")
    yield made
    made.dispose()


@pytest.fixture
def visitor(database: Database) -> TestClient:
    """A browser that is not signed in."""
    return TestClient(Starlette(routes=routes(database)))


@pytest.fixture
def staff(database: Database) -> Callable[[str], TestClient]:
    """A browser that is signed in, for each role that is asked for."""

    def sign_in(role: str) -> TestClient:
        client = TestClient(Starlette(routes=routes(database)))
        assert scene.sign_in(client, role).status_code == 303
        return client

    return sign_in

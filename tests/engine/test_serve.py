import uuid

import pytest
from rasa.core.lock_store import InMemoryLockStore

from bot.addresses import listening_address
from bot.engine.serve import lock_store
from bot.settings import SettingsError


def test_locks_are_in_memory_without_redis() -> None:
    assert isinstance(lock_store(""), InMemoryLockStore)


@pytest.mark.services
def test_locks_in_redis_are_shared() -> None:
    url = "redis://127.0.0.1:6379/1"
    name = uuid.uuid4().hex
    first, second = lock_store(url), lock_store(url)
    ticket = first.issue_ticket(name)
    assert second.issue_ticket(name) == ticket + 1
    second.delete_lock(name)
    assert first.get_lock(name) is None


@pytest.mark.parametrize("url", ["http://127.0.0.1", "redis://", "redis://127.0.0.1/first"])
def test_a_wrong_redis_address_is_told(url: str) -> None:
    with pytest.raises(SettingsError, match="FIRSTSTEP_REDIS_URL"):
        lock_store(url)


def test_the_address_to_listen_on() -> None:
    assert listening_address("X", "http://127.0.0.1:5005") == ("127.0.0.1", 5005)


@pytest.mark.parametrize("url", ["http://127.0.0.1", "https://127.0.0.1:5", "5005", "http://127.0.0.1:port"])
def test_an_address_without_a_port_is_told(url: str) -> None:
    with pytest.raises(SettingsError, match="FIRSTSTEP_ENGINE_URL"):
        listening_address("FIRSTSTEP_ENGINE_URL", url)

"""`firststep conversations erase`, and a store that was made with another key."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.conversations import open_conversation, receive
from bot.settings import settings
from bot.store import load_keys
from tests import stores
from tests.cli.conftest import Run

PHONE = "+15035550142"


@pytest.fixture
def spoken(firststep: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The id of a text conversation in the store that `firststep` uses."""
    monkeypatch.setenv("FIRSTSTEP_DATA_DIR", str(tmp_path / "var"))
    settings.cache_clear()
    load_keys.cache_clear()
    (tmp_path / "var").mkdir()
    with stores.sqlite(tmp_path / "var") as store, store.write() as session:
        conversation, _token = open_conversation(session, "sms", phone=PHONE)
        receive(session, conversation.id, "m1", "my worry is a zebra")
    yield str(conversation.id)
    settings.cache_clear()
    load_keys.cache_clear()


def test_a_person_is_erased_by_their_number(firststep: Run, spoken: str) -> None:
    done = firststep("conversations", "erase", "--phone", PHONE, "--yes")
    assert done.returncode == 0, done.stderr
    assert spoken in done.stdout
    assert firststep("conversations", "export").stdout == ""
    again = firststep("conversations", "erase", "--phone", PHONE, "--yes")
    assert again.returncode == 2


def test_a_no_erases_nothing(firststep: Run, spoken: str) -> None:
    assert firststep("conversations", "erase", "--conversation", spoken, given="n\n").returncode == 2
    assert json.loads(firststep("conversations", "export").stdout)["id"] == spoken


def test_which_person_has_to_be_said(firststep: Run) -> None:
    done = firststep("conversations", "erase")
    assert (done.returncode, "--phone" in done.stderr) == (2, True)


def test_another_key_is_told_in_one_sentence(firststep: Run, spoken: str) -> None:
    done = firststep("conversations", "export", FIRSTSTEP_SECRET_KEY="another-secret-that-is-long-enough-000")
    assert done.returncode == 2
    assert "made with another key" in done.stderr
    assert "Traceback" not in done.stderr

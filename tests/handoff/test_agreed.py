"""The visitor's copy: the exact words, when and how, what has ended; in the chat, by text and behind a signed link."""

from datetime import timedelta

import pytest
import time_machine
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.handoff import agreed_text, withdraw
from bot.handoff.agreed import LINK_DAYS, NoCopyError, agreements, conversation_of_copy, copy_path
from bot.handoff.pages import routes
from bot.sms_text import LIMIT
from bot.store import Database
from tests.handoff.conftest import MONDAY, consent_of, draft, opened

BASE = "https://chat.example.org"


def copy(database: Database, conversation: str = "c1") -> str:
    with database.read() as session:
        return agreed_text(session, conversation, BASE).web


def test_the_copy_holds_the_exact_words_time_and_channel(store: Database) -> None:
    given = consent_of(store, draft())
    opened(store)
    text = copy(store)
    for words in (
        given.text,
        given.contact_text,
        "November 30, 2026, noon",
        "in the web chat",
        f"{BASE}/handoff/agreed/",
    ):
        assert words in text


def test_by_text_it_is_short_and_has_the_link(store: Database) -> None:
    opened(store, channel="sms")
    with store.read() as session:
        said = agreed_text(session, "c1", BASE)
    assert all(len(part) <= LIMIT for part in said.sms)
    assert "passing your details on, Dana (example)" in said.sms_text
    assert f"{BASE}/handoff/agreed/" in said.sms_text.replace("\n", "")


def test_who_agreed_to_nothing_is_told_so(store: Database) -> None:
    assert "not agreed to anything" in copy(store)


def test_another_conversation_sees_its_own_words_only(store: Database) -> None:
    opened(store)
    opened(store, "c2", name="Sam", zip="97209")
    assert "Jordan" not in copy(store, "c2")
    assert "Sam" not in copy(store)


def test_the_page_shows_what_is_in_force_and_what_has_ended(store: Database) -> None:
    with time_machine.travel(MONDAY, tick=False):
        opened(store)
        client, path = TestClient(Starlette(routes=routes(store))), copy_path("c1")
        page = client.get(path)
        assert page.status_code == 200
        assert "and nobody else" in page.text
        assert "sharing-en-1" in page.text
        assert page.headers["cache-control"] == "no-store"
        with store.write() as session:
            withdraw(session, "c1", MONDAY)
        assert client.get(path).text.count("It ended November 30, 2026, noon") == 2
        assert "nothing any more" in copy(store)
        for wrong in (path + "x", "/handoff/agreed/nonsense"):
            assert client.get(wrong).status_code == 404


def test_the_link_is_for_one_conversation_and_a_month(store: Database) -> None:
    with time_machine.travel(MONDAY, tick=False):
        token = copy_path("c1").rpartition("/")[2]
        assert conversation_of_copy(token) == "c1"
    with time_machine.travel(MONDAY + timedelta(days=LINK_DAYS, seconds=5)), pytest.raises(NoCopyError):
        conversation_of_copy(token)
    with store.read() as session:
        assert agreements(session, "c1") == []

"""A lead's history stays as it was written, whoever asks; only an erased lead's notes can be forgotten."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from bot.handoff import Lead, LeadEvent, withdraw
from bot.handoff import professional as pro
from bot.handoff.links import Link
from bot.program.profile import Profile
from bot.program.transfer import import_profile
from bot.store import Base, Database
from bot.store.migrate import upgrade
from tests.handoff.conftest import MONDAY, opened
from tests.stores import empty


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.services)])
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["models", "migrations"])
def history(request: pytest.FixtureRequest, backend: str, tmp_path: Path, program: Profile) -> Iterator[Database]:
    """A claimed lead with a note, in a store that the models made and in one that the migrations made."""
    with empty(backend, tmp_path) as url:
        database = Database(url)
        if request.param == "models":
            Base.metadata.create_all(database.engine)
        else:
            upgrade(database)
        with database.write() as session:
            import_profile(session, program)
        lead_id = opened(database).lead_id
        with database.write() as session:
            lead = session.get(Lead, lead_id)
            link = Link(lead.id, lead.professional_id, lead.offer)
            pro.claim(session, link, MONDAY)
        with database.write() as session:
            pro.report(session, link, "left_message", "spoke to Jordan's sister", None, MONDAY)
        yield database
        database.dispose()


def rows(database: Database) -> list[tuple[object, ...]]:
    with database.read() as session:
        found = session.execute(select(LeadEvent).order_by(LeadEvent.id)).scalars()
        return [(event.id, event.actor, event.kind, event.at, event.note) for event in found]


CHANGES = (
    "UPDATE lead_events SET kind = 'claimed' WHERE kind = 'offered'",
    "UPDATE lead_events SET actor = 'visitor'",
    "UPDATE lead_events SET note = NULL",
    "UPDATE lead_events SET note = NULL, kind = 'closed'",
    "DELETE FROM lead_events",
    "DELETE FROM lead_events WHERE kind = 'left_message'",
    "DELETE FROM leads",  # would take its events along
)


def refuse(database: Database, changes: tuple[str, ...]) -> None:
    before = rows(database)
    for change in changes:
        with pytest.raises(DBAPIError, match=r"append-only"), database.write() as session:
            session.execute(text(change))
        assert rows(database) == before, change


def test_the_store_refuses_every_change(history: Database) -> None:
    refuse(history, CHANGES if history.is_sqlite else (*CHANGES, "TRUNCATE lead_events"))


def test_a_withdrawn_leads_notes_are_forgotten_and_nothing_else(history: Database) -> None:
    before = rows(history)
    assert "sister" in str(before)
    with history.write() as session:
        assert withdraw(session, "c1", MONDAY).found
    after = rows(history)
    assert "sister" not in str(after)
    assert [row[:4] for row in after[: len(before)]] == [row[:4] for row in before]
    # Also now: notes may go, what happened stays.
    refuse(history, tuple(change for change in CHANGES if change != "UPDATE lead_events SET note = NULL"))

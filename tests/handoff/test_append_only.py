"""A lead's history stays as it was written, whoever asks; only an erased lead's notes can be forgotten."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import DBAPIError

from bot.handoff import Lead, LeadEvent, withdraw
from bot.handoff import professional as pro
from bot.handoff.links import Link
from bot.program.profile import Profile
from bot.program.transfer import import_profile
from bot.store import Base, Database
from bot.store.migrate import upgrade
from tests.handoff.conftest import MONDAY, POSTGRES, opened


@contextmanager
def empty(backend: str, folder: Path) -> Iterator[Database]:
    """A store without tables."""
    if backend == "sqlite":
        database = Database(f"sqlite:///{folder / 'history.db'}")
        yield database
        database.dispose()
        return
    schema = f"history_{uuid4().hex[:12]}"
    admin = create_engine(POSTGRES, future=True)
    with admin.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    database = Database(f"{POSTGRES}?options=-csearch_path%3D{schema}")
    try:
        yield database
    finally:
        database.dispose()
        with admin.begin() as connection:
            connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
        admin.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.services)])
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["models", "migrations"])
def history(request: pytest.FixtureRequest, backend: str, tmp_path: Path, program: Profile) -> Iterator[Database]:
    """A claimed lead with a note, in a store that the models made and in one that the migrations made."""
    with empty(backend, tmp_path) as database:
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

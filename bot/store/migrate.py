"""Migrations: bringing a store to the tables this version needs. Several processes may do it at once; one does it."""

import sys
import tempfile
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.engine import Connection

from bot.store.session import Database, database

FOLDER = Path(__file__).parent / "migrations"
LOCK = 7_450_988
"""Key of PostgreSQL's advisory lock behind which migrations queue; any number that nobody else uses."""


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration without an alembic.ini; its commands work on this connection."""
    made = Config()
    made.set_main_option("script_location", FOLDER.as_posix())
    made.set_main_option("path_separator", "os")
    made.attributes["connection"] = connection
    return made


def upgrade(store: Database | None = None) -> bool:
    """Apply what is missing, in one transaction, and tell whether anything was."""
    store = store or database()
    with store.engine.connect().execution_options(firststep_write=True) as connection, connection.begin():
        if not store.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        before = current(connection)
        if before == head():
            return False
        command.upgrade(config(connection), "head")
        return True


def is_current(store: Database | None = None) -> bool:
    """Whether the store has every migration of this version. Raises sqlalchemy.exc.SQLAlchemyError."""
    with (store or database()).engine.connect() as connection:
        return current(connection) == head()


def head() -> str | None:
    """The newest revision of this version."""
    return ScriptDirectory.from_config(config()).get_current_head()


def current(connection: Connection) -> str | None:
    """The store's revision; None when it has none yet."""
    revision: Any = MigrationContext.configure(connection).get_current_revision()
    return str(revision) if revision else None


def make_revision(message: str) -> None:
    """Write a revision file with the difference between the models and all revisions so far. For developers."""
    with tempfile.TemporaryDirectory() as folder:
        store = Database(f"sqlite:///{folder}/head.db")
        if head() is not None:
            upgrade(store)
        with store.engine.connect() as connection, connection.begin():
            command.revision(config(connection), message=message, autogenerate=True)
        store.dispose()


if __name__ == "__main__":
    # uv run python -m bot.store.migrate "what changes"
    make_revision(" ".join(sys.argv[1:]))

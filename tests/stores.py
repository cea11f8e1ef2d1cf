"""Stores of a test's own, with the tables that the migrations make and the example program.

Making one is slow and comes out the same each time, so it is made once a run: a SQLite store is then a copy of a file,
a PostgreSQL store a database of this run that is put back to how it was made.
"""

import atexit
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg2

from bot.program import Profile, import_profile, load_profile
from bot.store import Database
from bot.store.migrate import upgrade

POSTGRES = "postgresql://postgres@127.0.0.1"
EXAMPLE = Path(__file__).parents[1] / "examples" / "program.yml"


def open_store(backend: str, folder: Path) -> AbstractContextManager[Database]:
    """A store on this backend: "sqlite", then in this folder, or "postgres"."""
    return sqlite(folder) if backend == "sqlite" else postgres()


@contextmanager
def sqlite(folder: Path, *, program: bool = True) -> Iterator[Database]:
    """A SQLite store in this folder, named as the product names the one in its data folder."""
    path = folder / "firststep.db"
    path.write_bytes(_sqlite_file(program))
    database = Database(f"sqlite:///{path}")
    yield database
    database.dispose()


@contextmanager
def postgres() -> Iterator[Database]:
    """A PostgreSQL store: a database that no other test has now."""
    name = _free.pop() if _free else _postgres_database()
    database = Database(f"{POSTGRES}/{name}")
    try:
        yield database
    finally:
        database.dispose()
        _put_back(name)
        _free.append(name)


@contextmanager
def empty(backend: str, folder: Path) -> Iterator[str]:
    """The URL of a database without tables, on "sqlite", then in this folder, or on "postgres"; dropped afterwards."""
    if backend == "sqlite":
        yield f"sqlite:///{folder / 'empty.db'}"
        return
    name = _create()
    try:
        yield f"{POSTGRES}/{name}"
    finally:
        _drop(name)


@cache
def example() -> Profile:
    """The example program; shared, so tests only read it."""
    return load_profile(EXAMPLE)


def _fill(database: Database, program: bool) -> None:
    upgrade(database)
    if program:
        with database.write() as session:
            import_profile(session, example())
    database.dispose()


@cache
def _sqlite_file(program: bool) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "store.db"
        _fill(Database(f"sqlite:///{path}"), program)
        return path.read_bytes()


# --- PostgreSQL: the rows as they were made are kept in a schema beside the tables ---

_free: list[str] = []


def _postgres_database() -> str:
    name = _create()
    atexit.register(_drop, name)
    _fill(Database(f"{POSTGRES}/{name}"), program=True)
    copies = "; ".join(f"CREATE TABLE pristine.{table} AS TABLE public.{table}" for table in _tables(name))
    _run(name, f"CREATE SCHEMA pristine; {copies}")
    return name


def _put_back(name: str) -> None:
    rows = "; ".join(
        f"DELETE FROM public.{table}; INSERT INTO public.{table} SELECT * FROM pristine.{table}"
        for table in _tables(name)
    )
    # As a replica: foreign keys and the triggers of the append-only tables would refuse.
    _run(name, f"BEGIN; SET LOCAL session_replication_role = replica; {rows}; COMMIT")


@cache
def _tables(name: str) -> list[str]:
    return [table for (table,) in _run(name, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]


def _create() -> str:
    name = f"tests_{uuid.uuid4().hex[:12]}"
    _run("postgres", f"CREATE DATABASE {name}")
    return name


def _drop(name: str) -> None:
    _run("postgres", f"DROP DATABASE {name} WITH (FORCE)")


def _run(name: str, statements: str) -> list[tuple[str, ...]]:
    connection = psycopg2.connect(f"{POSTGRES}/{name}")
    try:
        connection.autocommit = True  # a database cannot be made in a transaction
        with connection.cursor() as cursor:
            cursor.execute(statements)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()

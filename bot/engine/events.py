"""Where the engine keeps its events: one table, data encrypted.

It lies in the PostgreSQL database, or in engine.db beside the SQLite store. The table is the engine's own (not in the
store's migrations): it is made at the engine's start. Free of rasa.
"""

from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, Column, Float, Index, Integer, MetaData, String, UniqueConstraint
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.orm import declarative_base

from bot.settings import Settings, settings
from bot.store import Database, EncryptedText

EventBase: Any = declarative_base(metadata=MetaData())

SNAPSHOT = "snapshot"
"""Type of a row that stands for all rows of its session up to a given one (see tracker_store)."""


class EngineEvent(EventBase):
    """One event of one conversation, or a snapshot of a session's state."""

    __tablename__ = "engine_events"
    __table_args__ = (
        # The database itself refuses to process one visitor message twice.
        UniqueConstraint("sender_id", "message_id", name="uq_engine_events_message"),
        Index("ix_engine_events_type", "sender_id", "type_name", "id"),
        Index("ix_engine_events_sender", "sender_id", "id"),
    )

    id = Column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    sender_id = Column(String(255), nullable=False)
    message_id = Column(String(255))
    type_name = Column(String(64), nullable=False)
    timestamp = Column(Float)
    data = Column(EncryptedText, nullable=False)


def events_url(config: Settings) -> str:
    """SQLAlchemy URL of the engine's events under these settings."""
    if config.database.startswith("sqlite"):
        return f"sqlite:///{(config.data_dir / 'engine.db').as_posix()}"
    return config.database


def open_events(url: str) -> Database:
    """The events' database, with its table made when absent; several processes may do this at once."""
    store = Database(url)
    try:
        EventBase.metadata.create_all(store.engine)
    except (OperationalError, ProgrammingError):
        # Another process made the table between our look and our CREATE; a second look tells that from a real fault.
        EventBase.metadata.create_all(store.engine)
    return store


@lru_cache(maxsize=1)
def events_database() -> Database:
    """The process's connection to the engine's events, opened once, by its settings."""
    return open_events(events_url(settings()))

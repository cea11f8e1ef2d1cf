"""The store: SQLAlchemy base, sessions, column types, keys and migrations. Imports nothing else of bot but settings."""

from bot.store.base import Base, utcnow
from bot.store.keys import Keys, load_keys
from bot.store.session import Database, database
from bot.store.types import EncryptedJSON, EncryptedText, UTCDateTime

__all__ = [
    "Base",
    "Database",
    "EncryptedJSON",
    "EncryptedText",
    "Keys",
    "UTCDateTime",
    "database",
    "load_keys",
    "utcnow",
]

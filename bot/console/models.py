"""Tables of the console: accounts, signed-in sessions, unmaskings, sign-in attempts and the audit.

The audit names staff and ids only; what staff wrote themselves (the reason of an unmasking) is encrypted, since it may
name the person whom it is about.
"""

from typing import Any
from uuid import uuid4

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Text, UniqueConstraint, event

from bot.store import Base, EncryptedJSON, UTCDateTime, utcnow


def new_id() -> str:
    """A fresh random id (UUID 4 as text)."""
    return str(uuid4())


class ConsoleUser(Base):
    """A member of staff who may sign in."""

    __tablename__ = "console_users"

    id = Column(String(36), primary_key=True, default=new_id)
    email = Column(String(254), nullable=False, unique=True)
    """In lower case."""
    name = Column(String(60))
    """As visitors see it when this person writes to them."""
    password_hash = Column(Text, nullable=False)
    """Argon2id, with its parameters."""
    role = Column(String(20), nullable=False)
    created_at = Column(UTCDateTime, nullable=False, default=utcnow)
    disabled_at = Column(UTCDateTime)
    last_login_at = Column(UTCDateTime)


class ConsoleSession(Base):
    """One sign-in, until it is signed out of, unused for too long, or too old."""

    __tablename__ = "console_sessions"

    id = Column(String(64), primary_key=True)
    """SHA-256 (hex) of the token in the cookie; the token itself is never stored."""
    user_id = Column(String(36), ForeignKey("console_users.id", ondelete="CASCADE"), nullable=False, index=True)
    csrf = Column(String(64), nullable=False)
    """What every form of this session must send back."""
    created_at = Column(UTCDateTime, nullable=False, default=utcnow)
    seen_at = Column(UTCDateTime, nullable=False, default=utcnow)


class Unmasking(Base):
    """A session's leave to see one conversation or lead as it is, for a while."""

    __tablename__ = "console_unmaskings"
    __table_args__ = (UniqueConstraint("session_id", "kind", "subject_id", name="uq_console_unmaskings_session_id"),)

    id = Column(Integer, primary_key=True, autoincrement=True)
    session_id = Column(String(64), ForeignKey("console_sessions.id", ondelete="CASCADE"), nullable=False)
    kind = Column(String(16), nullable=False)
    """conversation or lead."""
    subject_id = Column(String(64), nullable=False)
    until = Column(UTCDateTime, nullable=False)


class LoginAttempt(Base):
    """A sign-in that has not succeeded, by keyed hashes of the account and of the network address."""

    __tablename__ = "console_login_attempts"
    __table_args__ = (
        Index("ix_console_login_attempts_account_at", "account_index", "at"),
        Index("ix_console_login_attempts_address_at", "address_index", "at"),
    )

    id = Column(Integer, primary_key=True, autoincrement=True)
    account_index = Column(String(64), nullable=False)
    address_index = Column(String(64), nullable=False)
    at = Column(UTCDateTime, nullable=False, default=utcnow)


class AuditEntry(Base):
    """Who did or saw what, and when. Rows are added, never changed and never deleted through the program."""

    __tablename__ = "console_audit"
    __table_args__ = (Index("ix_console_audit_subject", "subject_kind", "subject_id"),)

    id = Column(Integer, primary_key=True, autoincrement=True)
    at = Column(UTCDateTime, nullable=False, default=utcnow, index=True)
    user_id = Column(String(36), index=True)
    """No foreign key: the record outlives the account."""
    email = Column(String(254))
    role = Column(String(20))
    action = Column(String(32), nullable=False)
    subject_kind = Column(String(16))
    subject_id = Column(String(64))
    detail = Column(EncryptedJSON, nullable=False, default=dict)
    address = Column(String(64), nullable=False, default="")
    """The network address that it was asked from."""


class AppendOnlyError(RuntimeError):
    """Somebody tried to change or delete a row of the audit."""


def _refuse(_mapper: Any, _connection: Any, target: AuditEntry) -> None:
    raise AppendOnlyError(f"entry {target.id} of the audit cannot be changed")


event.listen(AuditEntry, "before_update", _refuse)
event.listen(AuditEntry, "before_delete", _refuse)

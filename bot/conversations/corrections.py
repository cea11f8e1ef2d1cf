"""Corrections: staff say what a visitor's message was really about; another member of staff confirms it (four eyes).

What is approved is what `firststep learn` may take up. A correction goes when its conversation is erased.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from bot.conversations.models import Conversation, Correction, Message

WAITING, APPROVED, REJECTED = "waiting", "approved", "rejected"
LONGEST_NOTE = 300
"""Characters."""


class CorrectionError(ValueError):
    """This correction cannot be made or decided; the message tells staff why."""


@dataclass(frozen=True)
class Corrected:
    """A correction with the message that it is about, as it was written (not redacted)."""

    id: str
    conversation_id: str
    message_id: str
    seq: int
    text: str
    predicted: str | None
    topic: str
    note: str
    author: str
    at: datetime


def propose(session: Session, message_id: str, topic: str, author: str, note: str, now: datetime) -> Correction:
    """Say that this message of a visitor is about `topic`; `author` is an e-mail address, `note` may be empty.

    While it waits, its author may change it. Raises CorrectionError.
    """
    message = session.execute(select(Message).where(Message.id == message_id).with_for_update()).scalar_one_or_none()
    if message is None or message.author != "visitor" or not message.topic:
        raise CorrectionError("This message has no topic that could be corrected.")
    if message.command is not None:
        raise CorrectionError("The visitor chose this from the choices shown: there is nothing to learn from it.")
    if topic == message.topic and not message.doubt:
        raise CorrectionError("This is the topic that the assistant understood.")
    note = " ".join(note.split())
    if len(note) > LONGEST_NOTE:
        raise CorrectionError(f"The note is too long. Keep it under {LONGEST_NOTE} characters.")
    open_one = session.execute(select(Correction).where(Correction.open_key == message_id)).scalar_one_or_none()
    if open_one is not None and open_one.author != author:
        raise CorrectionError(f"{open_one.author} has corrected this message already; approve or reject that first.")
    row = open_one or Correction(
        conversation_id=message.conversation_id, message_id=message_id, open_key=message_id, author=author
    )
    row.predicted, row.topic, row.note, row.at = message.topic, topic, note, now
    session.add(row)
    session.flush()
    return row


def decide(session: Session, correction_id: str, approve: bool, by: str, now: datetime) -> Correction:
    """Approve or reject a waiting correction that somebody else has made. Raises CorrectionError."""
    row: Correction | None = session.execute(
        select(Correction).where(Correction.id == correction_id).with_for_update()
    ).scalar_one_or_none()
    if row is None or row.state != WAITING:
        raise CorrectionError("This correction is no longer waiting.")
    if row.author == by:
        raise CorrectionError("Somebody other than you has to decide on your own correction.")
    row.state = APPROVED if approve else REJECTED
    row.open_key, row.decided_by, row.decided_at = None, by, now
    if approve:  # the latest approved word on a message counts; an older one is never learned after it
        session.execute(
            update(Correction)
            .where(Correction.message_id == row.message_id, Correction.id != row.id, Correction.state == APPROVED)
            .values(state=REJECTED)
            .execution_options(synchronize_session=False)
        )
    return row


def waiting(session: Session, *, limit: int = 50, offset: int = 0) -> tuple[list[Corrected], int]:
    """A page of the corrections on which somebody has to decide, the oldest first, and how many there are."""
    total: int = session.execute(
        select(func.count()).select_from(Correction).where(Correction.state == WAITING)
    ).scalar_one()
    return _corrected(session, Correction.state == WAITING, limit=limit, offset=offset), total


def to_learn(session: Session) -> list[Corrected]:
    """The approved corrections that no model has learned yet, the oldest first."""
    return _corrected(session, Correction.state == APPROVED, Correction.learned_in.is_(None))


def mark_learned(session: Session, correction_ids: Iterable[str], model: str) -> None:
    """Note that these corrections are in the training data from this model on."""
    session.execute(
        update(Correction)
        .where(Correction.id.in_(list(correction_ids)))
        .values(learned_in=model)
        .execution_options(synchronize_session=False)
    )


def latest_of(session: Session, conversation_id: str) -> dict[str, Correction]:
    """The last correction of each message of a conversation, by the message's id."""
    rows = session.execute(
        select(Correction).where(Correction.conversation_id == conversation_id).order_by(Correction.at, Correction.id)
    ).scalars()
    return {row.message_id: row for row in rows}


def forget(session: Session, conversation_ids: Iterable[str]) -> None:
    """Delete the corrections of these conversations."""
    session.execute(
        delete(Correction)
        .where(Correction.conversation_id.in_(list(conversation_ids)))
        .execution_options(synchronize_session=False)
    )


def _corrected(session: Session, *wanted: object, limit: int | None = None, offset: int = 0) -> list[Corrected]:
    rows = session.execute(
        select(Correction, Message.seq, Message.text)
        .join(Message, Message.id == Correction.message_id)
        .join(Conversation, Conversation.id == Correction.conversation_id)
        .where(Conversation.erased_at.is_(None), *wanted)
        .order_by(Correction.at, Correction.id)
        .limit(limit)
        .offset(offset)
    )
    return [
        Corrected(
            row.id,
            row.conversation_id,
            row.message_id,
            seq,
            text,
            row.predicted,
            row.topic,
            row.note,
            row.author,
            row.at,
        )
        for row, seq, text in rows
    ]

"""Reviewing conversations: the list with its filters, and the transcript, for the staff console."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from bot.conversations.models import Conversation, Message, Takeover
from bot.conversations.redaction import mask_phone, redact

LOW = 0.5
"""Confidence below which an understanding is worth a look, when the engine has not marked it in doubt itself."""


@dataclass(frozen=True)
class Filters:
    """What to list; every field that is set narrows it. Times are aware; `until` is exclusive."""

    channel: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    safety: str | None = None
    """check or emergency: conversations with a message of that level."""
    low_confidence: bool = False
    unanswered: bool = False
    attended: bool = False
    """Conversations that a person has now."""


@dataclass(frozen=True)
class Row:
    """One line of the list."""

    id: str
    channel: str
    created_at: datetime
    last_at: datetime
    messages: int
    safety: str
    """The highest level in it: none, check or emergency."""
    lowest_confidence: float | None
    doubts: int
    unanswered: int
    preview: str
    """The visitor's first message, redacted."""
    attended_by: str | None
    """Who of the staff has it now."""


@dataclass(frozen=True)
class Line:
    """One message of a transcript; `text` is redacted unless it was asked for as it is."""

    id: str
    seq: int
    author: str
    author_name: str | None
    """Who of the staff wrote it."""
    kind: str
    text: str
    quick_replies: list[dict[str, str]]
    at: datetime
    status: str | None
    topic: str | None
    confidence: float | None
    doubt: bool
    safety: str | None
    understanding: dict[str, Any]
    delivery: str | None
    chosen: bool
    """Whether the visitor took one of the choices shown, instead of writing."""
    attended: bool
    """Whether a person had the conversation when the visitor wrote it."""


@dataclass(frozen=True)
class Transcript:
    """One conversation for review."""

    id: str
    channel: str
    locale: str
    phone: str
    created_at: datetime
    last_at: datetime
    lines: list[Line]


def conversations(
    session: Session, filters: Filters | None = None, *, limit: int = 50, offset: int = 0
) -> tuple[list[Row], int]:
    """A page of conversations, the latest first, and how many there are in all. Only those in which a visitor wrote."""
    wanted = _where(filters or Filters())
    total = session.execute(select(func.count()).select_from(Conversation).where(*wanted)).scalar_one()
    found = (
        session.execute(
            select(Conversation)
            .where(*wanted)
            .order_by(Conversation.last_at.desc(), Conversation.id)
            .limit(limit)
            .offset(offset)
        )
        .scalars()
        .all()
    )
    return _rows(session, found), total


def transcript(session: Session, conversation_id: str, *, masked: bool = True) -> Transcript | None:
    """All messages of one conversation, in order; None when it is erased or unknown. The caller records the look."""
    conversation = session.get(Conversation, conversation_id)
    if conversation is None or conversation.erased_at is not None:
        return None
    messages = session.execute(
        select(Message).where(Message.conversation_id == conversation_id).order_by(Message.seq)
    ).scalars()
    return Transcript(
        conversation.id,
        conversation.channel,
        conversation.locale,
        mask_phone(conversation.phone) if masked else (conversation.phone or ""),
        conversation.created_at,
        conversation.last_at,
        [_line(message, masked) for message in messages],
    )


def _where(filters: Filters) -> list[Any]:
    def having(*conditions: Any) -> Any:
        return (
            select(Message.id)
            .where(Message.conversation_id == Conversation.id, Message.author == "visitor", *conditions)
            .exists()
        )

    wanted = [Conversation.erased_at.is_(None), having()]
    if filters.channel:
        wanted.append(Conversation.channel == filters.channel)
    if filters.since:
        wanted.append(Conversation.last_at >= filters.since)
    if filters.until:
        wanted.append(Conversation.last_at < filters.until)
    if filters.safety:
        wanted.append(having(Message.safety == filters.safety))
    if filters.low_confidence:
        wanted.append(having((Message.doubt.is_(True)) | (Message.confidence < LOW)))
    if filters.attended:
        wanted.append(select(Takeover.id).where(Takeover.open_key == Conversation.id).exists())
    if filters.unanswered:
        wanted.append(having(Message.status.in_(("received", "failed"))))
    return wanted


def _rows(session: Session, found: Sequence[Conversation]) -> list[Row]:
    ids = [conversation.id for conversation in found]
    visitor = Message.author == "visitor"

    def count(*conditions: Any) -> Any:
        return func.count(Message.id).filter(and_(visitor, *conditions))

    numbers = {
        row.conversation_id: row
        for row in session.execute(
            select(
                Message.conversation_id,
                func.count(Message.id).label("messages"),
                func.min(Message.confidence).label("lowest"),
                count(Message.doubt.is_(True)).label("doubts"),
                count(Message.status != "answered").label("unanswered"),
                count(Message.safety == "emergency").label("emergencies"),
                count(Message.safety == "check").label("checks"),
                func.min(Message.seq).filter(visitor).label("first"),
            )
            .where(Message.conversation_id.in_(ids))
            .group_by(Message.conversation_id)
        )
    }
    firsts = {
        message.conversation_id: message.text
        for message in session.execute(
            select(Message).where(
                Message.conversation_id.in_(ids),
                Message.author == "visitor",
                Message.seq.in_({row.first for row in numbers.values()}),
            )
        ).scalars()
        if message.seq == numbers[message.conversation_id].first
    }
    people = {
        taken.conversation_id: taken.name
        for taken in session.execute(select(Takeover).where(Takeover.open_key.in_(ids))).scalars()
    }
    return [
        Row(
            conversation.id,
            conversation.channel,
            conversation.created_at,
            conversation.last_at,
            (row := numbers[conversation.id]).messages,
            "emergency" if row.emergencies else "check" if row.checks else "none",
            row.lowest,
            row.doubts,
            row.unanswered,
            redact(firsts.get(conversation.id, ""))[:120],
            people.get(conversation.id),
        )
        for conversation in found
    ]


def _line(message: Message, masked: bool) -> Line:
    return Line(
        message.id,
        message.seq,
        message.author,
        message.author_name,
        message.kind,
        redact(message.text) if masked else message.text,
        message.quick_replies or [],
        message.at,
        message.status,
        message.topic,
        message.confidence,
        message.doubt,
        message.safety,
        message.understanding or {},
        message.delivery,
        message.command is not None,
        message.attended,
    )

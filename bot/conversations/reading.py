"""Reading conversations: who may, what was said since, how a message looks to its visitor."""

import hashlib
import hmac
from collections.abc import Sequence
from typing import Any, TypedDict

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversations.models import Conversation, Message
from bot.safety import looks_english, looks_spanish
from bot.store import load_keys

PAGE = 200
"""Messages a page of history."""


WITH = {"joined": "staff", "left": "assistant"}
"""Messages that change who answers, by kind."""


class QuickReply(TypedDict):
    """A button: what it says, and what is sent back in `text` when it is chosen."""

    title: str
    payload: str


def hash_token(token: str) -> str:
    """SHA-256 (hex). The tokens are random 256-bit values, so that a slow hash would add nothing."""
    return hashlib.sha256(token.encode()).hexdigest()


def authenticate(session: Session, conversation_id: str, token: str) -> Conversation | None:
    """The conversation if the token opens it, else None. Compares in constant time."""
    conversation: Conversation | None = session.get(Conversation, conversation_id)
    if conversation is None or conversation.token_hash is None:
        return None
    same = hmac.compare_digest(str(conversation.token_hash), hash_token(token))
    return conversation if same else None


def phone_index(phone: str) -> str:
    """The blind index of an E.164 number."""
    return load_keys().blind_index(f"phone:{phone}")


def by_phone(session: Session, phone: str) -> Conversation | None:
    """The live SMS conversation of this E.164 number."""
    conversation: Conversation | None = session.execute(
        select(Conversation).where(Conversation.phone_index == phone_index(phone))
    ).scalar_one_or_none()
    return conversation


def has_written(session: Session, conversation_id: str) -> bool:
    """Whether the visitor has ever written in this conversation."""
    query = select(Message.id).where(Message.conversation_id == conversation_id, Message.author == "visitor").limit(1)
    return session.execute(query).first() is not None


def by_client_id(session: Session, conversation_id: str, client_id: str) -> Message | None:
    """The message that was stored under this idempotency key."""
    message: Message | None = session.execute(
        select(Message).where(Message.conversation_id == conversation_id, Message.client_id == client_id)
    ).scalar_one_or_none()
    return message


def history(session: Session, conversation_id: str, after: str | None = None, limit: int = PAGE) -> list[Message]:
    """Messages in order, from the first or from after the message with this id (unknown ids: from the first)."""
    start = 0
    if after:
        start = (
            session.execute(
                select(Message.seq).where(Message.id == after, Message.conversation_id == conversation_id)
            ).scalar_one_or_none()
            or 0
        )
    return after_seq(session, conversation_id, start, limit)


def after_seq(session: Session, conversation_id: str, seq: int, limit: int = PAGE) -> list[Message]:
    """Messages in order whose number is greater."""
    return list(
        session.execute(
            select(Message)
            .where(Message.conversation_id == conversation_id, Message.seq > seq)
            .order_by(Message.seq)
            .limit(limit)
        ).scalars()
    )


def last_seq(session: Session, conversation_id: str) -> int | None:
    """The number of the newest message; None when the conversation is erased or unknown. Cheap: made to be polled."""
    seq: int | None = session.execute(
        select(Conversation.last_seq).where(Conversation.id == conversation_id, Conversation.erased_at.is_(None))
    ).scalar_one_or_none()
    return seq


def replies_to(session: Session, message_id: str) -> list[Message]:
    """What was answered to one message, in order; the fixed text of an outage included."""
    return list(
        session.execute(select(Message).where(Message.in_reply_to == message_id).order_by(Message.seq)).scalars()
    )


def said_lately(session: Session, conversation_id: str, limit: int = 12) -> list[str]:
    """What this conversation's visitor was last told, newest first."""
    return list(
        session.execute(
            select(Message.text)
            .where(Message.conversation_id == conversation_id, Message.author != "visitor")
            .order_by(Message.seq.desc())
            .limit(limit)
        ).scalars()
    )


def offered(session: Session, conversation_id: str) -> Sequence[QuickReply]:
    """Quick replies that this conversation was offered, newest message first; looks back over the last 60 replies."""
    rows = session.execute(
        select(Message.quick_replies)
        .where(
            Message.conversation_id == conversation_id,
            Message.author != "visitor",
            Message.quick_replies.is_not(None),
        )
        .order_by(Message.seq.desc())
        .limit(60)
    ).scalars()
    return [reply for replies in rows for reply in replies]


def view(message: Message) -> dict[str, Any]:
    """A message as its visitor gets it (the contract of the chat API)."""
    shown: dict[str, Any] = {
        "id": message.id,
        "author": message.author,
        "text": message.text,
        "quick_replies": message.quick_replies or [],
        "at": message.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    if message.author == "assistant" and (language := _told_in(message.text)):
        shown["language"] = language
    if message.author == "visitor" and message.client_id:
        shown["client_id"] = message.client_id.removeprefix("v:")
        shown["status"] = message.status
    if message.in_reply_to:
        shown["in_reply_to"] = message.in_reply_to
    if message.author_name:
        shown["name"] = message.author_name
    if message.kind in WITH:
        shown["with"] = WITH[message.kind]
    return shown


def _told_in(text: str) -> str | None:
    """The language of a reply, for screen readers and the widget's own words; None where it tells none."""
    return "es" if looks_spanish(text) else "en" if looks_english(text) else None

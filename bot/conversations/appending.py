"""Adding to a conversation: its lock, the next message, and how an SMS among them leaves."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversations.models import Conversation, Message, OptOut
from bot.store import utcnow

WEBHOOK_GRACE = timedelta(seconds=20)
"""How long Twilio's open webhook may still take an SMS reply along before it goes out by the REST API."""


def locked(session: Session, conversation_id: str) -> Conversation | None:
    """The conversation, locked until the transaction ends; None when it is unknown or erased."""
    conversation = session.execute(
        select(Conversation)
        .where(Conversation.id == conversation_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    return None if conversation is None or conversation.erased_at is not None else conversation


def is_opted_out(session: Session, conversation: Conversation) -> bool:
    """Whether this number wants no texts; never true on the web."""
    return conversation.phone_index is not None and session.get(OptOut, conversation.phone_index) is not None


def sms_delivery(session: Session, conversation: Conversation, due: datetime) -> dict[str, Any]:
    """The columns that send a message by SMS from `due` on, unless its number opted out; nothing on the web."""
    if conversation.channel != "sms":
        return {}
    if is_opted_out(session, conversation):
        return {"delivery": "blocked"}
    return {"delivery": "pending", "due_at": due}


def append(session: Session, conversation: Conversation, author: str, text: str, **values: Any) -> Message:
    """Store the next message. The caller holds the conversation's lock."""
    conversation.last_seq += 1
    conversation.last_at = utcnow()
    message = Message(
        conversation_id=conversation.id, seq=conversation.last_seq, author=author, text=text, at=utcnow(), **values
    )
    session.add(message)
    session.flush()
    return message

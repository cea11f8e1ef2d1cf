"""Erasing, exporting and retention of conversations.

The engine keeps its own memory of a conversation; whoever calls here erases that too (bot.engine.erase), since this
package knows nothing of the engine's tables.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.conversations import corrections, takeover
from bot.conversations.models import Conversation, Message
from bot.conversations.reading import view
from bot.store import utcnow

TOMBSTONE = timedelta(days=1)
"""How long the empty row of an erased conversation stays, so that a turn still under way cannot bring it back."""


def erase(session: Session, conversation_id: str) -> bool:
    """Delete all that was said and the phone number; an empty row stays for a day. False: nothing to erase."""
    conversation = session.execute(
        select(Conversation).where(Conversation.id == conversation_id).with_for_update()
    ).scalar_one_or_none()
    if conversation is None or conversation.erased_at is not None:
        return False
    corrections.forget(session, [conversation_id])
    takeover.forget(session, [conversation_id])
    session.execute(
        delete(Message).where(Message.conversation_id == conversation_id).execution_options(synchronize_session=False)
    )
    conversation.erased_at = conversation.last_at = utcnow()
    conversation.state = "erased"
    conversation.phone = conversation.phone_index = None
    conversation.lease_owner = conversation.lease_until = None
    return True


def purge(session: Session, retention_days: int, now: datetime | None = None, limit: int = 500) -> list[str]:
    """Delete conversations whose last message is older than that, and old tombstones; gives their ids.

    The caller erases the engine's memory of them. At most `limit` at once: call again until it gives none.
    """
    now = now or utcnow()
    old = (Conversation.erased_at.is_(None)) & (Conversation.last_at < now - timedelta(days=retention_days))
    gone = Conversation.erased_at < now - TOMBSTONE
    ids = list(session.execute(select(Conversation.id).where(old | gone).limit(limit)).scalars())
    corrections.forget(session, ids)
    takeover.forget(session, ids)
    for table, column in ((Message, Message.conversation_id), (Conversation, Conversation.id)):
        session.execute(delete(table).where(column.in_(ids)).execution_options(synchronize_session=False))
    return ids


def export(session: Session, conversation_id: str) -> dict[str, Any] | None:
    """All that is kept of one conversation, JSON-able and unmasked; None when there is none."""
    conversation = session.get(Conversation, conversation_id)
    if conversation is None or conversation.erased_at is not None:
        return None
    messages = session.execute(
        select(Message).where(Message.conversation_id == conversation_id).order_by(Message.seq)
    ).scalars()
    return {
        "id": conversation.id,
        "channel": conversation.channel,
        "locale": conversation.locale,
        "phone": conversation.phone,
        "created_at": conversation.created_at.isoformat(),
        "messages": [
            view(message)
            | {
                "topic": message.topic,
                "confidence": message.confidence,
                "safety": message.safety,
                "delivery": message.delivery,
            }
            for message in messages
        ],
    }

"""The rules' look at every message that is stored, whatever way it came: an emergency alerts staff from here on.

The engine looks again with its classifier. Until it has answered, or an answer was given in its place, the alert waits
a moment; when the engine sees no emergency and the visitor was not told of one, it is taken back.
"""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversations.alerts import EMERGENCY, raise_alert
from bot.conversations.models import Conversation, Message
from bot.safety import assess_together, is_piece
from bot.store import utcnow

WINDOW = timedelta(seconds=90)
"""Pieces of one message come within this time of it."""
PIECES = 3
UNCONFIRMED = timedelta(seconds=20)
"""How long staff are spared while the engine looks; longer than a visitor waits for it."""


def words_before(session: Session, message: Message) -> list[str]:
    """The visitor's short messages right before this one, oldest first; what was an emergency by itself ends them."""
    rows = session.execute(
        select(Message)
        .where(
            Message.conversation_id == message.conversation_id,
            Message.author == "visitor",
            Message.seq < message.seq,
            Message.at >= message.at - WINDOW,
        )
        .order_by(Message.seq.desc())
        .limit(PIECES)
    ).scalars()
    words: list[str] = []
    for row in rows:
        if row.kind != "turn" or row.command is not None or row.safety == EMERGENCY or not is_piece(row.text):
            break
        words.insert(0, row.text)
    return words


def guard(session: Session, conversation: Conversation, message: Message) -> None:
    """Look at a new message of the visitor, in the transaction that stores it."""
    if message.command is None and assess_together(message.text, words_before(session, message)).level == EMERGENCY:
        message.safety = EMERGENCY
        raise_alert(session, conversation.id, message.id, conversation.channel, due_at=utcnow() + UNCONFIRMED)

"""The rules' look at every message that is stored, whatever way it came: an emergency alerts staff from here on.

The engine looks again with its classifier. Until it has answered, or an answer was given in its place, the alert waits
a moment; when the engine sees no emergency and the visitor was not told of one, it is taken back.
"""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversations.alerts import EMERGENCY, raise_alert
from bot.conversations.models import Conversation, Message
from bot.safety import Assessment, assess, assess_together, danger_after, is_piece
from bot.store import utcnow

WINDOW = timedelta(seconds=90)
"""Pieces of one message come within this time of it."""
PIECES = 3
AFTERWARDS = timedelta(minutes=30)
"""So long after an emergency its next message is read as going on from it."""
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


def by_rules(session: Session, message: Message) -> Assessment:
    """What the rules see in a stored message of the visitor, with the pieces before it; behind an emergency also new
    danger that says little by itself ("no. i took the pills")."""
    found = assess_together(message.text, words_before(session, message))
    last = _last_before(session, message) if found.level != EMERGENCY else None
    if last is None or last.safety != EMERGENCY:
        return found
    told = assess(last.text)
    seen = (last.understanding or {}).get("safety") or told.to_dict()
    return danger_after(message.text, seen.get("category"), seen.get("subject"), told.flags) or found


def _last_before(session: Session, message: Message) -> Message | None:
    """The visitor's own words before this message, where they are recent enough for it to go on from them."""
    found: Message | None = session.execute(
        select(Message)
        .where(
            Message.conversation_id == message.conversation_id,
            Message.author == "visitor",
            Message.kind == "turn",
            Message.command.is_(None),
            Message.seq < message.seq,
            Message.at >= message.at - AFTERWARDS,
        )
        .order_by(Message.seq.desc())
        .limit(1)
    ).scalar()
    return found


def guard(session: Session, conversation: Conversation, message: Message) -> None:
    """Look at a new message of the visitor, in the transaction that stores it."""
    if message.command is None and by_rules(session, message).level == EMERGENCY:
        message.safety = EMERGENCY
        raise_alert(session, conversation.id, message.id, conversation.channel, due_at=utcnow() + UNCONFIRMED)

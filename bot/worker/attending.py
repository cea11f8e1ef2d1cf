"""Visitors who wait for a person: asked after a while, given back to the assistant after a longer one."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.conversations import silence
from bot.conversations.models import Conversation, Takeover
from bot.handoff.quiet import text_from
from bot.handoff.staff import StaffNotice, notify_staff
from bot.settings import Settings
from bot.store import Database

WHO_SEES_IT = "take_over"


def attend_due(store: Database, config: Settings, now: datetime) -> int:
    """Take every step that is due, each in its own transaction; gives how many. Open consoles hear of each wait."""
    patience = silence.Patience(
        timedelta(minutes=config.takeover_silence_minutes), timedelta(minutes=config.takeover_return_minutes)
    )
    with store.read() as session:
        waiting = silence.due(session, now, patience)
    for conversation_id in waiting:
        with store.write() as session:
            texts_from = _texts_from(session, now, conversation_id)

            def tell(taken: Takeover, session: Session = session) -> None:
                path = f"/console/conversations/{taken.conversation_id}"
                key = f"waits:{taken.id}:{now.isoformat()}"
                notify_staff(session, StaffNotice("console", WHO_SEES_IT, "visitor_waits", path), key, now)

            silence.step(session, conversation_id, now, patience, texts_from, tell)
    return len(waiting)


def _texts_from(session: Session, now: datetime, conversation_id: str) -> datetime:
    conversation = session.get(Conversation, conversation_id)
    return text_from(session, now, conversation_id, conversation.phone if conversation else None)

"""Erasing what the engine remembers of a conversation. Free of rasa: the front and the worker call it."""

from collections.abc import Iterable

from sqlalchemy import delete

from bot.engine.events import EngineEvent, events_database
from bot.store import Database

# SQLite allows a limited number of variables in one statement.
BATCH = 500


def erase_conversation(conversation_id: str, store: Database | None = None) -> int:
    """Delete all the engine's events of one conversation, and give their number; none is no error."""
    return erase_conversations([conversation_id], store)


def erase_conversations(conversation_ids: Iterable[str], store: Database | None = None) -> int:
    """Delete all the engine's events of these conversations, and give their number."""
    store = store or events_database()
    ids = list(conversation_ids)
    erased = 0
    for start in range(0, len(ids), BATCH):
        statement = delete(EngineEvent).where(EngineEvent.sender_id.in_(ids[start : start + BATCH]))
        with store.write() as session:
            erased += session.execute(statement, execution_options={"synchronize_session": False}).rowcount
    return erased

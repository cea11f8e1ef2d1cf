"""Whose request a turn is about, and from which number it came."""

from __future__ import annotations

from actions.turn import Turn
from bot.conversations import Conversation
from bot.handoff import conversation_of_number, open_lead_of
from bot.store import database


def own_number(turn: Turn) -> str | None:
    """The number that the visitor texts from; None on the web."""
    if not turn.is_sms:
        return None
    with database().read() as session:
        conversation = session.get(Conversation, turn.conversation_id)
        return str(conversation.phone) if conversation and conversation.phone else None


def acts_for(turn: Turn) -> str:
    """The conversation whose request this one is about: its own, or the one that goes on by text from this number."""
    own = own_number(turn)
    if own is None:
        return turn.conversation_id
    with database().read() as session:
        if open_lead_of(session, turn.conversation_id) is not None:
            return turn.conversation_id
        return conversation_of_number(session, own) or turn.conversation_id

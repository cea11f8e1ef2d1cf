"""Conversations: what was said, in order; the engine's client; redaction, retention and review.

Imports bot.store and bot.safety only. Everything that other packages use is exported here.
"""

from bot.conversations.dispatch import Dispatcher, Outcome
from bot.conversations.engine import EngineClient, EngineError, EngineUnavailable, Turn
from bot.conversations.erasing import erase, export, purge
from bot.conversations.guard import by_rules
from bot.conversations.models import Conversation, Message, OptOut
from bot.conversations.reading import (
    QuickReply,
    authenticate,
    by_client_id,
    by_phone,
    has_written,
    history,
    last_seq,
    replies_to,
    said_lately,
    view,
)
from bot.conversations.redaction import redact
from bot.conversations.writing import (
    Conflict,
    Received,
    answer,
    apologise,
    note,
    open_conversation,
    post_to_visitor,
    receive,
)

__all__ = [
    "Conflict",
    "Conversation",
    "Dispatcher",
    "EngineClient",
    "EngineError",
    "EngineUnavailable",
    "Message",
    "OptOut",
    "Outcome",
    "QuickReply",
    "Received",
    "Turn",
    "answer",
    "apologise",
    "authenticate",
    "by_client_id",
    "by_phone",
    "by_rules",
    "erase",
    "export",
    "has_written",
    "history",
    "last_seq",
    "note",
    "open_conversation",
    "post_to_visitor",
    "purge",
    "receive",
    "redact",
    "replies_to",
    "said_lately",
    "view",
]

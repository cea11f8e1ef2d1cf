"""A visitor who waits for a person is asked what they would like, and given back to the assistant later; never dropped.

What is due follows from the times in the take-over's row: a worker that restarts goes on where it was.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from bot.conversations.appending import locked
from bot.conversations.models import Conversation, Takeover
from bot.conversations.takeover import announce, current, end, farewell, language
from bot.conversations.takeover_words import CALL, RETURN, WAIT, choices, words

QUIET = timedelta(hours=1)
"""When the person wrote last and nobody has written for so long, the assistant answers again."""


@dataclass(frozen=True)
class Patience:
    """How long a visitor waits for the person's word before being asked, and then until the assistant is back."""

    ask: timedelta
    back: timedelta


def due(session: Session, now: datetime, patience: Patience, limit: int = 50) -> list[str]:
    """Conversations in which the next step is due."""
    waits, asked = Takeover.waiting_since, Takeover.asked_at
    rows = session.execute(
        select(Takeover.conversation_id)
        .where(
            Takeover.open_key.is_not(None),
            or_(
                and_(asked.is_(None), waits <= now - patience.ask),
                asked <= now - patience.back,
                and_(waits.is_(None), Takeover.staff_at <= now - QUIET),
            ),
        )
        .order_by(Takeover.started_at)
        .limit(limit)
    ).scalars()
    return list(rows)


def step(
    session: Session,
    conversation_id: str,
    now: datetime,
    patience: Patience,
    texts_from: datetime,
    asked: Callable[[Takeover], None] = lambda _taken: None,
) -> str | None:
    """Take the step that is due here, in the caller's transaction: "asked", "returned", or None when none is any more.

    `texts_from`: as in takeover.begin. `asked(takeover)` is called in the same transaction when the visitor is asked.
    """
    conversation = locked(session, conversation_id)
    taken = current(session, conversation_id) if conversation else None
    if conversation is None or taken is None:
        return None
    session.refresh(taken)
    if taken.waiting_since is None:
        if taken.staff_at > now - QUIET:
            return None
        return _give_back(session, conversation, taken, "left_quiet", texts_from)
    if taken.asked_at is None:
        if taken.waiting_since > now - patience.ask:
            return None
        taken.asked_at = now
        speech = language(session, conversation)
        question = words("silence", speech, name=str(taken.name))
        announce(session, conversation, question, "silence", texts_from, choices(speech, WAIT, RETURN, CALL))
        asked(taken)
        return "asked"
    if taken.asked_at > now - patience.back:
        return None
    return _give_back(session, conversation, taken, "left_silence", texts_from)


def _give_back(session: Session, conversation: Conversation, taken: Takeover, key: str, texts_from: datetime) -> str:
    text, replies = farewell(session, conversation, taken, key)
    end(taken, "silence")
    # Without a question of the assistant to go back to, a call is one step away.
    replies = replies or (choices(language(session, conversation), CALL) if key == "left_silence" else [])
    announce(session, conversation, text, "left", texts_from, replies)
    return "returned"

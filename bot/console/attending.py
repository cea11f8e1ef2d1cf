"""Who has a conversation, as the transcript shows it to a member of staff."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from sqlalchemy.orm import Session

from bot.console.clock import span
from bot.console.models import ConsoleUser
from bot.console.roles import Permission
from bot.console.visit import Visit
from bot.conversations import review, takeover
from bot.conversations.cleaning import MAX_CHARACTERS
from bot.conversations.models import Takeover
from bot.conversations.takeover_words import SMS_LONGEST


@dataclass(frozen=True)
class Attending:
    """Who has a conversation, and what this member of staff may do about it."""

    may: bool
    state: str
    """mine, other (a colleague has it) or none (the assistant answers)."""
    who: str
    email: str
    since: str
    waits: str
    """How long the visitor has waited for the person's word; empty: they do not wait."""
    name: str
    """Under which visitors know this member of staff, as far as it is known."""
    longest: int
    """Characters of one message."""
    key: str
    """Makes one of a message that is sent twice."""


def attending(session: Session, visit: Visit, conversation: review.Transcript) -> Attending:
    """Who has this conversation, as this member of staff sees it."""
    taken, clock = takeover.current(session, conversation.id), visit.host.clock
    user = session.get(ConsoleUser, visit.user.user_id)
    waits = clock.now - taken.waiting_since if taken and taken.waiting_since else None
    return Attending(
        visit.user.may(Permission.TAKE_OVER),
        state_for(taken, visit.user.user_id),
        str(taken.name) if taken else "",
        str(taken.email) if taken else "",
        clock.moment(taken.started_at) if taken else "",
        span(waits) if waits is not None and waits >= timedelta(minutes=1) else "",
        str(user.name or "") if user else "",
        SMS_LONGEST if conversation.channel == "sms" else MAX_CHARACTERS,
        str(uuid4()),
    )


def state_for(taken: Takeover | None, user_id: str) -> str:
    """mine, other (a colleague has it) or none (the assistant answers)."""
    if taken is None:
        return "none"
    return "mine" if taken.user_id == user_id else "other"

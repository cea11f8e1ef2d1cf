"""SMS deliveries and opt-outs: which replies still have to leave, who takes them, what became of them.

A reply leaves by one way only: the open webhook takes it (`take_for_webhook`) or a sender claims it (`claim_due`),
each by one conditional update.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.conversations import takeover
from bot.conversations.appending import locked
from bot.conversations.models import Conversation, Message, OptOut
from bot.conversations.reading import phone_index
from bot.store import utcnow

CLAIM = timedelta(minutes=3)
"""After this a claimed SMS whose sender died is looked into again."""
RANK = {
    "pending": 0,
    "claimed": 1,
    "twiml": 1,
    "accepted": 2,
    "scheduled": 2,
    "queued": 3,
    "sending": 4,
    "sent": 5,
    "delivered": 6,
    "read": 7,
    "canceled": 8,
    "undelivered": 8,
    "failed": 8,
    "blocked": 9,
}
"""A delivery moves to a higher rank only: Twilio's callbacks may come in any order."""


class Due(NamedTuple):
    """An SMS to be sent by the REST API. `retried`: an earlier attempt may have sent it, or a part of it."""

    message_id: str
    phone: str
    text: str
    quick_replies: list[dict[str, str]]
    since: datetime
    retried: bool


def take_for_webhook(session: Session, message_ids: list[str]) -> set[str]:
    """Replies that the open webhook may answer with: those that no other sender has taken.

    A repeated webhook gets the same ones again, since the first answer evidently did not arrive.
    """
    session.execute(
        update(Message)
        .where(Message.id.in_(message_ids), Message.delivery == "pending")
        .values(delivery="twiml", due_at=None)
        .execution_options(synchronize_session=False)
    )
    return set(
        session.execute(select(Message.id).where(Message.id.in_(message_ids), Message.delivery == "twiml")).scalars()
    )


Hours = Callable[[Session, datetime, str, str | None], datetime]
"""The first moment from a given one on when the visitor of a conversation, at a number, may be texted unasked."""


def claim_due(session: Session, limit: int = 20, hours: Hours | None = None) -> list[Due]:
    """Claim SMS that are due, oldest first; each goes to one caller, who calls `report`, or a later claim finds it.

    `hours`: what nobody just asked for, and what was not taken in time for the visitor's evening, waits until then.
    """
    now = utcnow()
    rows = session.execute(
        select(Message, Conversation.phone)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Message.delivery.in_(("pending", "claimed")), Message.due_at <= now, Conversation.phone.is_not(None))
        .order_by(Message.due_at)
        .limit(limit)
        .with_for_update(of=Message, skip_locked=True)
    ).all()
    due = []
    for message, phone in rows:
        if is_opted_out(session, phone):
            message.delivery = "blocked"
            continue
        if hours is not None and message.kind == "post":
            opens = hours(session, now, str(message.conversation_id), phone)
            if opens > now:
                message.due_at = opens
                continue
        due.append(Due(message.id, phone, message.text, message.quick_replies or [], message.at, message.attempts > 0))
        message.delivery, message.due_at = "claimed", now + CLAIM
        message.attempts += 1
    return due


def postpone(session: Session, message_id: str, seconds: float) -> None:
    """Give a claimed SMS back, to be tried again later: Twilio did not take it."""
    session.execute(
        update(Message)
        .where(Message.id == message_id, Message.delivery == "claimed")
        .values(delivery="pending", due_at=utcnow() + timedelta(seconds=seconds))
        .execution_options(synchronize_session=False)
    )


def report(session: Session, message_id: str, state: str, provider_id: str | None = None) -> bool:
    """Record a delivery state; never a step back. False when there is no such message, state or step."""
    if state not in RANK:
        return False
    message = session.get(Message, message_id, with_for_update=True, populate_existing=True)
    if message is None or message.delivery is None or RANK[message.delivery] >= RANK[state]:
        return False
    message.delivery, message.due_at = state, None
    message.provider_id = message.provider_id or provider_id
    return True


def is_opted_out(session: Session, phone: str) -> bool:
    """Whether this number wants no texts."""
    return session.get(OptOut, phone_index(phone)) is not None


def opt_out(session: Session, phone: str, how: str) -> None:
    """Record that this number wants no texts: what waits to be sent to it is blocked, and a take-over ends."""
    index = phone_index(phone)
    conversation_id = session.execute(
        select(Conversation.id).where(Conversation.phone_index == index)
    ).scalar_one_or_none()
    if conversation_id:
        locked(session, conversation_id)
        session.execute(
            update(Message)
            .where(Message.conversation_id == conversation_id, Message.delivery.in_(("pending", "claimed")))
            .values(delivery="blocked")
            .execution_options(synchronize_session=False)
        )
        takeover.opted_out(session, conversation_id)
    if session.get(OptOut, index) is None:
        session.add(OptOut(phone_index=index, how=how))
        session.flush()


def opt_in(session: Session, phone: str) -> bool:
    """Forget the opt-out; False when there was none."""
    row = session.get(OptOut, phone_index(phone))
    if row is not None:
        session.delete(row)
    return row is not None

"""Alerts: an emergency in a conversation that a named person has to look at.

A row is written in the transaction that stores the emergency. The worker tells the on-call list, one after another,
until somebody says "I have it"; what is due stands in the row, so that a restart loses nothing.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from bot.conversations.models import Alert
from bot.store import utcnow

EMERGENCY = "emergency"


def raise_alert(
    session: Session, conversation_id: str, message_id: str | None, channel: str, due_at: datetime | None = None
) -> bool:
    """Raise an alert in the caller's transaction, due at once or at `due_at`; False when there is an open one.

    An open one is due at this time too, if that is sooner. The caller holds the conversation's lock, so that one
    emergency told in two messages raises one alert.
    """
    now = utcnow()
    due = due_at or now
    opened = session.execute(select(Alert).where(Alert.open_key == conversation_id)).scalar_one_or_none()
    if opened is not None:
        if opened.told == 0 and due < opened.due_at:
            opened.due_at = due
        return False
    session.add(
        Alert(
            conversation_id=conversation_id,
            open_key=conversation_id,
            message_id=message_id,
            channel=channel,
            raised_at=now,
            due_at=due,
            told=0,
        )
    )
    session.flush()
    return True


def take_back(session: Session, message_id: str) -> None:
    """The engine sees no emergency in this message: the alert of the rules goes, if nobody was told of it yet."""
    session.execute(
        delete(Alert).where(
            Alert.message_id == message_id, Alert.open_key.is_not(None), Alert.told == 0, Alert.due_at > utcnow()
        )
    )


def due_alerts(session: Session, now: datetime, limit: int = 20) -> list[Alert]:
    """Open alerts for which the next person has to be told now; locked, so that no other worker takes them."""
    return list(
        session.execute(
            select(Alert)
            .where(Alert.open_key.is_not(None), Alert.due_at <= now)
            .order_by(Alert.due_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).scalars()
    )


def was_told(alert: Alert, now: datetime, wait: timedelta) -> None:
    """The next person has been told; the one after them is due when nobody has answered within `wait`."""
    alert.told += 1
    alert.due_at = now + wait


def acknowledge(session: Session, alert_id: str, who: str, now: datetime) -> bool:
    """ "I have it": the alert is this person's, and nobody else is told. False when it is somebody's already."""
    alert = session.get(Alert, alert_id, with_for_update=True, populate_existing=True)
    if alert is None or alert.open_key is None:
        return False
    alert.open_key = None
    alert.acknowledged_by, alert.acknowledged_at = who, now
    return True


def open_count(session: Session) -> int:
    """How many alerts nobody has acknowledged; one that the engine has yet to confirm does not count for a moment."""
    due = or_(Alert.told > 0, Alert.due_at <= utcnow())
    count: int = session.execute(
        select(func.count()).select_from(Alert).where(Alert.open_key.is_not(None), due)
    ).scalar_one()
    return count


def latest(session: Session, limit: int = 50) -> list[Alert]:
    """Alerts, the open ones first, then the latest."""
    return list(
        session.execute(
            select(Alert).order_by(Alert.open_key.is_(None), Alert.raised_at.desc(), Alert.id).limit(limit)
        ).scalars()
    )

"""The transactional outbox: what was decided is delivered at least once, and recognisably so when twice.

An item is written in the transaction of its cause. A worker claims it for a while (a lease); when the worker dies, the
lease runs out and another one delivers. Nothing but the store is needed: on PostgreSQL rows are claimed with SKIP
LOCKED, on SQLite inside BEGIN IMMEDIATE.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.handoff.models import OutboxItem
from bot.store import Database

EMAIL_PROFESSIONAL = "email_professional"
"""E-mail to a professional or to other staff."""
SMS_STAFF = "sms_staff"
WEBHOOK = "webhook"
VISITOR_MESSAGE = "visitor_message"
EMAIL_VISITOR = "email_visitor"
"""E-mail to a visitor that there is news (bot.handoff.news_mail)."""

LEASE = timedelta(seconds=60)
"""Longer than any delivery's own time limit."""
MAX_ATTEMPTS = 24
"""With the waits below: tries for about four hours."""
FIRST_WAIT, LONGEST_WAIT = 5.0, 900.0


class RejectedForGood(Exception):
    """The other side will never take this item: it is given up at once, and shown to staff."""


class NotDead(ValueError):
    """Only what was given up can be tried again by hand."""


@dataclass(frozen=True)
class Item:
    """A claimed item, free of its session. `attempt` counts from 1."""

    id: str
    key: str
    kind: str
    lead_id: str | None
    payload: dict[str, Any]
    attempt: int
    created_at: datetime


def enqueue(
    session: Session, key: str, kind: str, payload: dict[str, Any], due_at: datetime, lead_id: str | None = None
) -> bool:
    """Add an item to the session's transaction; False when one with this key is there already."""
    if session.execute(select(OutboxItem.id).where(OutboxItem.idempotency_key == key)).first():
        return False
    try:
        with session.begin_nested():
            session.add(
                OutboxItem(
                    idempotency_key=key,
                    kind=kind,
                    payload=payload,
                    lead_id=lead_id,
                    due_at=due_at,
                    state="pending",
                    attempts=0,
                )
            )
    except IntegrityError:
        return False
    return True


def claim_due(database: Database, worker: str, now: datetime, limit: int = 10, lease: timedelta = LEASE) -> list[Item]:
    """Items that are due and held by nobody, now held by `worker` until the lease ends, in a committed transaction.

    The attempt is counted here, so that an item which kills its worker comes to an end too.
    """
    with database.write() as session:
        rows = (
            session.execute(
                select(OutboxItem)
                .where(
                    OutboxItem.state == "pending",
                    OutboxItem.due_at <= now,
                    or_(OutboxItem.claimed_until.is_(None), OutboxItem.claimed_until <= now),
                )
                .order_by(OutboxItem.due_at, OutboxItem.created_at)
                .limit(limit)
                .with_for_update(skip_locked=True)
            )
            .scalars()
            .all()
        )
        for row in rows:
            row.claimed_by, row.claimed_until = worker, now + lease
            row.attempts += 1
        return [Item(r.id, r.idempotency_key, r.kind, r.lead_id, r.payload, r.attempts, r.created_at) for r in rows]


def still_wanted(database: Database, item: Item, worker: str) -> bool:
    """Whether the item is still pending and this worker's; looked at just before it is sent (a withdrawal cancels)."""
    with database.read() as session:
        row = session.execute(
            select(OutboxItem.state, OutboxItem.claimed_by).where(OutboxItem.id == item.id)
        ).one_or_none()
    return row is not None and row.state == "pending" and row.claimed_by == worker


def mark_sent(session: Session, item: Item, worker: str, now: datetime) -> bool:
    """Record the delivery, when the item is still this worker's; False otherwise."""
    return _settle(session, item, worker, state="sent", sent_at=now, last_error=None)


def mark_failed(
    session: Session,
    item: Item,
    worker: str,
    now: datetime,
    error: str,
    jitter: Callable[[float, float], float] = random.uniform,
    for_good: bool = False,
) -> str:
    """Give the item back for a later try, or give it up: after MAX_ATTEMPTS, or at once when `for_good`.

    Gives the state: pending or dead.
    """
    dead = for_good or item.attempt >= MAX_ATTEMPTS
    due = now + wait_after(item.attempt, jitter)
    _settle(session, item, worker, state="dead" if dead else "pending", due_at=due, last_error=error[:500])
    return "dead" if dead else "pending"


def retry(session: Session, item_id: str, now: datetime) -> str | None:
    """Try a dead item again from the start, at once; gives its lead's id. Raises NotDead for any other item."""
    row = session.get(OutboxItem, item_id, with_for_update=True, populate_existing=True)
    if row is None or row.state != "dead":
        raise NotDead(item_id)
    row.state, row.attempts, row.due_at = "pending", 0, now
    row.claimed_by = row.claimed_until = None
    return str(row.lead_id) if row.lead_id else None


def dead_letters(session: Session, limit: int = 100) -> list[OutboxItem]:
    """What was given up, the latest first."""
    rows = session.execute(
        select(OutboxItem).where(OutboxItem.state == "dead").order_by(OutboxItem.due_at.desc()).limit(limit)
    ).scalars()
    return list(rows)


def oldest_due(session: Session, now: datetime) -> datetime | None:
    """Since when the item that has waited longest is due; None when nothing waits."""
    found: datetime | None = session.execute(
        select(func.min(OutboxItem.due_at)).where(OutboxItem.state == "pending", OutboxItem.due_at <= now)
    ).scalar_one()
    return found


def wait_after(attempt: int, jitter: Callable[[float, float], float] = random.uniform) -> timedelta:
    """How long to wait after this attempt: doubling from 5 s to 15 min, times 0.5 to 1.5 so that retries spread."""
    return timedelta(seconds=min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** (attempt - 1)) * jitter(0.5, 1.5))


def cancel_for(session: Session, lead_id: str, but: str = "") -> int:
    """Cancel all that is still to be sent for a lead, and what staff might try again; gives how many.

    `but`: items whose key begins with this and a colon go on.
    """
    query = update(OutboxItem).where(OutboxItem.lead_id == lead_id, OutboxItem.state.in_(("pending", "dead")))
    if but:
        query = query.where(OutboxItem.idempotency_key.not_like(f"{but}:%"))
    result = session.execute(
        query.values(state="cancelled", claimed_by=None, claimed_until=None).execution_options(
            synchronize_session=False
        )
    )
    return int(result.rowcount)


def tried_for(session: Session, lead_id: str) -> list[tuple[str, str]]:
    """Whom a message about this lead has reached, or may have (a worker has at least tried): kind and address."""
    rows = session.execute(
        select(OutboxItem.kind, OutboxItem.payload)
        .where(
            OutboxItem.lead_id == lead_id,
            OutboxItem.kind.in_((EMAIL_PROFESSIONAL, SMS_STAFF)),
            OutboxItem.attempts > 0,
        )
        .order_by(OutboxItem.created_at)
    ).all()
    return list(dict.fromkeys((kind, str(payload["to"])) for kind, payload in rows))


def sent_at(session: Session, key: str) -> datetime | None:
    """When the item with this key was delivered; None when it was not (yet)."""
    found: datetime | None = session.execute(
        select(OutboxItem.sent_at).where(OutboxItem.idempotency_key == key)
    ).scalar_one_or_none()
    return found


def was_written(session: Session, key: str) -> bool:
    """Whether an item with this key, or one made from it for another channel, was ever put into the outbox."""
    query = select(OutboxItem.id).where(
        OutboxItem.idempotency_key.in_((key, *(f"{key}:{by}" for by in ("text", "mail"))))
    )
    return session.execute(query).first() is not None


def was_tried(session: Session, key: str) -> bool:
    """Whether the item with this key has reached somebody, or may have."""
    query = select(OutboxItem.attempts).where(OutboxItem.idempotency_key == key)
    return bool(session.execute(query).scalar_one_or_none())


def counts(session: Session) -> dict[str, int]:
    """How many items are in each state; for metrics and the console."""
    found = dict(session.execute(select(OutboxItem.state, func.count()).group_by(OutboxItem.state)).all())
    return {state: int(found.get(state, 0)) for state in ("pending", "sent", "dead", "cancelled")}


def _settle(session: Session, item: Item, worker: str, **values: Any) -> bool:
    result = session.execute(
        update(OutboxItem)
        .where(OutboxItem.id == item.id, OutboxItem.state == "pending", OutboxItem.claimed_by == worker)
        .values(claimed_by=None, claimed_until=None, **values)
        .execution_options(synchronize_session=False)
    )
    return int(result.rowcount) == 1

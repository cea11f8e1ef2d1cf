"""Retention: details of finished leads are erased, delivered outbox items deleted; the history and consents stay."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.handoff.history import erase_details, record
from bot.handoff.limits import forget_old
from bot.handoff.models import Lead, OutboxItem, RetentionMark
from bot.handoff.states import OPEN

OUTBOX = "outbox"


def outbox_kept_since(session: Session) -> datetime | None:
    """From when on delivered items are all still there; None when none has ever been deleted.

    The days of retention may have been raised since: they alone do not tell what was deleted while they were fewer.
    """
    mark = session.get(RetentionMark, OUTBOX)
    return mark.before if mark is not None else None


def _mark(session: Session, before: datetime) -> None:
    mark = session.get(RetentionMark, OUTBOX, with_for_update=True, populate_existing=True)
    if mark is None:
        try:
            with session.begin_nested():
                session.add(RetentionMark(what=OUTBOX, before=before))
            return
        except IntegrityError:  # another worker's first purge, at the same instant
            mark = session.get(RetentionMark, OUTBOX, with_for_update=True, populate_existing=True)
    if mark is not None and mark.before < before:
        mark.before = before


def purge_leads(session: Session, retention_days: int, now: datetime, limit: int = 500) -> int:
    """Erase the details of leads that were finished longer ago than that; gives how many leads it erased."""
    before = now - timedelta(days=retention_days)
    gone = session.execute(
        delete(OutboxItem)
        .where(OutboxItem.state.in_(("sent", "cancelled")), OutboxItem.created_at < before)
        .execution_options(synchronize_session=False)
    )
    if gone.rowcount:
        _mark(session, before)
    forget_old(session, now)
    still_open = [state.value for state in OPEN]
    leads = (
        session.execute(
            select(Lead)
            .where(Lead.state.not_in(still_open), Lead.erased_at.is_(None), Lead.closed_at < before)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        .scalars()
        .all()
    )
    for lead in leads:
        erase_details(session, lead, now)
        record(session, lead, "worker", "erased", now)
    return len(leads)

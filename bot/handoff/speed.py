"""How fast people are answered, from the leads' history: times to claim and to first contact, and who waits now.

A time runs from the moment at which the request was stored, by the clock on the wall, nights included: that is how
long the visitor waited. "In time" is measured by the due time that the visitor was promised.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.handoff.models import Lead, LeadEvent, OutboxItem
from bot.handoff.states import State

CHANNELS = ("web", "sms")
WINDOW = timedelta(days=30)
"""Requests stored within it count for the times."""
WAITING = (State.NEW.value, State.OFFERED.value)
CONTACT = (State.CONTACTED.value, State.SCHEDULED.value)
"""What a professional reports once the visitor and they have been in touch."""


@dataclass(frozen=True)
class Speed:
    """Seconds to one step, over those requests that came to it; p50 and p90 are None when none did."""

    count: int
    p50: float | None
    p90: float | None
    in_time: int
    due: int
    """How many had to come to it by now, or have; `in_time` of them did so by their due time."""

    @property
    def share_in_time(self) -> float | None:
        """The share in time, 0 to 1; None when nothing was due."""
        return self.in_time / self.due if self.due else None


@dataclass(frozen=True)
class Figures:
    """One channel's figures, or those of all."""

    claim: Speed
    contact: Speed
    unclaimed: int
    oldest: datetime | None
    """Since when the unclaimed request waits that has waited longest."""
    given_up: int
    """Messages about these requests that could not be delivered."""


def figures(session: Session, now: datetime, window: timedelta = WINDOW) -> dict[str, Figures]:
    """The figures by channel, and of "all"."""
    since = now - window
    leads = session.execute(
        select(Lead.id, Lead.channel, Lead.state, Lead.created_at, Lead.due_at, Lead.contact_due_at).where(
            (Lead.created_at >= since) | Lead.state.in_(WAITING)
        )
    ).all()
    firsts = {
        (row.lead_id, row.kind): row
        for row in session.execute(
            select(
                LeadEvent.lead_id,
                LeadEvent.kind,
                func.min(LeadEvent.at).label("first"),
                func.max(LeadEvent.at).label("last"),
            )
            .join(Lead, Lead.id == LeadEvent.lead_id)
            .where(Lead.created_at >= since, LeadEvent.kind.in_((State.CLAIMED.value, *CONTACT)))
            .group_by(LeadEvent.lead_id, LeadEvent.kind)
        )
    }
    dead = session.execute(
        select(Lead.channel, func.count())
        .join(OutboxItem, OutboxItem.lead_id == Lead.id)
        .where(OutboxItem.state == "dead")
        .group_by(Lead.channel)
    ).all()
    given_up = {channel: int(number) for channel, number in dead}
    return {
        channel: _of(
            [lead for lead in leads if channel in ("all", lead.channel)],
            firsts,
            since,
            now,
            sum(given_up.values()) if channel == "all" else given_up.get(channel, 0),
        )
        for channel in ("all", *CHANNELS)
    }


def _of(leads: Sequence[Any], firsts: dict[Any, Any], since: datetime, now: datetime, given_up: int) -> Figures:
    recent = [lead for lead in leads if lead.created_at >= since]
    waiting = [lead.created_at for lead in leads if lead.state in WAITING]
    return Figures(
        _speed(recent, firsts, (State.CLAIMED.value,), "due_at", now),
        _speed(recent, firsts, CONTACT, "contact_due_at", now),
        len(waiting),
        min(waiting, default=None),
        given_up,
    )


def _speed(leads: Iterable[Any], firsts: dict[Any, Any], kinds: tuple[str, ...], due_by: str, now: datetime) -> Speed:
    times: list[float] = []
    in_time = due = 0
    for lead in leads:
        steps = [firsts[lead.id, kind] for kind in kinds if (lead.id, kind) in firsts]
        if steps:
            times.append((min(step.first for step in steps) - lead.created_at).total_seconds())
        deadline = getattr(lead, due_by)
        if deadline is None:
            continue
        if steps:
            # Given back and offered anew, a request has a new due time: its latest claim is held against that.
            done = max(step.last for step in steps) if due_by == "due_at" else min(step.first for step in steps)
            due += 1
            in_time += done <= deadline
        elif deadline <= now and lead.state not in (State.WITHDRAWN.value, State.CLOSED.value):
            due += 1
    return Speed(len(times), percentile(times, 0.5), percentile(times, 0.9), in_time, due)


def percentile(values: Iterable[float], share: float) -> float | None:
    """The smallest value that at least this share of the values does not exceed; None for no values."""
    ordered = sorted(values)
    if not ordered:
        return None
    rank = -(-len(ordered) * round(share * 100) // 100)  # rounded up
    return ordered[max(rank, 1) - 1]

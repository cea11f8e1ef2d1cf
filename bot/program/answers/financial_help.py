"""Paying less or later: sliding scale, payment plans, funded places. Reviewed responses tell of national help."""

from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.program.answers.base import Answer, checked, compose, dollars, sentence
from bot.program.models import AidRow, SlidingScaleRow, SlidingTierRow
from bot.program.times import joined
from bot.program.wishes import Wishes

NEXT = "Ask us which of these you can get: the office can work it out with you."


def answer(session: Session, wishes: Wishes, now: datetime) -> Answer | None:
    """The sliding scale (with the visitor's own fee where income is known) and the other ways; None without any."""
    scale = session.execute(select(SlidingScaleRow)).scalar_one_or_none()
    aids = list(session.execute(select(AidRow).order_by(AidRow.position)).scalars())
    if scale is None and not aids:
        return None
    points: list[str] = []
    short: list[str] = []
    if scale is not None:
        line = _own_tier(session, scale, wishes) or _tiers(scale)
        points.append(" ".join([line, *(sentence(text) for text in (scale.note, scale.proof) if text)]))
        short.append(line)
    real = [row for row in aids if row.available != "no"]
    for row in real[: 3 - len(points)]:
        told = sentence(row.text) + (" Ask us what is open now." if row.available == "ask" else "")
        points.append(told)
        short.append(told)
    missing = [sentence(row.text) for row in aids if row.available == "no"]
    source = checked("our price list", *([scale.checked] if scale else []), *(row.checked for row in aids))
    if not points:
        return compose(
            "We have no help with paying in our list right now.",
            missing[:3],
            sms=["We have no help with paying in our list right now.", *missing, source],
            notes=[source],
            next_step="Ask us: the office may know of other ways.",
            found=False,
        )
    return compose(
        "There are ways to pay less, or later:",
        points,
        sms=[*short, source],
        notes=[*missing, source],
        next_step=NEXT,
    )


def _tiers(scale: Any) -> str:
    """All tiers in one sentence or two: "Sliding scale, by income: $15 a session up to 100% of ..."."""
    steps = []
    for tier in scale.tiers:
        bound = f" up to {_bound(scale, tier.up_to)}" if tier.up_to is not None else " above that"
        steps.append(f"{dollars(tier.fee)}{bound}")
    basis = "the federal poverty level" if scale.basis == "poverty_percent" else "household income a year"
    return f"Sliding scale, a {scale.unit}: {joined(steps)} of {basis}."


def _bound(scale: Any, up_to: int) -> str:
    return f"{up_to}%" if scale.basis == "poverty_percent" else f"${up_to:,}"


def _own_tier(session: Session, scale: Any, wishes: Wishes) -> str | None:
    """The fee for the income that was told; None when the scale does not count in dollars or no income is known."""
    if scale.basis != "yearly_income" or wishes.yearly_income is None:
        return None
    query = (
        select(SlidingTierRow)
        .where(or_(SlidingTierRow.up_to >= wishes.yearly_income, SlidingTierRow.up_to.is_(None)))
        .order_by(SlidingTierRow.position)
    )
    tier = session.execute(query).scalars().first()
    income = f"a household income of {dollars(wishes.yearly_income)} a year"
    if tier is None:
        return f"Our sliding scale ends below {income}, so the full price holds."
    return f"With {income}, the scale's fee is {dollars(tier.fee)} a {scale.unit}, once we have seen proof."

"""Is a plan taken: the provider's own row about it, or plainly that it is not listed and how to find out."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.program.answers import plans
from bot.program.answers.base import Answer, checked, compose
from bot.program.models import PlanRow
from bot.program.times import joined
from bot.program.vocabulary import PLAN_TYPE_NAMES
from bot.program.wishes import Wishes

NEXT = "Call the number on the card, or ask us for a free benefits check."
NO_PROMISE = "In network does not mean that it pays for all of it: a benefits check tells your share."
LISTED = 6


def answer(session: Session, wishes: Wishes, now: datetime) -> Answer | None:
    """What we know of the insurer and plan type, or what we take in general; None without plans."""
    if not session.execute(select(func.count(PlanRow.id))).scalar_one():
        return None
    insurer = plans.insurer_of(wishes)
    if insurer is None:
        return _general(session)
    row = plans.row_for(session, insurer, wishes.plan_type)
    if row is not None:
        return _one(row)
    rows = plans.rows_for(session, insurer)
    return _several(session, insurer, rows, wishes) if rows else _unlisted(session, insurer)


def _one(row: Any) -> Answer:
    network, approval, note = plans.network_text(row), plans.approval_text(row), plans.note_text(row)
    source = checked("our plan list", row.checked)
    promise = NO_PROMISE if row.network == "in" else ""
    if row.types and row.network != "not_accepted":
        note = f"{note} Other plan types of theirs are not in our list.".strip()
    return compose(
        network,
        [point for point in (approval, note, promise) if point],
        sms=[network, approval, note, source] if row.network != "not_accepted" else [network, note, source],
        notes=[source],
        next_step=NEXT if row.network != "not_accepted" else "Ask us what else could help to pay.",
    )


def _several(session: Session, insurer: str, rows: list[Any], wishes: Wishes) -> Answer:
    name = plans.insurer_name(session, insurer)
    told = [plans.network_text(row) for row in rows[:3]]
    source = checked("our plan list", *(row.checked for row in rows))
    if wishes.plan_type:
        kind = PLAN_TYPE_NAMES[wishes.plan_type]
        lead = f"Our list does not say if we take {name} {kind} plans. This is what it holds:"
        return compose(lead, told, sms=[lead, *told, source], notes=[source], next_step=NEXT, found=False)
    lead = f"It depends on your {name} plan:"
    return compose(
        lead,
        told,
        sms=[lead, *told, source],
        notes=[source],
        next_step="Tell me the plan type on the card, such as HMO or PPO.",
    )


def _unlisted(session: Session, insurer: str) -> Answer:
    name = plans.insurer_name(session, insurer)
    dates = list(session.execute(select(PlanRow.checked)).scalars())
    source = checked("our plan list", *dates)
    lead = f"{name} is not in our list, so I cannot say if we take it. It may still pay some or all."
    return compose(
        lead,
        [
            "Ask the plan: is this program in network for IOP, and must you approve it first?",
            "Ask us for a free benefits check.",
        ],
        sms=[f"{name} is not in our list, so I cannot say if we take it.", source],
        notes=[source],
        next_step="Call the number on the card, or let us check for you.",
        found=False,
    )


def _general(session: Session) -> Answer:
    names = plans.in_network_names(session)
    dates = list(session.execute(select(PlanRow.checked)).scalars())
    source = checked("our plan list", *dates)
    more = " and others" if len(names) > LISTED else ""
    if names:
        lead = f"We are in network with at least some plans of {joined(names[:LISTED])}{more}."
    else:
        lead = "Our list holds no plan that we are in network with."
    return compose(
        lead,
        [
            "What you pay depends on your plan: the deductible (what you pay first) and the copay or coinsurance (your "
            "part after that).",
            NO_PROMISE,
        ],
        sms=[lead, source],
        notes=[source],
        next_step="Which plan do you have? I can look it up.",
    )

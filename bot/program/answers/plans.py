"""The provider's own rows about insurance plans, and how one is told. Nothing here says that a plan will pay."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from bot.program.answers.base import sentence
from bot.program.models import PlanRow
from bot.program.times import joined
from bot.program.vocabulary import INSURERS, PLAN_TYPE_NAMES, name_of
from bot.program.wishes import Wishes

PUBLIC = {"medicaid": "medicaid", "medicare": "medicare"}
"""Plan types that are an insurer by themselves when none is named."""


def insurer_of(wishes: Wishes) -> str | None:
    """The insurer asked about: the one named, or the public plan that a plan type stands for."""
    return wishes.insurer or PUBLIC.get(wishes.plan_type or "")


def rows_for(session: Session, insurer: str) -> list[Any]:
    """All rows of an insurer, in the profile's order."""
    query = select(PlanRow).where(PlanRow.insurer == insurer).order_by(PlanRow.position)
    return list(session.execute(query.options(selectinload(PlanRow.types))).scalars())


def row_for(session: Session, insurer: str, plan_type: str | None) -> Any:
    """The row that holds for this plan type; without a plan type the only row, if there is just one; else None."""
    rows = rows_for(session, insurer)
    if plan_type is None or plan_type == insurer:
        return rows[0] if len(rows) == 1 else None
    exact = [row for row in rows if plan_type in {item.plan_type for item in row.types}]
    general = [row for row in rows if not row.types]
    return next(iter([*exact, *general]), None)


def in_network_names(session: Session) -> list[str]:
    """Names of the insurers with an in-network row, in the profile's order, each once."""
    query = select(PlanRow).where(PlanRow.network == "in").order_by(PlanRow.position)
    return list(dict.fromkeys(plan_name(row) for row in session.execute(query).scalars()))


def plan_name(row: Any) -> str:
    """What a visitor reads for the row's insurer."""
    return str(row.name or name_of(row.insurer, INSURERS))


def insurer_name(session: Session, insurer: str) -> str:
    """What a visitor reads for an insurer, whether we list it or not."""
    rows = rows_for(session, insurer)
    return plan_name(rows[0]) if rows else name_of(insurer, INSURERS)


def types_text(row: Any) -> str:
    """The plan types of a row: "HMO and PPO plans"; empty when it holds for all."""
    names = [PLAN_TYPE_NAMES[item.plan_type] for item in row.types]
    return f"{joined(names)} plans" if names else ""


def network_text(row: Any) -> str:
    """One sentence on the network, with the plan types it holds for."""
    name = f"{plan_name(row)}{f' {types_text(row)}' if row.types else ''}"
    told = {
        "in": f"{name}: we are in network.",
        "out": f"{name}: we are out of network, so you would likely pay more.",
        "not_accepted": f"{name}: we do not take it.",
        "ask": f"{name}: we are not sure. Please ask us.",
    }
    return told[row.network]


def approval_text(row: Any) -> str:
    """One sentence on prior authorization; empty where it makes no sense."""
    if row.network == "not_accepted":
        return ""
    told = {
        "yes": "The plan must approve IOP before you start (prior authorization).",
        "no": "It asks for no approval before you start (prior authorization).",
        "ask": "Ask the plan if it must approve IOP first (prior authorization).",
    }
    return told[row.prior_authorization]


def note_text(row: Any) -> str:
    """The row's note as a sentence; empty without one."""
    return sentence(row.note) if row.note else ""

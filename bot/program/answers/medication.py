"""Which medications a person may take in the program. Never a dose, never whether somebody should take one."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.program.answers.base import Answer, capital, compose
from bot.program.answers.care import look_up, name
from bot.program.models import MedicationRow
from bot.program.times import joined
from bot.program.vocabulary import MEDICATIONS
from bot.program.wishes import Wishes

NEXT = "Please talk with the doctor who gave it to you before you change anything."


def answer(session: Session, wishes: Wishes, now: datetime) -> Answer | None:
    """The policy for the named medications, or for all; None when the profile lists none."""
    rows = list(session.execute(select(MedicationRow).order_by(MedicationRow.position)).scalars())
    if not rows:
        return None
    # "MAT" names no medication, so it asks for the whole list.
    asked = [slug for slug in wishes.medications if slug != "mat"]
    if asked:
        return look_up(rows, asked, MEDICATIONS, told=_told, next_step=NEXT)

    def names(policy: str) -> list[str]:
        return [name(row, MEDICATIONS) for row in rows if row.policy == policy]

    points = []
    if here := names("prescribed_here"):
        points.append(f"We can prescribe or give {joined(here)}.")
    if keep := names("may_continue"):
        points.append(f"You may keep taking {joined(keep)}.")
    rest = [f"Ask us first about {joined(ask)}." for ask in [names("ask")] if ask]
    rest += [f"We do not allow {joined(no, 'or')}." for no in [names("not_allowed")] if no]
    if rest:
        points.append(" ".join(rest))
    return compose("This is how our program handles medication:", points, sms=points, next_step=NEXT)


def _told(row: Any, told: str) -> str:
    return {
        "prescribed_here": f"Yes, {told} is fine here, and we can prescribe or give it.",
        "may_continue": f"Yes, you may keep taking {told} here.",
        "not_allowed": f"{capital(told)} is not allowed in our program.",
        "ask": f"About {told}, please ask us first.",
    }[row.policy]

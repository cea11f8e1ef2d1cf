"""Which substances the program treats."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.program.answers.base import Answer, compose
from bot.program.answers.care import look_up, name
from bot.program.models import SubstanceRow
from bot.program.times import joined
from bot.program.vocabulary import SUBSTANCE_GROUPS, SUBSTANCES
from bot.program.wishes import Wishes

NEXT = "A counselor talks with you about what you need."


def answer(session: Session, wishes: Wishes, now: datetime) -> Answer | None:
    """Whether the named substances are treated, or the whole list; None when the profile lists none."""
    rows = list(session.execute(select(SubstanceRow).order_by(SubstanceRow.position)).scalars())
    if not rows:
        return None
    if wishes.substances:
        return look_up(rows, wishes.substances, SUBSTANCES, told=_told, next_step=NEXT, groups=SUBSTANCE_GROUPS)
    groups = {
        answer: [name(row, SUBSTANCES) for row in rows if row.treated == answer] for answer in ("yes", "ask", "no")
    }
    treats = f"Our program treats {joined(groups['yes'])}." if groups["yes"] else "Ask us what our program treats."
    points = []
    if groups["ask"]:
        points.append(f"Ask us first about {joined(groups['ask'])}.")
    if groups["no"]:
        points.append(f"We do not treat {joined(groups['no'], 'or')}.")
    return compose(treats, points, sms=[treats, *points], next_step=NEXT)


def _told(row: Any, told: str) -> str:
    return {
        "yes": f"Yes, our program treats {told}.",
        "no": f"No, our program does not treat {told}.",
        "ask": f"About {told}, please ask us first.",
    }[row.treated]

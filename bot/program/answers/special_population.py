"""Whether certain groups of people, or needs such as childcare, are served."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.program.answers.base import Answer, compose
from bot.program.answers.care import look_up, name
from bot.program.models import PopulationRow
from bot.program.times import joined
from bot.program.vocabulary import POPULATIONS
from bot.program.wishes import Wishes

NEXT = "Ask us if you need anything else to take part."


def answer(session: Session, wishes: Wishes, now: datetime) -> Answer | None:
    """Whether the named groups are served, or the whole list; None when the profile lists none."""
    rows = list(session.execute(select(PopulationRow).order_by(PopulationRow.position)).scalars())
    if not rows:
        return None
    if wishes.populations:
        return look_up(rows, wishes.populations, POPULATIONS, told=_told, next_step=NEXT)
    points = []
    for served, lead in (("yes", "We have"), ("ask", "Ask us about"), ("no", "We do not have")):
        names = [name(row, POPULATIONS) for row in rows if row.served == served]
        if names:
            points.append(f"{lead} {'a place for ' if served == 'yes' else ''}{joined(names)}.")
    return compose("This is what our list says:", points, sms=points, next_step="Tell me which of these you ask about.")


def _told(row: Any, told: str) -> str:
    return {
        "yes": f"Yes: our list has {told}.",
        "no": f"No: our list says no for {told}.",
        "ask": f"About {told}, please ask us first.",
    }[row.served]

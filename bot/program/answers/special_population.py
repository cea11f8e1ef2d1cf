"""Whether certain groups of people, or needs such as childcare, are served."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.program.answers.base import Answer, compose
from bot.program.answers.care import look_up, name
from bot.program.models import PopulationRow
from bot.program.times import joined
from bot.program.vocabulary import NEEDS, POPULATIONS
from bot.program.wishes import Wishes

MOST_NAMES = 6
NEXT = "Ask us if you need anything else to take part."


def answer(session: Session, wishes: Wishes, now: datetime) -> Answer | None:
    """Whether the named groups are served, or the whole list; None when the profile lists none."""
    rows = list(session.execute(select(PopulationRow).order_by(PopulationRow.position)).scalars())
    if not rows:
        return None
    if wishes.populations:
        return look_up(rows, wishes.populations, POPULATIONS, told=_told, next_step=NEXT)
    points = []
    for kind, verb in ((False, "We serve"), (True, "We offer")):
        names = _names(rows, "yes", kind)
        if names:
            more = " There are more: just ask." if len(names) > MOST_NAMES else ""
            points.append(f"{verb} {joined(names[:MOST_NAMES])}.{more}")
    ask = [*_names(rows, "ask", False), *_names(rows, "ask", True)]
    no = [f"serve {joined(names, 'or')}" for names in [_names(rows, "no", False)] if names]
    no += [f"offer {joined(names, 'or')}" for names in [_names(rows, "no", True)] if names]
    rest = [f"Ask us about {joined(ask)}."] if ask else []
    rest += [f"We do not {' or '.join(no)}."] if no else []
    if rest:
        points.append(" ".join(rest))
    return compose("This is what our list says:", points, sms=points, next_step="Tell me which of these you ask about.")


def _names(rows: list[Any], served: str, need: bool) -> list[str]:
    return [name(row, POPULATIONS) for row in rows if row.served == served and (row.slug in NEEDS) == need]


def _told(row: Any, told: str) -> str:
    verb = "offer" if row.slug in NEEDS else "serve"
    return {
        "yes": f"Yes, we {verb} {told}.",
        "no": f"No, we do not {verb} {told}.",
        "ask": f"About {told}, please ask us first.",
    }[row.served]

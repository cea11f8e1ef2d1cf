"""How many weeks in all: each track's own length, and hours in all."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.program.answers import tracks as t
from bot.program.answers.base import MOST_POINTS, Answer, checked, compose
from bot.program.times import hours_text, joined
from bot.program.wishes import Wishes

NEXT = "A counselor plans the real length with you."


def answer(session: Session, wishes: Wishes, now: datetime) -> Answer | None:
    """Weeks of the tracks, and whether a wished number of weeks fits one; None without tracks."""
    rows = t.fitting_tracks(session, wishes) or t.all_tracks(session)
    if not rows:
        return None
    minutes = t.minutes_per_week(session)
    groups: dict[tuple[int, int], list[Any]] = {}
    for row in rows:
        groups.setdefault((row.weeks_min, row.weeks_max), []).append(row)
    points, short = [], []
    for same in list(groups.values())[:MOST_POINTS]:
        names = joined(row.name for row in same)
        low = min(minutes[row.id] * row.weeks_min for row in same)
        high = max(minutes[row.id] * row.weeks_max for row in same)
        in_all = hours_text(low) if low == high else f"{hours_text(low).split()[0]} to {hours_text(high)}"
        points.append(f"{names}: {t.weeks(same[0])}. That is {in_all} in all.")
        short.append(f"{names}: {t.weeks(same[0])}.")
    source = checked("our own schedule", *(row.checked for row in rows))
    lead = "This is how long our groups last:"
    wanted = wishes.duration_weeks
    if wanted is not None:
        fits = [row.name for row in rows if row.weeks_min <= wanted <= row.weeks_max]
        about = f"{wanted} week{'' if wanted == 1 else 's'}"
        lead = f"{about} can fit {joined(fits)}." if fits else f"None of our groups is planned for {about}."
    return compose(
        lead,
        points,
        sms=[lead, *short, source] if wanted is not None else [*short, source],
        notes=["Your own plan can be shorter or longer.", source],
        next_step=NEXT,
    )

"""Online or from home: the tracks that meet online, and the states from which people may join."""

from datetime import datetime

from sqlalchemy.orm import Session

from bot.program.answers import tracks as t
from bot.program.answers.areas import area_of
from bot.program.answers.base import MOST_POINTS, Answer, checked, compose
from bot.program.times import joined
from bot.program.wishes import Wishes

ASK = "Ask us if that can change, or look at FindTreatment.gov."


def answer(session: Session, wishes: Wishes, now: datetime) -> Answer | None:
    """Tracks online or mixed, and whether the visitor's state is one of theirs; None without tracks."""
    rows = t.all_tracks(session)
    if not rows:
        return None
    online = [row for row in rows if row.format == "telehealth"]
    mixed = [row for row in rows if row.format == "hybrid"]
    source = checked("our own schedule", *(row.checked for row in rows))
    if not online and not mixed:
        return compose("All our groups meet in person.", sms=["All our groups meet in person.", source], next_step=ASK)
    minutes = t.minutes_per_week(session)
    area = area_of(wishes.zip) if wishes.zip else None
    state = wishes.state or (area.state if area else None)
    open_to = [row for row in [*online, *mixed] if state is None or state in {item.state for item in row.states}]
    if not open_to:
        states = joined(sorted({item.state for row in [*online, *mixed] for item in row.states}))
        lead = f"We cannot offer our online groups in {state}. Our staff may treat people online only in {states}."
        return compose(lead, sms=[lead, source], notes=[source], next_step=ASK)
    lead = "Yes, you can take part from home:" if any(row in online for row in open_to) else "Yes, in part:"
    points = []
    for row in open_to[:MOST_POINTS]:
        states = joined(item.state for item in row.states)
        who = f" It is open to people in {states}." if row.states else ""
        points.append(f"{t.described(row, minutes[row.id])}{who}")
    states = joined(sorted({item.state for row in open_to for item in row.states}))
    return compose(
        lead,
        points,
        sms=[f"{row.name} ({t.place(row)}): {t.when(row, short=True)}." for row in open_to[:2]]
        + ([f"For people in {states}."] if states else [])
        + [source],
        notes=["You must be in that state when you join, since licenses hold by state.", source]
        if states
        else [source],
        next_step="Tell me your state, and I can check." if state is None else "Ask me about cost, or how to start.",
    )

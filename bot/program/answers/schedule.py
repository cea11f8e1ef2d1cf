"""Days and times: the tracks that fit what the visitor wishes, or plainly that none does and what comes nearest."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.program.answers import tracks as t
from bot.program.answers.base import MOST_POINTS, Answer, checked, compose
from bot.program.times import hours_text, joined
from bot.program.vocabulary import FORMAT_NAMES, LEVEL_NAMES
from bot.program.wishes import Wishes

NEXT = "Tell me your best days and times, and I can check them."
ASK = "Ask us: more can open, and the office can check for you."


def answer(session: Session, wishes: Wishes, now: datetime) -> Answer | None:
    """The schedule answer, filtered by days, times, work hours and format; None without tracks."""
    rows = t.all_tracks(session)
    if not rows:
        return None
    minutes = t.minutes_per_week(session)
    other = t.other_level(session, wishes)
    if other:
        offered = joined(LEVEL_NAMES[level] for level in t.offered_levels(session))
        return compose(
            f"We do not offer {other}, so I have no times for it. We offer {offered}.",
            sms=[f"We do not offer {other}, so I have no times for it.", f"We offer {offered}."],
            next_step="FindTreatment.gov lists programs of every kind.",
            found=False,
        )
    wished = _wished(session, wishes)
    fits = t.fitting_tracks(session, wishes)
    if not wished:
        return _told(fits, minutes, "These are our groups:", "Our groups:", session, wishes)
    if fits:
        count = "One group meets" if len(fits) == 1 else f"{len(fits)} groups meet"
        return _told(fits, minutes, f"{count} {wished}:", f"{count} {wished}:", session, wishes)
    near = t.touching_tracks(session, wishes)
    if near:
        lead = f"We have no group that meets only {wished}. The nearest fit in part:"
        return _told(near, minutes, lead, f"No group meets only {wished}. Nearest:", session, wishes, ASK)
    lead = f"We have no group that meets {wished}. This is what we have:"
    return _told(rows, minutes, lead, f"No group meets {wished}. We have:", session, wishes, ASK)


def _wished(session: Session, wishes: Wishes) -> str:
    """What was wished, as the end of "one group meets ..."; empty when nothing was."""
    parts = []
    if wishes.work:
        parts.append(f"around {wishes.work.label}")
    if wishes.days_label:
        parts.append(wishes.days_label)
    if wishes.times:
        parts.append(joined((wish.label for wish in wishes.times), "or"))
    if wishes.format:
        parts.append(FORMAT_NAMES[wishes.format])
    if wishes.level_of_care and wishes.level_of_care != "iop":
        parts.append(f"as {LEVEL_NAMES[wishes.level_of_care]}")
    if t.reachable(session, wishes) is not None:
        parts.append(f"in reach of {wishes.zip}")
    return " ".join(parts)


def _told(
    rows: list[Any],
    minutes: dict[str, int],
    lead: str,
    short_lead: str,
    session: Session,
    wishes: Wishes,
    next_step: str = NEXT,
) -> Answer:
    shown = rows[:MOST_POINTS]
    notes = []
    if len(rows) > len(shown):
        notes.append(f"We also have {joined(row.name for row in rows[MOST_POINTS:])}.")
    if wishes.work:
        notes.append(
            f"I counted your work on weekdays, and left {t.TRAVEL_MINUTES} minutes for the way to groups that meet "
            "at a place. Tell me if it takes longer."
        )
    if wishes.fewer_days:
        notes.append(_fewest(session, rows, minutes))
    notes += t.usual_name(rows, minutes)
    notes.append(checked("our own schedule", *(row.checked for row in rows)))
    short = [f"{row.name} ({t.place(row)}): {t.when(row, short=True)}." for row in shown]
    return compose(
        lead,
        [t.described(row, minutes[row.id]) for row in shown],
        sms=[f"{short_lead} {short[0]}", *short[1:], notes[-1]],
        notes=notes,
        next_step=next_step,
    )


def _fewest(session: Session, rows: list[Any], minutes: dict[str, int]) -> str:
    days = t.days_per_week(session)
    row = min(rows, key=lambda item: days[item.id])
    count = f"{days[row.id]} day{'' if days[row.id] == 1 else 's'}"
    return f"{row.name} has the fewest days: {count} and {hours_text(minutes[row.id])} a week."

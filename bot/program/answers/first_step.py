"""How to get started: the first visit as the provider tells it, how soon, and when the office is open."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.program.answers.base import MOST_POINTS, Answer, checked, compose, dollars, phone_text, sentence
from bot.program.hours import is_open, next_opening
from bot.program.models import PriceRow
from bot.program.times import joined, spoken
from bot.program.transfer import current_program
from bot.program.vocabulary import DAY_NAMES, DAYS
from bot.program.wishes import Wishes


def answer(session: Session, wishes: Wishes, now: datetime) -> Answer | None:
    """The intake's steps, length and usual wait; None when the profile holds no intake."""
    profile = current_program(session)
    intake = profile.intake
    if intake is None:
        return None
    source = checked("our own plan for first visits", intake.checked)
    notes = []
    if intake.how_soon:
        notes.append(sentence(intake.how_soon))
    if intake.minutes:
        notes.append(f"Plan for about {intake.minutes} minutes.")
    query = select(PriceRow).where(PriceRow.unit == "assessment").order_by(PriceRow.position)
    price = session.execute(query).scalars().first()
    if price is not None:
        notes.append(f"It costs {dollars(price.cash_price)}, cash price.")
    if intake.bring:
        notes.append(f"Bring {joined(intake.bring)}.")
    phone = phone_text(profile.provider.phone)
    if is_open(profile, now):
        step = f"You can call us now: {phone}."
    else:
        opening = next_opening(profile, now)
        when = (
            f" We open {DAY_NAMES[DAYS[opening.weekday()]]} at {spoken(opening.hour * 60 + opening.minute)}."
            if opening
            else ""
        )
        step = f"You can call us at {phone}.{when}"
    steps = [sentence(text) for text in intake.steps]
    return compose(
        "This is how you get started with us:",
        steps[:MOST_POINTS],
        sms=[steps[0], step, *notes[:2]],
        notes=[*notes, source],
        next_step=step,
    )

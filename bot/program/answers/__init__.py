"""Answers composed from the program's data, one module a topic."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from bot.program.answers import (
    cost,
    duration,
    financial_help,
    first_step,
    insurance,
    location,
    medication,
    schedule,
    special_population,
    substances,
    telehealth,
)
from bot.program.answers.base import Answer
from bot.program.transfer import has_program
from bot.program.wishes import Wishes

COMPOSERS: dict[str, Callable[[Session, Wishes, datetime], Answer | None]] = {
    "cost": cost.answer,
    "duration": duration.answer,
    "financial_help": financial_help.answer,
    "first_step": first_step.answer,
    "insurance": insurance.answer,
    "location": location.answer,
    "medication": medication.answer,
    "schedule": schedule.answer,
    "special_population": special_population.answer,
    "substances": substances.answer,
    "telehealth": telehealth.answer,
}
"""Topics that are answered from the program's data; the intent's name is "ask_" before it."""


def answer(topic: str, session: Session, wishes: Wishes, now: datetime) -> Answer | None:
    """The composed answer to a topic ("ask_cost" or "cost") at this moment (aware datetime).

    None when the topic is not answered from the program's data, when no program has been imported, or when the
    profile holds nothing at all on the topic: a reviewed response is due then.
    """
    compose = COMPOSERS.get(topic.removeprefix("ask_"))
    return compose(session, wishes, now) if compose is not None and has_program(session) else None


__all__ = ["COMPOSERS", "Answer", "answer"]

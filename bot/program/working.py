"""The parts of a profile on working time and on answering a request: days off, extra days, the escalation ladder."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, Field

from bot.program.fields import STRICT, Slug, Words
from bot.program.times import Range

Who = Literal["owner", "backups", "supervisor", "on_call"]


class Part(BaseModel):
    """A group of keys of the YAML file."""

    model_config = STRICT


class Closure(Part):
    """Days on which nobody works, both ends included."""

    first: date
    last: date
    locations: list[Slug] = []
    """Ids of the places that are closed; none listed: all, and the office."""
    note: Words | None = None


class ExtraDay(Part):
    """A day with hours of its own; they stand in place of the week's, of a public holiday and of a closure."""

    day: date
    hours: list[Range] = Field(min_length=1)
    people: list[Slug] = []
    """Ids of the professionals who work then; none listed: all of them, and the office."""
    note: Words | None = None


class Calendar(Part):
    """What differs from the ordinary week."""

    public_holidays: bool = True
    """Whether the public holidays of a location's state are days off."""
    open_on: list[Words] = []
    """Names of public holidays that are ordinary days here, such as Veterans Day."""
    closures: list[Closure] = []
    extra_days: list[ExtraDay] = []


class LadderStep(Part):
    """Who is asked next, and how long each of them has before the one after."""

    who: Who
    minutes: int = Field(ge=1, le=24 * 60)


def _steps() -> list[LadderStep]:
    return [
        LadderStep(who="owner", minutes=5),
        LadderStep(who="backups", minutes=5),
        LadderStep(who="supervisor", minutes=5),
        LadderStep(who="on_call", minutes=10),
    ]


class HandOff(Part):
    """How fast a request is answered, and who hears of it when it is not."""

    contact_minutes: int = Field(default=15, ge=1, le=24 * 60)
    """Working minutes within which the visitor is to be contacted for the first time; visitors are told this time."""
    opening_minutes: int = Field(default=15, ge=1, le=24 * 60)
    """The same for a request outside working hours, counted from the next opening."""
    supervisors: list[Slug] = []
    """Ids of professionals, first to last."""
    ladder: list[LadderStep] = Field(default_factory=_steps, min_length=1)
    """The owner first: their minutes are the time to say "I have it"."""

    @property
    def claim_minutes(self) -> int:
        """Working minutes that the professional whom the visitor agreed to has for saying "I have it"."""
        return self.ladder[0].minutes

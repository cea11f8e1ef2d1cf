"""The provider's profile: what one YAML file says about the provider, its program, prices, plans and people.

Unknown keys and wrong types are errors: a price that is silently ignored would become a wrong answer.
"""

from datetime import date
from typing import Literal

from pydantic import BaseModel, Field, model_validator

from bot.program.checks import cross_problems
from bot.program.fields import (
    STRICT,
    Dollars,
    Email,
    Language,
    Phone,
    Slug,
    State,
    TimeZone,
    Website,
    Words,
    Zip,
)
from bot.program.problems import CrossReferenceError
from bot.program.times import Range, TimeRange
from bot.program.vocabulary import Day, Format, Level, PlanType, YesNoAsk
from bot.program.working import Calendar, HandOff

Week = dict[Day, list[Range]]
"""The stretches of each day of a week; a day without one is left out."""
Unit = Literal["session", "day", "week", "course", "assessment"]


class Part(BaseModel):
    """A group of keys of the YAML file."""

    model_config = STRICT


class PrivacyContact(Part):
    """Whom a visitor asks about their data."""

    name: Words
    email: Email
    phone: Phone | None = None


class Provider(Part):
    """Who runs the program and this assistant."""

    name: Words
    legal_name: Words
    discreet_name: Words | None = None
    """The name under which visitors get texts, when `name` tells too much: the brand that the carriers know."""
    phone: Phone
    sms_number: Phone | None = None
    website: Website
    licence: Words
    time_zone: TimeZone
    who_pays: Words
    """One or two whole sentences: who pays for the assistant and whether anybody pays for referrals."""
    who_pays_es: Words | None = None
    """The same in Spanish, for who reads that."""
    privacy_contact: PrivacyContact
    office_hours: Week = {}
    languages: list[Language] = Field(default=["en"], min_length=1)


class Location(Part):
    """A place where sessions are held, and the area it serves."""

    id: Slug
    name: Words
    address: Words
    city: Words
    state: State
    zip: Zip
    phone: Phone | None = None
    transport: Words | None = None
    parking: Words | None = None
    served_zips: list[Zip] = []
    radius_miles: int | None = Field(default=None, ge=1, le=300)


class Track(Part):
    """One weekly schedule that a person can join."""

    id: Slug
    name: Words
    level: Level = "iop"
    format: Format
    location: Slug | None = None
    """Id of the place; none for an online track."""
    for_whom: Words
    """Whom the track is for, as the end of "It is for ...": "adults 18 and older"."""
    sessions: Week = Field(min_length=1)
    weeks_min: int = Field(ge=1, le=104)
    weeks_max: int = Field(ge=1, le=104)
    start_rule: Words
    """When new people can start, as a whole sentence."""
    states: list[State] = []
    """States whose residents may join online: where the staff is licensed."""
    checked: date

    @property
    def minutes_per_week(self) -> int:
        """Minutes of sessions in a week."""
        return sum(stretch.end - stretch.start for stretches in self.sessions.values() for stretch in stretches)

    @property
    def hours_per_week(self) -> float:
        """Hours of sessions in a week."""
        return self.minutes_per_week / 60


class Price(Part):
    """A price of the provider's own list, with its unit."""

    id: Slug
    name: Words
    unit: Unit
    cash_price: Dollars
    list_price: Dollars | None = None
    tracks: list[Slug] = []
    """Ids of the tracks that it holds for; none listed: all."""
    includes: list[Words] = []
    note: Words | None = None
    checked: date


class Plan(Part):
    """What the provider knows about one insurer, or about some plan types of it."""

    insurer: Slug
    name: Words | None = None
    plan_types: list[PlanType] = []
    """The plan types that the row holds for; none listed: all."""
    network: Literal["in", "out", "not_accepted", "ask"]
    prior_authorization: YesNoAsk = "ask"
    note: Words | None = None
    checked: date


class Tier(Part):
    """One step of the sliding scale."""

    up_to: int | None = Field(default=None, ge=1, le=10_000_000)
    """Upper bound, inclusive, in the scale's basis; none: no upper bound."""
    fee: Dollars


class SlidingScale(Part):
    """Lower fees by income."""

    basis: Literal["poverty_percent", "yearly_income"]
    """Tiers count in percent of the federal poverty level, or in dollars of household income a year."""
    unit: Literal["session", "day", "week"]
    tiers: list[Tier] = Field(min_length=1)
    proof: Words | None = None
    note: Words | None = None
    checked: date


class Aid(Part):
    """One way to pay less or later."""

    kind: Literal["payment_plan", "state_funded", "grant", "other"]
    available: YesNoAsk
    text: Words
    """A whole sentence for visitors."""
    checked: date


class Substance(Part):
    """A substance, or gambling, and whether the program treats it."""

    slug: Slug
    name: Words | None = None
    treated: YesNoAsk
    note: Words | None = None


class Medication(Part):
    """A medication and what the program allows; never a dose."""

    slug: Slug
    name: Words | None = None
    policy: Literal["prescribed_here", "may_continue", "not_allowed", "ask"]
    note: Words | None = None


class CoOccurringCare(Part):
    """Care for a mental health condition beside the substance use."""

    offered: YesNoAsk
    conditions: list[Words] = []
    note: Words | None = None


class Population(Part):
    """A group of people, or a need such as childcare, and whether the program serves it."""

    slug: Slug
    name: Words | None = None
    served: YesNoAsk
    note: Words | None = None


class Professional(Part):
    """Somebody who takes over a visitor who asks for a person."""

    id: Slug
    name: Words
    role: Words
    role_es: Words | None = None
    """The same in Spanish."""
    email: Email
    phone: Phone | None = None
    locations: list[Slug] = Field(min_length=1)
    languages: list[Language] = Field(default=["en"], min_length=1)
    formats: list[Format] = Field(default=["in_person", "telehealth", "hybrid"], min_length=1)
    states: list[State] = []
    specialties: list[Slug] = []
    """Substances and groups of people that they know best: slugs of the vocabulary or of this profile."""
    hours: Week = Field(min_length=1)
    time_zone: TimeZone | None = None
    """Of the hours; none: the provider's."""
    backups: list[Slug] = []
    """Ids of those who step in, first to last."""


class OnCall(Part):
    """Whom the staff alert of an emergency goes to."""

    people: list[Slug] = []
    """Ids of professionals, first to last; none listed: all of them."""
    minutes: int = Field(default=5, ge=1, le=120)
    """How long one has to say "I have it" before the next is told."""


class Intake(Part):
    """What the first visit is like; only what is listed here is told."""

    steps: list[Words] = Field(min_length=1)
    minutes: int | None = Field(default=None, ge=5, le=600)
    how_soon: Words | None = None
    """How soon people usually get it, as a whole sentence."""
    bring: list[Words] = []
    checked: date


class Profile(Part):
    """Everything that the assistant knows about one provider."""

    provider: Provider
    locations: list[Location] = Field(min_length=1)
    tracks: list[Track] = Field(min_length=1)
    prices: list[Price] = []
    plans: list[Plan] = []
    sliding_scale: SlidingScale | None = None
    financial_help: list[Aid] = []
    substances: list[Substance] = []
    medications: list[Medication] = []
    co_occurring: CoOccurringCare | None = None
    populations: list[Population] = []
    professionals: list[Professional] = Field(min_length=1)
    on_call: OnCall = OnCall()
    calendar: Calendar = Calendar()
    hand_off: HandOff = HandOff()
    intake: Intake | None = None

    @model_validator(mode="after")
    def _references_hold(self) -> "Profile":
        problems = cross_problems(self)
        if problems:
            raise CrossReferenceError(problems)
        return self


__all__ = [
    "Aid",
    "Calendar",
    "CoOccurringCare",
    "HandOff",
    "Intake",
    "Location",
    "Medication",
    "OnCall",
    "Plan",
    "Population",
    "Price",
    "PrivacyContact",
    "Professional",
    "Profile",
    "Provider",
    "SlidingScale",
    "Substance",
    "Tier",
    "TimeRange",
    "Track",
    "Unit",
    "Week",
]

"""What a visitor wishes or told about themselves, gathered from the entities of the conversation."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any, get_args

from bot.program.times import MIDNIGHT, day_list, joined, minutes_of, spoken
from bot.program.vocabulary import DAYS, WEEKDAYS, WEEKEND, Format, PlanType
from bot.program.wording import OVERNIGHT, population_in, says_fewer_days, says_plan_pays, work_hours_in, works

PARTS: dict[str, tuple[int, int, int]] = {
    # starts from, starts before, ends by
    "morning": (5 * 60, 12 * 60, 13 * 60),
    "afternoon": (12 * 60, 17 * 60, 18 * 60),
    "evening": (17 * 60, MIDNIGHT, MIDNIGHT),
    "night": (17 * 60, MIDNIGHT, MIDNIGHT),
}
PER_YEAR = {"month": 12, "week": 52}
"""How often an income of such a period comes in a year; an income without a period is one of a year."""
WEEKS_IN = {"day": Decimal(1) / 7, "week": Decimal(1), "month": Decimal(52) / 12, "year": Decimal(52)}


@dataclass(frozen=True)
class TimeWish:
    """One window for sessions, in minutes since midnight, and its name in an answer ("after 5 pm")."""

    label: str
    starts_from: int = 0
    starts_before: int = MIDNIGHT
    ends_by: int = MIDNIGHT


@dataclass(frozen=True)
class Busy:
    """Work on weekdays, in minutes since midnight; a side that was not told is None."""

    start: int | None = None
    end: int | None = None

    @property
    def label(self) -> str:
        """What the answer says it counted with: "work from 9 am to 6 pm"."""
        start = f" from {spoken(self.start)}" if self.start is not None else ""
        return f"work{start}{f' until {spoken(self.end)}' if self.end is not None else ''}"


@dataclass(frozen=True)
class Wishes:
    """All that an answer can take into account; what was not said is None or empty. Sums are dollars."""

    days: tuple[str, ...] = ()
    days_label: str = ""
    times: tuple[TimeWish, ...] = ()
    work: Busy | None = None
    fewer_days: bool = False
    format: str | None = None
    zip: str | None = None
    state: str | None = None
    insurer: str | None = None
    plan_type: str | None = None
    duration_weeks: int | None = None
    coinsurance_percent: Decimal | None = None
    deductible_left: Decimal | None = None
    copay: Decimal | None = None
    out_of_pocket_max: Decimal | None = None
    yearly_income: Decimal | None = None
    money: Decimal | None = None
    """A sum whose part nobody named."""
    plan_share_told: bool = False
    """The percentage was told as the plan's share; coinsurance_percent is the rest."""
    substances: tuple[str, ...] = ()
    medications: tuple[str, ...] = ()
    populations: tuple[str, ...] = ()
    person: str | None = None
    level_of_care: str | None = None

    @classmethod
    def from_entities(
        cls, entities: Iterable[Mapping[str, Any]], slots: Mapping[str, Any] | None = None, text: str = ""
    ) -> "Wishes":
        """Wishes from entities ({"entity", "value"}), then slots of the same names, then plain words of the message.

        The newest entity comes first in `entities` and wins where only one can hold. `text` is optional: it tells
        work hours from wished hours, and finds groups of people when no entity names one. Values of the wrong shape
        are ignored, since a half-understood wish must not stop an answer.
        """
        given: dict[str, list[Any]] = {}
        for entity in entities:
            given.setdefault(str(entity.get("entity")), []).append(entity.get("value"))
        for name in ("zip", "state", "insurer", "plan_type", "person", "population"):
            slot = (slots or {}).get(name)
            if name not in given and slot:
                given[name] = [slot]
        if "zip" not in given and (slots or {}).get("contact_zip"):
            given["zip"] = [(slots or {})["contact_zip"]]

        def words(name: str) -> tuple[str, ...]:
            return tuple(dict.fromkeys(value for value in given.get(name, []) if isinstance(value, str) and value))

        def first(name: str) -> str | None:
            return next(iter(words(name)), None)

        zip_code = first("zip")
        form = first("format")
        plan_type = first("plan_type")
        wishes = cls(
            fewer_days=says_fewer_days(text),
            format=form if form in get_args(Format) else None,
            zip=zip_code if zip_code and re.fullmatch(r"\d{5}", zip_code) else None,
            state=first("state"),
            insurer=first("insurer"),
            plan_type=plan_type if plan_type in get_args(PlanType) else None,
            duration_weeks=_weeks(given.get("duration", [])),
            substances=words("substance"),
            medications=words("medication"),
            populations=words("population") or population_in(text),
            person=first("person"),
            level_of_care=first("level_of_care"),
        )
        wishes = _with_days(wishes, words("day"))
        wishes = _with_times(wishes, given.get("time", []), text)
        return _with_money(wishes, given.get("money", []), given.get("percent", []), text)


def _weeks(values: list[Any]) -> int | None:
    for value in values:
        if not isinstance(value, Mapping):
            continue
        number, unit = _decimal(value.get("value")), WEEKS_IN.get(str(value.get("unit")).rstrip("s"))
        if number is not None and unit is not None and 0 < number * unit <= 104:
            return math.ceil(number * unit)
    return None


def _with_days(wishes: Wishes, values: tuple[str, ...]) -> Wishes:
    days: set[str] = set()
    for value in values:
        days |= set(WEEKDAYS if value == "weekday" else WEEKEND if value == "weekend" else [value])
    ordered = tuple(day for day in DAYS if day in days)
    label = "on weekends" if ordered == WEEKEND else "on weekdays" if ordered == WEEKDAYS else f"on {day_list(ordered)}"
    return replace(wishes, days=ordered, days_label=label if ordered else "")


def _with_times(wishes: Wishes, values: list[Any], text: str) -> Wishes:
    """Windows for sessions, or the hours of work when the message speaks of work."""
    told = [value for value in values if isinstance(value, Mapping)]
    at_work = [value for value in told if value.get("role") == "work"]
    if at_work or works(text):
        # Times that the understanding marked as work are work; without such marks, all of a message about work are.
        busy = _busy(at_work or told) or (Busy(*found) if (found := work_hours_in(text)) else None)
        if busy:
            wishes = replace(wishes, work=busy)
            told = [value for value in told if value not in at_work] if at_work else []
    parts = dict.fromkeys(str(value["part"]) for value in told if value.get("part") in PARTS)
    windows = tuple(TimeWish(f"in the {part}" if part != "night" else "at night", *PARTS[part]) for part in parts)
    earliest, latest = _bounds(told)
    if earliest is None and latest is None:
        return replace(wishes, times=windows)
    label = joined(
        ([f"after {spoken(earliest)}"] if earliest is not None else [])
        + ([f"before {spoken(latest)}"] if latest is not None else [])
    )
    return replace(wishes, times=(TimeWish(label, starts_from=earliest or 0, ends_by=latest or MIDNIGHT),))


def _bounds(values: list[Mapping[str, Any]]) -> tuple[int | None, int | None]:
    """The tightest window that all told times leave."""
    earliest: int | None = None
    latest: int | None = None
    for value in values:
        between = value.get("between")
        pair = between if isinstance(between, list | tuple) and len(between) == 2 else (None, None)
        for clock in (value.get("after"), value.get("at"), pair[0]):
            if (minute := _minute(clock)) is not None:
                earliest = minute if earliest is None else max(earliest, minute)
        for clock in (value.get("before"), pair[1]):
            if (minute := _minute(clock)) is not None:
                latest = minute if latest is None else min(latest, minute)
    return earliest, latest


def _busy(values: list[Mapping[str, Any]]) -> Busy | None:
    """Work hours that cover all told times: "nine to five, until six" ends at six."""
    starts: list[int] = []
    ends: list[int] = []
    for value in values:
        if value.get("part") == "night":
            return Busy(*OVERNIGHT)
        between = value.get("between")
        pair = between if isinstance(between, list | tuple) and len(between) == 2 else (None, None)
        starts += [minute for clock in (value.get("after"), pair[0]) if (minute := _minute(clock)) is not None]
        ends += [
            minute
            for clock in (value.get("before"), value.get("at"), pair[1])
            if (minute := _minute(clock)) is not None
        ]
    # "I work nine to five, so after six": the later time is what is wished, and waiting until then covers the work.
    ends += [start for start in starts[1:] if ends and start >= max(ends)]
    starts = starts[:1]
    if not starts and not ends:
        return None
    return Busy(starts[0] if starts else None, max(ends) if ends else None)


def _minute(clock: Any) -> int | None:
    try:
        return minutes_of(clock) if isinstance(clock, str) else None
    except ValueError:
        return None


def _decimal(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() and number >= 0 else None


ROLES = {
    "deductible": "deductible_left",
    "copay": "copay",
    "out_of_pocket_max": "out_of_pocket_max",
    "oop_max": "out_of_pocket_max",
    "maximum": "out_of_pocket_max",
    "income": "yearly_income",
}
ROLE_WORDS = (
    ("deductible_left", "deductible"),
    ("copay", r"co-?pay"),
    ("out_of_pocket_max", r"(out.of.pocket|oop).{0,5}max"),
    ("yearly_income", r"\b(earn|income|make|salary)"),
)


def _with_money(wishes: Wishes, sums: list[Any], percents: list[Any], text: str) -> Wishes:
    found: dict[str, Any] = {}
    for value in sums:
        role = ROLES.get(str(value.get("role"))) if isinstance(value, Mapping) else None
        amount = _decimal(value.get("amount") if isinstance(value, Mapping) else value)
        if amount is not None and role == "yearly_income":
            amount *= PER_YEAR.get(str(value.get("period")), 1)
        if amount is not None and amount <= 1_000_000:
            found.setdefault(role or "money", amount)
    spoken_roles = [field for field, pattern in ROLE_WORDS if re.search(pattern, text, re.IGNORECASE)]
    if "money" in found and len(found) == 1 and len(spoken_roles) == 1:
        found[spoken_roles[0]] = found.pop("money")
    percent = next((number for value in percents if (number := _decimal(value)) is not None and number <= 100), None)
    if percent is not None:
        share = says_plan_pays(text)
        found |= {"coinsurance_percent": 100 - percent if share else percent, "plan_share_told": share}
    return replace(wishes, **found)

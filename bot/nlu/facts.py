"""All facts in a text: the listed words (found in the repaired text), times, figures and places (found as typed)."""

from __future__ import annotations

from dataclasses import replace

from bot.nlu.clock import find_day_runs, find_durations, find_times
from bot.nlu.entity_context import REPAIRED, Entity
from bot.nlu.entity_patterns import find_listed
from bot.nlu.figures import find_contacts, find_money, find_places
from bot.nlu.spelling import Repaired

# The kinds that digits can be, the surest first: what one has taken is not read as another.
_DIGIT_KINDS = ("email", "phone", "money", "percent", "zip", "duration", "time")


def find_facts(text: str, repaired: Repaired | None = None) -> list[Entity]:
    """The entities in order of place, with offsets into `text`; `repaired` is the text's repair, when there is one."""
    listed = find_listed(repaired.text if repaired else text.lower())
    if repaired and repaired.changed:
        listed = [_as_typed(fact, repaired) for fact in listed]
    digits = [*find_contacts(text), *find_money(text), *find_places(text), *find_durations(text), *find_times(text)]
    found: list[Entity] = [fact for fact in digits if fact.entity not in _DIGIT_KINDS]
    taken: list[Entity] = []
    for kind in _DIGIT_KINDS:
        for fact in digits:
            if fact.entity == kind and not any(fact.start < other.end and other.start < fact.end for other in taken):
                taken.append(fact)
    runs = find_day_runs(text)
    runs = [fact for fact in runs if not _within(fact, listed)]
    listed = [fact for fact in listed if not _within(fact, runs)] + runs
    # "Oregon Health Plan" tells the plan; where the visitor lives is another matter.
    found = [fact for fact in found if not (fact.entity == "state" and _inside_insurer(fact, listed))]
    # "after work" is a part of the day unless a clock time covers it; "5 in the morning" is a clock time.
    listed = [fact for fact in listed if fact.entity != "time" or not _within(fact, taken)]
    listed = [
        fact for fact in listed if fact.entity in ("day", "time", "person") or not _covered_by_contact(fact, taken)
    ]
    return sorted([*found, *taken, *listed], key=lambda fact: (fact.start, fact.end, fact.entity))


def _as_typed(fact: Entity, repaired: Repaired) -> Entity:
    """The fact's place in the text as typed; less sure when repair had a hand in it."""
    mended = any(fact.start < change.new_end and change.new_start < fact.end for change in repaired.changes)
    start, end = repaired.origin(fact.start, fact.end)
    return replace(fact, start=start, end=end, confidence=min(fact.confidence, REPAIRED if mended else 1.0))


def _inside_insurer(fact: Entity, listed: list[Entity]) -> bool:
    return any(other.entity == "insurer" and other.start <= fact.start and fact.end <= other.end for other in listed)


def _within(fact: Entity, others: list[Entity]) -> bool:
    return any(other.entity == fact.entity and other.start <= fact.start and fact.end <= other.end for other in others)


def _covered_by_contact(fact: Entity, taken: list[Entity]) -> bool:
    return any(other.entity in ("email", "phone") and other.start <= fact.start < other.end for other in taken)

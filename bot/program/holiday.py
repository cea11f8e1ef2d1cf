"""Public holidays by state, from the package `holidays`."""

from datetime import date
from functools import lru_cache
from typing import Any

OBSERVED = " (observed)"
SAMPLE = (2025, 2026, 2027, 2028)
"""Years whose holidays give all names: elections come every second year."""


def holidays_of(state: str, day: date) -> list[str]:
    """Names of the public holidays of this date, also of one that is only observed then; none on an ordinary day."""
    found = _calendar(state).get(day)
    return [name.removesuffix(OBSERVED) for name in found.split("; ")] if found else []


@lru_cache(maxsize=8)
def known_holidays(states: frozenset[str]) -> frozenset[str]:
    """Names of the public holidays of these states."""
    found = [name for state in states for name in _calendar(state, SAMPLE).values()]
    return frozenset(part.removesuffix(OBSERVED) for name in found for part in name.split("; "))


def plain(name: str) -> str:
    """A name for comparing: the states write Presidents Day with and without an apostrophe."""
    return name.replace("'", "").replace("\u2019", "").casefold()


@lru_cache(maxsize=64)
def _calendar(state: str, years: tuple[int, ...] = ()) -> Any:
    import holidays  # a tenth of a second, which a process that asks for no hours need not wait

    return holidays.country_holidays("US", subdiv=state, language="en_US", years=years)

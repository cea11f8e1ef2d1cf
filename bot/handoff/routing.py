"""Which professional a visitor is handed to.

By place, language, format, hours, specialty asked for and load. What is not in these types cannot decide: there is no
payer, plan or price in them, and must never be (18 U.S.C. 220 and the state laws on brokering).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from math import asin, cos, radians, sin, sqrt
from typing import Literal

from bot.program.calendar import Schedule, schedule_of
from bot.program.profile import Location, Profile

EARTH_MILES = 3958.8
NEAR_MILES = 10.0
"""Distances within one such step count as equal."""
LONG_WAIT = 24 * 3600.0
"""Seconds. Among those who are at work within the same such step, who knows the field asked for comes first."""

Reason = Literal["found", "outside_area", "nobody_left"]


@dataclass(frozen=True)
class Place:
    """A location and its area: the listed ZIPs and the radius; its state when neither is given."""

    zip: str
    state: str
    served_zips: frozenset[str] = frozenset()
    radius_miles: int | None = None


@dataclass(frozen=True)
class Candidate:
    """What routing knows about a professional."""

    id: str
    places: Sequence[Place]
    schedule: Schedule
    languages: frozenset[str] = frozenset({"en"})
    formats: frozenset[str] = frozenset({"in_person", "telehealth", "hybrid"})
    states: frozenset[str] = frozenset()
    """Where they may work online."""
    specialties: frozenset[str] = frozenset()
    """Substances and groups of people that they know best."""
    load: int = 0
    """Leads that they hold now."""


@dataclass(frozen=True)
class RoutingWish:
    """What routing knows about the visitor; all of it may be unknown."""

    zip: str | None = None
    language: str = "en"
    format: str | None = None
    specialties: frozenset[str] = frozenset()
    """Substances and groups of people that the visitor asked about."""
    without: frozenset[str] = field(default_factory=frozenset)
    """Ids of professionals who said that they cannot."""


@dataclass(frozen=True)
class Choice:
    """The professional's id, or None with the reason; `miles` to their nearest place when the ZIP is known."""

    professional_id: str | None
    reason: Reason
    miles: float | None = None


@lru_cache(maxsize=4096)
def zip_place(code: str) -> tuple[float, float, str] | None:
    """Latitude, longitude and state of a ZIP; None when it is not in use."""
    import zipcodes  # reads its table on import, which most processes never need

    if len(code) != 5 or not code.isdigit():
        return None
    found = zipcodes.matching(code)  # type: ignore[no-untyped-call]
    return (float(found[0]["lat"]), float(found[0]["long"]), found[0]["state"]) if found else None


def miles_between(one: str, other: str) -> float | None:
    """Miles as the crow flies between two ZIPs' centres; None when one is unknown."""
    first, second = zip_place(one), zip_place(other)
    if first is None or second is None:
        return None
    (lat1, lon1), (lat2, lon2) = (tuple(map(radians, place[:2])) for place in (first, second))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_MILES * asin(sqrt(half))


def serves(place: Place, code: str) -> bool:
    """Whether a ZIP lies in the place's area."""
    if code in place.served_zips:
        return True
    if place.radius_miles is not None:
        miles = miles_between(place.zip, code)
        return miles is not None and miles <= place.radius_miles
    known = zip_place(code)
    return not place.served_zips and known is not None and known[2] == place.state


def route(professionals: Iterable[Candidate], wish: RoutingWish, now: datetime) -> Choice:
    """The professional to offer the lead to: in the area, then by language, format, hours, specialty, place, load."""
    left = [person for person in professionals if person.id not in wish.without]
    if not left:
        return Choice(None, "nobody_left")
    known = zip_place(wish.zip) if wish.zip else None
    code = wish.zip if known else None
    within = [person for person in left if code is None or _reaches(person, code, wish.format)]
    if not within:
        return Choice(None, "outside_area")
    best = min(within, key=lambda person: _rank(person, wish, code, now))
    return Choice(best.id, "found", _miles(best, code))


def _reaches(person: Candidate, code: str, wanted: str | None) -> bool:
    place = zip_place(code)
    online = (
        wanted != "in_person" and "telehealth" in person.formats and place is not None and place[2] in person.states
    )
    return online or any(serves(place, code) for place in person.places)


def _miles(person: Candidate, code: str | None) -> float | None:
    distances = [miles_between(place.zip, code) for place in person.places] if code else []
    return min((miles for miles in distances if miles is not None), default=None)


def _rank(person: Candidate, wish: RoutingWish, code: str | None, now: datetime) -> tuple[float, ...] | tuple:
    opening = person.schedule.current_or_next(now)
    wait = max(0.0, (opening.start - now).total_seconds()) if opening else float("inf")
    miles = 0.0 if wish.format == "telehealth" else (_miles(person, code) or 0.0)
    return (
        wish.language not in person.languages,
        wish.format is not None and wish.format not in person.formats,
        wait // LONG_WAIT,  # nobody waits a day longer for a specialty
        len(wish.specialties - person.specialties),
        wait,
        miles // NEAR_MILES,
        person.load,
        miles,
        person.id,
    )


def candidates(program: Profile, load: Mapping[str, int], only: Collection[str] | None = None) -> list[Candidate]:
    """The profile's professionals as routing sees them; `load` counts open leads by professional id."""
    places = {location.id: _place(location) for location in program.locations}
    return [
        Candidate(
            id=person.id,
            places=[places[name] for name in person.locations],
            schedule=schedule_of(program, person),
            languages=frozenset(person.languages),
            formats=frozenset(person.formats),
            states=frozenset(person.states),
            specialties=frozenset(person.specialties),
            load=load.get(person.id, 0),
        )
        for person in program.professionals
        if only is None or person.id in only
    ]


def _place(location: Location) -> Place:
    return Place(location.zip, location.state, frozenset(location.served_zips), location.radius_miles)

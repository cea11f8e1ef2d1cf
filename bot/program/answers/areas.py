"""Which place is near a ZIP, and whether it serves it. A ZIP tells an area only: distances join the middles of two."""

from dataclasses import dataclass
from functools import lru_cache
from math import asin, cos, radians, sin, sqrt
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.program.models import LocationAreaRow, LocationRow

EARTH_MILES = 3958.8


@dataclass(frozen=True)
class Area:
    """What the packaged ZIP table knows about a ZIP."""

    city: str
    state: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Near:
    """A place, its distance from a ZIP in miles as the crow flies (None: unknown), and whether it serves the ZIP."""

    place: Any
    miles: float | None
    serves: bool


@lru_cache(maxsize=4096)
def area_of(zip_code: str) -> Area | None:
    """The area of a ZIP; None when the table does not hold it."""
    import zipcodes  # loads its table on import; most answers need none

    try:
        found = zipcodes.matching(zip_code)  # type: ignore[no-untyped-call]
    except (TypeError, ValueError):
        return None
    if not found:
        return None
    row = found[0]
    return Area(row["city"], row["state"], float(row["lat"]), float(row["long"]))


def miles_between(first: Area, second: Area) -> float:
    """Great-circle distance in miles."""
    north = radians(second.latitude - first.latitude)
    east = radians(second.longitude - first.longitude)
    flat = cos(radians(first.latitude)) * cos(radians(second.latitude))
    return 2 * EARTH_MILES * asin(sqrt(sin(north / 2) ** 2 + flat * sin(east / 2) ** 2))


def places_near(session: Session, zip_code: str) -> list[Near]:
    """All places, those that serve the ZIP first, then by distance."""
    here = area_of(zip_code)
    listed = set(session.execute(select(LocationAreaRow.location_id).where(LocationAreaRow.zip == zip_code)).scalars())
    found = []
    for place in session.execute(select(LocationRow).order_by(LocationRow.position)).scalars():
        there = area_of(place.zip)
        miles = miles_between(here, there) if here and there else None
        in_radius = miles is not None and place.radius_miles is not None and miles <= place.radius_miles
        found.append(Near(place, miles, place.id in listed or place.zip == zip_code or in_radius))
    return sorted(found, key=lambda near: (not near.serves, near.miles if near.miles is not None else float("inf")))

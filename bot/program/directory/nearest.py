"""The nearest facilities of the federal listing, by distance and nothing else."""

from dataclasses import dataclass
from datetime import date
from math import cos, radians

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.program.answers.areas import Area, area_of, miles_between
from bot.program.directory.models import DirectoryFacilityRow, DirectoryImportRow

WITHIN_MILES = 100.0
"""Who lives farther away is better served by the helpline."""
MILES_A_DEGREE = 69.0


@dataclass(frozen=True)
class Listed:
    """A facility as the listing has it, and how far it is from the ZIP's middle, as the crow flies."""

    name: str
    city: str
    state: str
    phone: str
    miles: float


@dataclass(frozen=True)
class Nearby:
    """Facilities, the nearest first, with the listing's name and day."""

    facilities: list[Listed]
    source: str
    as_of: date


def nearest(session: Session, zip_code: str, count: int = 3) -> Nearby | None:
    """The nearest facilities within WITHIN_MILES; None without a listing, for an unknown ZIP, or with none so near."""
    listing = session.get(DirectoryImportRow, 1)
    here = area_of(zip_code) if listing else None
    if listing is None or here is None:
        return None
    high = WITHIN_MILES / MILES_A_DEGREE
    wide = high / max(0.1, cos(radians(min(89.0, abs(here.latitude) + high))))
    rows = session.execute(
        select(DirectoryFacilityRow).where(
            DirectoryFacilityRow.latitude.between(here.latitude - high, here.latitude + high),
            DirectoryFacilityRow.longitude.between(here.longitude - wide, here.longitude + wide),
        )
    ).scalars()
    found = sorted(((miles_between(here, _place(row)), row.id, row) for row in rows), key=lambda one: (one[0], one[1]))
    near = [
        Listed(row.name, row.city, row.state, row.phone, miles) for miles, _id, row in found if miles <= WITHIN_MILES
    ]
    return Nearby(near[:count], listing.source, listing.as_of) if near else None


def nearby_text(nearby: Nearby, locale: str = "en") -> list[str]:
    """For a visitor: a line that says whose listing it is and of what day, then a line for each facility."""
    if locale == "es":
        return _nearby_in_spanish(nearby)
    day = f"{nearby.as_of:%B} {nearby.as_of.day}, {nearby.as_of.year}"
    lead = f"These programs are in the federal listing {nearby.source} of {day}, nearest first. I do not know them."
    lines = [
        f"{one.name}, {one.city}, {one.state}: {one.phone}, about {max(1, round(one.miles))} "
        f"{'mile' if max(1, round(one.miles)) == 1 else 'miles'}."
        for one in nearby.facilities
    ]
    return [lead, *lines]


def _nearby_in_spanish(nearby: Nearby) -> list[str]:
    day = f"{nearby.as_of.month}/{nearby.as_of.day}/{nearby.as_of.year}"
    lead = f"Estos programas vienen en la lista federal {nearby.source} del {day}, primero los que quedan cerca. "
    lines = [
        f"{one.name}, {one.city}, {one.state}: {one.phone}, a unas {max(1, round(one.miles))} millas."
        for one in nearby.facilities
    ]
    return [f"{lead}No los conozco.", *lines]


def age(session: Session, today: date) -> tuple[DirectoryImportRow, int] | None:
    """The import in force and how many days old its data is; None when there is none."""
    listing = session.get(DirectoryImportRow, 1)
    return (listing, (today - listing.as_of).days) if listing else None


def _place(row: DirectoryFacilityRow) -> Area:
    return Area(row.city, row.state, row.latitude, row.longitude)

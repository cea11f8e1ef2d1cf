"""Reading the locator's JSON and putting it in the place of the import before it, all or nothing."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError
from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from bot.program.directory.models import DirectoryFacilityRow, DirectoryImportRow

SOURCE = "FindTreatment.gov"
SUBSTANCE_USE = "SA"
SETTINGS = "SET"
IOP = "intensive outpatient treatment"
MOST_ERRORS = 10
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=150)]


class DirectoryError(ValueError):
    """The file cannot be used; the message says where and why. Nothing was changed."""


class Service(BaseModel):
    """One group of services: its code and what is offered, with semicolons between."""

    code: str = Field(validation_alias=AliasChoices("f2", "code"))
    offered: str | None = Field(default="", validation_alias=AliasChoices("f3", "offered"))


class Facility(BaseModel):
    """What we read of one facility; the listing holds more, and that is no error."""

    model_config = ConfigDict(extra="ignore")

    frid: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
    name1: Text
    name2: str | None = ""
    street1: Text
    city: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
    state: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    zip: Annotated[str, StringConstraints(pattern=r"^\d{5}(-?\d{4})?$")]
    phone: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"\d{3}\D*\d{3}\D*\d{4}", max_length=40)]
    typeFacility: str  # the listing's own name
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    services: list[Service] = []

    @property
    def offers_iop(self) -> bool:
        """Whether it treats substance use in an intensive outpatient program."""
        offered = [part for service in self.services if service.code == SETTINGS for part in _parts(service)]
        return self.typeFacility == SUBSTANCE_USE and IOP in offered


def import_directory(session: Session, file: Path, as_of: date, now: datetime) -> DirectoryImportRow:
    """Replace the listing by this file's, in the session's one transaction. Raises DirectoryError.

    The file is a page of the locator's API ({"rows": [...]}), a list of such pages, or a list of facilities.
    """
    rows = _rows(file)
    facilities = _checked(rows)
    kept = {facility.frid: facility for facility in facilities if facility.offers_iop}
    if not kept:
        raise DirectoryError(f"{file}: no facility in it offers intensive outpatient treatment for substance use")
    session.execute(delete(DirectoryFacilityRow))
    session.execute(delete(DirectoryImportRow))
    done = DirectoryImportRow(id=1, source=SOURCE, as_of=as_of, imported_at=now, read=len(facilities), kept=len(kept))
    session.add(done)
    session.execute(insert(DirectoryFacilityRow), [_stored(facility) for facility in kept.values()])
    session.flush()
    return done


def _rows(file: Path) -> list[Any]:
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise DirectoryError(f"{file} cannot be read: {error}") from None
    except json.JSONDecodeError as error:
        raise DirectoryError(f"{file}, line {error.lineno}: this is no JSON ({error.msg})") from None
    pages = data if isinstance(data, list) else [data]
    if pages and all(isinstance(page, dict) and isinstance(page.get("rows"), list) for page in pages):
        return [row for page in pages for row in page["rows"]]
    if isinstance(data, list):
        return data
    raise DirectoryError(f'{file}: expected {{"rows": [...]}} as the locator gives it, or a list of facilities')


def _checked(rows: list[Any]) -> list[Facility]:
    try:
        return TypeAdapter(list[Facility]).validate_python(rows)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False)
    told = []
    for problem in problems[:MOST_ERRORS]:
        index, *where = problem["loc"]
        name = rows[index].get("name1") if isinstance(index, int) and isinstance(rows[index], dict) else None
        told.append(f"facility {int(index) + 1} ({name or 'no name'}), {'.'.join(map(str, where))}: {problem['msg']}")
    more = len(problems) - len(told)
    raise DirectoryError("\n".join([*told, *([f"and {more} more"] if more > 0 else [])]))


def _parts(service: Service) -> list[str]:
    return [part.strip().casefold() for part in (service.offered or "").split(";")]


def _stored(facility: Facility) -> dict[str, Any]:
    second = (facility.name2 or "").strip()
    return {
        "id": facility.frid,
        "name": f"{facility.name1}, {second}"[:300] if second else facility.name1,
        "street": facility.street1,
        "city": facility.city,
        "state": facility.state,
        "zip": facility.zip[:5],
        "phone": facility.phone,
        "latitude": facility.latitude,
        "longitude": facility.longitude,
    }

"""A profile into the store and out of it again, without loss.

An import replaces the whole profile in the caller's transaction. Professionals keep their ids, since leads point to
them: who is no longer in the file becomes inactive and is not deleted.
"""

import json
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.program import models as m
from bot.program.load import dump_profile, load_profile
from bot.program.profile import Profile, Week
from bot.program.times import TimeRange
from bot.program.working import Calendar
from bot.store import Database, utcnow

PROVIDER_ID = 1
SCALE_ID = 1
WHOLE = ("co_occurring", "intake", "on_call", "calendar", "hand_off")
"""Parts of the profile that are one JSON column of the provider's row."""
REPLACED = (
    m.ProfessionalLocationRow,
    m.ProfessionalHourRow,
    m.PriceTrackRow,
    m.PriceRow,
    m.TrackSessionRow,
    m.TrackStateRow,
    m.TrackRow,
    m.LocationAreaRow,
    m.LocationRow,
    m.PlanTypeRow,
    m.PlanRow,
    m.SlidingTierRow,
    m.SlidingScaleRow,
    m.AidRow,
    m.SubstanceRow,
    m.MedicationRow,
    m.PopulationRow,
    m.OfficeHourRow,
    m.ProviderRow,
)
"""Emptied by an import, those that point to others first."""


_kept: WeakKeyDictionary[Any, tuple[datetime, Profile]] = WeakKeyDictionary()
"""By engine: when the profile was imported, and the profile."""


class NoProgramError(LookupError):
    """The store holds no profile yet; the message says how to import one."""

    def __init__(self) -> None:
        super().__init__("no program has been imported; run: firststep program import examples/program.yml")


def import_file(database: Database, path: Path | str) -> Profile:
    """Import the YAML file in one transaction and give back its profile. Raises ProfileError, and changes nothing."""
    profile = load_profile(path)
    with database.write() as session:
        import_profile(session, profile)
    return profile


def export_text(database: Database) -> str:
    """The stored profile as YAML. Raises NoProgramError."""
    with database.read() as session:
        return dump_profile(export_profile(session))


def has_program(session: Session) -> bool:
    """Whether a profile has been imported."""
    return session.execute(select(m.ProviderRow.id)).first() is not None


def current_program(session: Session) -> Profile:
    """The profile in force, to be read and not changed: it is kept in memory until another one is imported.

    Reading it from its tables costs more than all else in a turn. Raises NoProgramError when there is none.
    """
    stamp = session.execute(
        select(m.ProviderRow.imported_at).where(m.ProviderRow.id == PROVIDER_ID)
    ).scalar_one_or_none()
    if stamp is None:
        raise NoProgramError
    engine = session.get_bind().engine
    kept = _kept.get(engine)
    if kept is None or kept[0] != stamp:
        # Read after the stamp: should an import come between the two, the next look finds another stamp.
        kept = _kept[engine] = (stamp, export_profile(session))
    return kept[1]


def import_profile(session: Session, profile: Profile) -> None:
    """Replace the stored profile by this one, in the session's transaction; twice is the same as once."""
    _kept.pop(session.get_bind().engine, None)
    for table in REPLACED:
        session.execute(delete(table).execution_options(synchronize_session=False))
    session.expire_all()
    _add_provider(session, profile)
    _add_places_and_tracks(session, profile)
    _add_money(session, profile)
    _add_care(session, profile)
    session.flush()
    _put_professionals(session, profile)
    session.flush()


def _week_rows(row: type, week: Week) -> list[Any]:
    flat = [(day, stretch) for day, stretches in week.items() for stretch in stretches]
    return [
        row(position=position, day=day, start_minute=stretch.start, end_minute=stretch.end)
        for position, (day, stretch) in enumerate(flat)
    ]


def _add_provider(session: Session, profile: Profile) -> None:
    given = profile.provider.model_dump(mode="json", exclude={"office_hours"})
    extra = {
        "co_occurring": profile.co_occurring.model_dump(mode="json") if profile.co_occurring else None,
        "on_call": profile.on_call.model_dump(mode="json"),
        "calendar": profile.calendar.model_dump(mode="json"),
        "hand_off": profile.hand_off.model_dump(mode="json"),
        "intake": profile.intake.model_dump(mode="json") if profile.intake else None,
    }
    session.add(m.ProviderRow(id=PROVIDER_ID, imported_at=utcnow(), **given, **extra))
    session.add_all(_week_rows(m.OfficeHourRow, profile.provider.office_hours))


def _add_places_and_tracks(session: Session, profile: Profile) -> None:
    for position, place in enumerate(profile.locations):
        areas = [m.LocationAreaRow(position=at, zip=code) for at, code in enumerate(place.served_zips)]
        session.add(m.LocationRow(position=position, areas=areas, **place.model_dump(exclude={"served_zips"})))
    session.flush()
    for position, track in enumerate(profile.tracks):
        session.add(
            m.TrackRow(
                position=position,
                location_id=track.location,
                sessions=_week_rows(m.TrackSessionRow, track.sessions),
                states=[m.TrackStateRow(position=at, state=state) for at, state in enumerate(track.states)],
                **track.model_dump(exclude={"location", "sessions", "states"}),
            )
        )
    session.flush()


def _add_money(session: Session, profile: Profile) -> None:
    for position, price in enumerate(profile.prices):
        tracks = [m.PriceTrackRow(position=at, track_id=track) for at, track in enumerate(price.tracks)]
        session.add(m.PriceRow(position=position, tracks=tracks, **price.model_dump(exclude={"tracks"})))
    for position, plan in enumerate(profile.plans):
        types = [m.PlanTypeRow(position=at, plan_type=kind) for at, kind in enumerate(plan.plan_types)]
        session.add(m.PlanRow(position=position, types=types, **plan.model_dump(exclude={"plan_types"})))
    if profile.sliding_scale:
        scale = profile.sliding_scale
        tiers = [m.SlidingTierRow(position=at, up_to=tier.up_to, fee=tier.fee) for at, tier in enumerate(scale.tiers)]
        session.add(m.SlidingScaleRow(id=SCALE_ID, tiers=tiers, **scale.model_dump(exclude={"tiers"})))
    for position, aid in enumerate(profile.financial_help):
        session.add(m.AidRow(position=position, **aid.model_dump()))


def _add_care(session: Session, profile: Profile) -> None:
    for row, items in (
        (m.SubstanceRow, profile.substances),
        (m.MedicationRow, profile.medications),
        (m.PopulationRow, profile.populations),
    ):
        session.add_all(row(position=position, **item.model_dump()) for position, item in enumerate(items))


def _put_professionals(session: Session, profile: Profile) -> None:
    known = {row.id: row for row in session.execute(select(m.ProfessionalRow)).scalars()}
    for position, person in enumerate(profile.professionals):
        row = known.pop(person.id, None)
        if row is None:
            row = m.ProfessionalRow(id=person.id)
            session.add(row)
        for name, value in person.model_dump(exclude={"id", "hours", "locations"}).items():
            setattr(row, name, value)
        row.position, row.active = position, True
        row.hours = _week_rows(m.ProfessionalHourRow, person.hours)
        row.locations = [
            m.ProfessionalLocationRow(position=at, location_id=place) for at, place in enumerate(person.locations)
        ]
    for row in known.values():
        row.active, row.hours, row.locations = False, [], []


def export_profile(session: Session) -> Profile:
    """The stored profile, equal to the one that was imported. Raises NoProgramError when there is none."""
    provider = session.get(m.ProviderRow, PROVIDER_ID)
    if provider is None:
        raise NoProgramError
    office = session.execute(select(m.OfficeHourRow).order_by(m.OfficeHourRow.position)).scalars()
    scale = session.get(m.SlidingScaleRow, SCALE_ID)
    data: dict[str, Any] = {
        "provider": {
            **_columns(provider, "id", "imported_at", *WHOLE),
            "office_hours": _week(office),
        },
        "locations": [
            {**_columns(row), "served_zips": [area.zip for area in row.areas]} for row in _all(session, m.LocationRow)
        ],
        "tracks": [
            {
                **_columns(row, "location_id"),
                "location": row.location_id,
                "sessions": _week(row.sessions),
                "states": [item.state for item in row.states],
            }
            for row in _all(session, m.TrackRow)
        ],
        "prices": [
            {**_columns(row), "tracks": [item.track_id for item in row.tracks]} for row in _all(session, m.PriceRow)
        ],
        "plans": [
            {**_columns(row, "id"), "plan_types": [item.plan_type for item in row.types]}
            for row in _all(session, m.PlanRow)
        ],
        "sliding_scale": scale
        and {**_columns(scale, "id"), "tiers": [_columns(tier, "id", "scale_id") for tier in scale.tiers]},
        "financial_help": [_columns(row, "id") for row in _all(session, m.AidRow)],
        "substances": [_columns(row) for row in _all(session, m.SubstanceRow)],
        "medications": [_columns(row) for row in _all(session, m.MedicationRow)],
        "populations": [_columns(row) for row in _all(session, m.PopulationRow)],
        "co_occurring": provider.co_occurring,
        "on_call": provider.on_call or {},
        # JSON has no dates, so these are read by its rules and not by Python's.
        "calendar": Calendar.model_validate_json(json.dumps(provider.calendar or {})),
        "hand_off": provider.hand_off or {},
        "professionals": [
            {
                **_columns(row, "active"),
                "hours": _week(row.hours),
                "locations": [item.location_id for item in row.locations],
            }
            for row in _all(session, m.ProfessionalRow)
            if row.active
        ],
    }
    if provider.intake is not None:
        data["intake"] = {**provider.intake, "checked": date.fromisoformat(provider.intake["checked"])}
    return Profile.model_validate(data)


def _all(session: Session, row: Any) -> list[Any]:
    return list(session.execute(select(row).order_by(row.position)).scalars())


def _columns(row: Any, *left_out: str) -> dict[str, Any]:
    names = (column.name for column in row.__table__.columns)
    return {name: getattr(row, name) for name in names if name not in ("position", *left_out)}


def _week(rows: Iterable[Any]) -> Week:
    week: Week = {}
    for row in rows:
        week.setdefault(row.day, []).append(TimeRange(row.start_minute, row.end_minute))
    return week

"""Queries for the tracks that fit a visitor's wishes, and how a track is told."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import and_, func, not_, or_, select
from sqlalchemy.orm import Session, selectinload

from bot.program.answers.areas import area_of, places_near
from bot.program.models import TrackRow, TrackSessionRow, TrackStateRow
from bot.program.times import MIDNIGHT, TimeRange, day_list, hours_text
from bot.program.vocabulary import FORMAT_NAMES, LEVEL_NAMES, WEEKDAYS
from bot.program.wishes import Busy, TimeWish, Wishes

TRAVEL_MINUTES = 30
"""Kept free between work and a session that is held at a place; an online session needs none."""
DAY_TREATMENT_MINUTES = 20 * 60
IOP_MINUTES = 9 * 60


def all_tracks(session: Session) -> list[Any]:
    """Every track, in the profile's order, with its sessions and place."""
    return _tracks(session, [])


def fitting_tracks(session: Session, wishes: Wishes) -> list[Any]:
    """Tracks of which every session fits the wished days, times, work hours and format."""
    conditions = _who_can_join(session, wishes)
    if wishes.format:
        conditions.append(TrackRow.format == wishes.format)
    if wishes.days:
        conditions.append(not_(_any_session(TrackSessionRow.day.not_in(wishes.days))))
    if wishes.times:
        conditions.append(not_(_any_session(not_(or_(*(_within(wish) for wish in wishes.times))))))
    if wishes.work:
        conditions.append(not_(_any_session(_clashes(wishes.work))))
    return _tracks(session, conditions, fewest_days_first=wishes.fewer_days)


def touching_tracks(session: Session, wishes: Wishes) -> list[Any]:
    """The nearest to a fit: tracks with a session on a wished day and in a wished window, or that mix both formats."""
    inside: list[Any] = []
    if wishes.days:
        inside.append(TrackSessionRow.day.in_(wishes.days))
    if wishes.times:
        inside.append(or_(*(_within(wish) for wish in wishes.times)))
    if wishes.work:
        inside.append(not_(_clashes(wishes.work)))
    conditions = _who_can_join(session, wishes)
    if wishes.format:
        # Somebody who wants to be there, or at home, is partly served by a track that mixes both.
        conditions.append(TrackRow.format.in_([wishes.format, "hybrid"]))
    if inside:
        conditions.append(_any_session(and_(*inside)))
    return _tracks(session, conditions) if inside or wishes.format else []


def reachable(session: Session, wishes: Wishes) -> Any:
    """The condition for tracks at a place that serves the visitor's ZIP, or online in its state.

    None when no ZIP is known, or when no track is in reach of it: all are told then, and the location answer tells
    that they are far.
    """
    area = area_of(wishes.zip) if wishes.zip else None
    if area is None or wishes.zip is None:
        return None
    places = [near.place.id for near in places_near(session, wishes.zip) if near.serves]
    in_state = select(TrackStateRow.id).where(TrackStateRow.track_id == TrackRow.id, TrackStateRow.state == area.state)
    condition = or_(TrackRow.location_id.in_(places), and_(TrackRow.format == "telehealth", in_state.exists()))
    return condition if session.execute(select(TrackRow.id).where(condition)).first() else None


def minutes_per_week(session: Session) -> dict[str, int]:
    """Minutes of sessions in a week by track id."""
    total = func.sum(TrackSessionRow.end_minute - TrackSessionRow.start_minute)
    rows = session.execute(select(TrackSessionRow.track_id, total).group_by(TrackSessionRow.track_id))
    return {track: int(minutes) for track, minutes in rows}


def days_per_week(session: Session) -> dict[str, int]:
    """Days with a session in a week by track id."""
    days = func.count(TrackSessionRow.day.distinct())
    rows = session.execute(select(TrackSessionRow.track_id, days).group_by(TrackSessionRow.track_id))
    return {track: int(count) for track, count in rows}


def offered_levels(session: Session) -> list[str]:
    """Levels of care that the tracks have."""
    return list(session.execute(select(TrackRow.level).distinct().order_by(TrackRow.level)).scalars())


def other_level(session: Session, wishes: Wishes) -> str | None:
    """The name of a level of care that was asked for and that no track has."""
    level = wishes.level_of_care
    return LEVEL_NAMES.get(level, level.replace("_", " ")) if level and level not in offered_levels(session) else None


def when(track: Any, short: bool = False) -> str:
    """Days and times of a track: "Mon, Tue and Thu, 6 to 9 pm"; days that differ are told apart."""
    week: dict[str, list[TimeRange]] = {}
    for item in track.sessions:
        week.setdefault(item.day, []).append(TimeRange(item.start_minute, item.end_minute))
    groups: dict[str, list[str]] = {}
    for day, stretches in week.items():
        ordered = sorted(stretches)
        told = "/".join(item.short for item in ordered) if short else " and ".join(item.spoken for item in ordered)
        groups.setdefault(told, []).append(day)
    if short:
        return "; ".join(f"{day_list(days).replace(' and ', '/').replace(', ', '/')} {t}" for t, days in groups.items())
    return "; ".join(f"{day_list(days)}, {told}" for told, days in groups.items())


def place(track: Any) -> str:
    """Where a track meets: "online", "in person in Astoria"."""
    name = FORMAT_NAMES[track.format]
    return f"{name}, {track.location.city}" if track.location else name


def weeks(track: Any) -> str:
    """How long a track lasts: "8 to 12 weeks", "1 week"."""
    low, high = track.weeks_min, track.weeks_max
    return f"{low} to {high} weeks" if low != high else f"{low} week{'' if low == 1 else 's'}"


def described(track: Any, minutes: int) -> str:
    """One line about a track: name, place, days and times, hours a week."""
    return f"{track.name} ({place(track)}): {when(track)}. That is {hours_text(minutes)} a week."


def usual_name(tracks: Iterable[Any], minutes: dict[str, int]) -> list[str]:
    """Sentences that say honestly what the hours of these tracks are usually called."""
    rows: Sequence[Any] = list(tracks)
    told = []
    for row in rows:
        if minutes[row.id] >= DAY_TREATMENT_MINUTES:
            told.append(
                f"{row.name} has {hours_text(minutes[row.id])} a week. At 20 hours or more, it is usually called "
                "partial hospitalization or day treatment, not IOP."
            )
    if any(IOP_MINUTES <= minutes[row.id] < DAY_TREATMENT_MINUTES for row in rows):
        told.append("Most IOPs run about 9 to 19 hours a week.")
    if any(minutes[row.id] < IOP_MINUTES for row in rows):
        told.append("Under 9 hours a week is usually called standard outpatient care.")
    return told


def _tracks(session: Session, conditions: list[Any], fewest_days_first: bool = False) -> list[Any]:
    query = select(TrackRow).where(*conditions).order_by(TrackRow.position)
    rows = list(
        session.execute(query.options(selectinload(TrackRow.sessions), selectinload(TrackRow.location))).scalars()
    )
    if fewest_days_first:
        days = days_per_week(session)
        rows.sort(key=lambda row: days[row.id])
    return rows


def _who_can_join(session: Session, wishes: Wishes) -> list[Any]:
    """Conditions of level and reach, which hold for a full fit and for the nearest alike."""
    conditions: list[Any] = []
    if wishes.level_of_care in offered_levels(session):
        conditions.append(TrackRow.level == wishes.level_of_care)
    in_reach = reachable(session, wishes)
    return conditions if in_reach is None else [*conditions, in_reach]


def _any_session(condition: Any) -> Any:
    return select(TrackSessionRow.id).where(TrackSessionRow.track_id == TrackRow.id, condition).exists()


def _within(wish: TimeWish) -> Any:
    return and_(
        TrackSessionRow.start_minute >= wish.starts_from,
        TrackSessionRow.start_minute < wish.starts_before,
        TrackSessionRow.end_minute <= wish.ends_by,
    )


def _clashes(work: Busy) -> Any:
    """A weekday session that overlaps work, or leaves too little time for the way."""
    return and_(
        TrackSessionRow.day.in_(WEEKDAYS),
        or_(
            and_(TrackRow.format == "telehealth", _overlaps(work, 0)),
            and_(TrackRow.format != "telehealth", _overlaps(work, TRAVEL_MINUTES)),
        ),
    )


def _overlaps(work: Busy, margin: int) -> Any:
    start, end = TrackSessionRow.start_minute, TrackSessionRow.end_minute
    if work.start is not None and work.end is not None and work.end <= work.start:
        # Night work: busy before its end and after its start.
        return or_(start < work.end + margin, end > work.start - margin)
    if work.start is None:
        return start < (work.end or 0) + margin
    return and_(end > work.start - margin, start < (MIDNIGHT if work.end is None else work.end) + margin)

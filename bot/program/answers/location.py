"""Where: the places, the nearest to a ZIP, and whether the visitor's area is served."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.program.answers.areas import Near, area_of, places_near
from bot.program.answers.base import MOST_POINTS, Answer, compose, sentence
from bot.program.models import LocationRow, TrackRow, TrackStateRow
from bot.program.wishes import Wishes

NEXT = "Tell me your ZIP, and I can say which one is nearest."
OTHERS = "FindTreatment.gov lists other programs near you."


def answer(session: Session, wishes: Wishes, now: datetime) -> Answer | None:
    """The places, or the nearest to the ZIP with what it serves; None without places."""
    places = list(session.execute(select(LocationRow).order_by(LocationRow.position)).scalars())
    if not places:
        return None
    if wishes.zip:
        return _near(session, wishes.zip)
    lead = f"We have {'one place' if len(places) == 1 else f'{len(places)} places'}:"
    return compose(
        lead,
        [_told(place) for place in places[:MOST_POINTS]],
        sms=[f"{place.name}: {_address(place)}." for place in places[:MOST_POINTS]],
        next_step=NEXT,
    )


def online_states(session: Session) -> list[str]:
    """States whose residents may join some track online."""
    return list(session.execute(select(TrackStateRow.state).distinct().order_by(TrackStateRow.state)).scalars())


def online_only_states(session: Session) -> list[str]:
    """States whose residents may join a track that needs no visit."""
    query = select(TrackStateRow.state).join(TrackRow, TrackRow.id == TrackStateRow.track_id)
    found = session.execute(query.where(TrackRow.format == "telehealth").distinct().order_by(TrackStateRow.state))
    return list(found.scalars())


def _address(place: Any) -> str:
    return f"{place.address}, {place.city}, {place.state} {place.zip}"


def _told(place: Any) -> str:
    extras = [sentence(text) for text in (place.transport, place.parking) if text]
    return " ".join([f"{place.name}: {_address(place)}.", *extras])


def _distance(near: Near) -> str:
    if near.miles is None:
        return ""
    if near.miles < 1:
        return " It is in your area."
    return f" It is about {near.miles:,.0f} miles away, in a straight line."


def _near(session: Session, zip_code: str) -> Answer:
    area = area_of(zip_code)
    if area is None:
        return compose(
            f"I do not know the ZIP {zip_code}. Please check it.",
            sms=[f"I do not know the ZIP {zip_code}. Please check it."],
            next_step="You can also tell me another ZIP near you.",
            found=False,
        )
    first = places_near(session, zip_code)[0]
    online = area.state in online_only_states(session)
    if first.serves:
        lead = f"The nearest place for {zip_code} is {first.place.name}."
        points = [f"{_told(first.place)}{_distance(first)}"]
        if online:
            points.append("You could also join our online group from home.")
        return compose(
            lead,
            points,
            sms=[f"Nearest to {zip_code}: {first.place.name}, {_address(first.place)}.{_distance(first)}"],
            notes=["A ZIP tells me only your area, so the way may be longer."],
            next_step="Ask me about days and times there.",
        )
    lead = f"{zip_code} ({area.city}, {area.state}) is outside the area that our places serve."
    points = [f"The nearest is {first.place.name} in {first.place.city}.{_distance(first)}"]
    home = "You could join our online group from home." if online else ""
    from bot.program.directory import nearby_text, nearest  # it uses this package's distances

    nearby = nearest(session, zip_code, count=1)
    listed = nearby_text(nearby) if nearby else []
    return compose(
        lead,
        [*points, *([home] if home else []), *([" ".join(listed)] if listed else [])],
        sms=[lead, home, OTHERS, *listed[1:], *points],
        next_step=OTHERS,
    )

"""Tables of the provider's profile, relational, since cost and schedule answers are computed with queries.

Every list keeps its order in `position`, so that an export gives back what was imported. Clock times are minutes since
midnight and sums are whole cents, so that the store can compare and add them exactly.
"""

from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import relationship
from sqlalchemy.types import TypeDecorator

from bot.program.fields import cents
from bot.store import Base, UTCDateTime


class Money(TypeDecorator):
    """Dollars as Decimal with two places, kept as whole cents."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Any) -> int | None:
        """Cents on the way in."""
        return None if value is None else int(cents(value) * 100)

    def process_result_value(self, value: int | None, dialect: Any) -> Decimal | None:
        """Dollars on the way out."""
        return None if value is None else cents(Decimal(value) / 100)


def _owned(owner: str, **options: Any) -> Any:
    """A column that names the owning row and goes with it."""
    return Column(ForeignKey(owner, ondelete="CASCADE"), nullable=False, index=True, **options)


def _children(name: str, order: str) -> Any:
    return relationship(name, cascade="all, delete-orphan", order_by=order, passive_deletes=True)


class ProviderRow(Base):
    """The one provider of this deployment; its id is always 1."""

    __tablename__ = "providers"
    id = Column(Integer, primary_key=True, autoincrement=False)
    name = Column(Text, nullable=False)
    legal_name = Column(Text, nullable=False)
    discreet_name = Column(Text)
    phone = Column(String(20), nullable=False)
    sms_number = Column(String(20))
    website = Column(Text, nullable=False)
    licence = Column(Text, nullable=False)
    time_zone = Column(String(64), nullable=False)
    who_pays = Column(Text, nullable=False)
    who_pays_es = Column(Text)
    privacy_contact = Column(JSON, nullable=False)
    languages = Column(JSON, nullable=False)
    co_occurring = Column(JSON(none_as_null=True))
    """Offered, conditions, note; shown as a whole and never searched."""
    intake = Column(JSON(none_as_null=True))
    """Steps, length, how soon, what to bring; shown as a whole."""
    on_call = Column(JSON(none_as_null=True))
    """Whom an emergency's alert goes to; shown and read as a whole."""
    calendar = Column(JSON(none_as_null=True))
    """Days off and extra days; read as a whole."""
    hand_off = Column(JSON(none_as_null=True))
    """Times to answer in and the escalation ladder; read as a whole."""
    imported_at = Column(UTCDateTime, nullable=False)


class OfficeHourRow(Base):
    """A stretch of a weekday in which somebody answers the provider's phone, in the provider's time zone."""

    __tablename__ = "office_hours"
    id = Column(Integer, primary_key=True)
    position = Column(Integer, nullable=False)
    day = Column(String(3), nullable=False)
    start_minute = Column(Integer, nullable=False)
    end_minute = Column(Integer, nullable=False)


class LocationRow(Base):
    """A place where sessions are held."""

    __tablename__ = "locations"
    id = Column(String(40), primary_key=True)
    position = Column(Integer, nullable=False)
    name = Column(Text, nullable=False)
    address = Column(Text, nullable=False)
    city = Column(Text, nullable=False)
    state = Column(String(2), nullable=False)
    zip = Column(String(5), nullable=False)
    phone = Column(String(20))
    transport = Column(Text)
    parking = Column(Text)
    radius_miles = Column(Integer)
    areas = _children("LocationAreaRow", "LocationAreaRow.position")


class LocationAreaRow(Base):
    """A ZIP that a location serves by name."""

    __tablename__ = "location_areas"
    id = Column(Integer, primary_key=True)
    location_id = _owned("locations.id")
    position = Column(Integer, nullable=False)
    zip = Column(String(5), nullable=False, index=True)


class TrackRow(Base):
    """A weekly schedule that a person can join."""

    __tablename__ = "tracks"
    id = Column(String(40), primary_key=True)
    position = Column(Integer, nullable=False)
    name = Column(Text, nullable=False)
    level = Column(String(20), nullable=False)
    format = Column(String(20), nullable=False)
    location_id = Column(ForeignKey("locations.id"))
    for_whom = Column(Text, nullable=False)
    weeks_min = Column(Integer, nullable=False)
    weeks_max = Column(Integer, nullable=False)
    start_rule = Column(Text, nullable=False)
    checked = Column(Date, nullable=False)
    location = relationship("LocationRow")
    sessions = _children("TrackSessionRow", "TrackSessionRow.position")
    states = _children("TrackStateRow", "TrackStateRow.position")


class TrackSessionRow(Base):
    """One stretch of a track's week; two on one day are two rows."""

    __tablename__ = "track_sessions"
    id = Column(Integer, primary_key=True)
    track_id = _owned("tracks.id")
    position = Column(Integer, nullable=False)
    day = Column(String(3), nullable=False)
    start_minute = Column(Integer, nullable=False)
    end_minute = Column(Integer, nullable=False)


class TrackStateRow(Base):
    """A state whose residents may join a track online."""

    __tablename__ = "track_states"
    id = Column(Integer, primary_key=True)
    track_id = _owned("tracks.id")
    position = Column(Integer, nullable=False)
    state = Column(String(2), nullable=False)


class PriceRow(Base):
    """A price of the provider's list."""

    __tablename__ = "prices"
    id = Column(String(40), primary_key=True)
    position = Column(Integer, nullable=False)
    name = Column(Text, nullable=False)
    unit = Column(String(20), nullable=False)
    cash_price = Column(Money, nullable=False)
    list_price = Column(Money)
    includes = Column(JSON, nullable=False)
    note = Column(Text)
    checked = Column(Date, nullable=False)
    tracks = _children("PriceTrackRow", "PriceTrackRow.position")


class PriceTrackRow(Base):
    """A track that a price holds for; a price without any holds for all."""

    __tablename__ = "price_tracks"
    id = Column(Integer, primary_key=True)
    price_id = _owned("prices.id")
    position = Column(Integer, nullable=False)
    track_id = Column(ForeignKey("tracks.id"), nullable=False, index=True)


class PlanRow(Base):
    """What the provider knows about an insurer, or some plan types of it."""

    __tablename__ = "plans"
    id = Column(Integer, primary_key=True)
    position = Column(Integer, nullable=False)
    insurer = Column(String(40), nullable=False, index=True)
    name = Column(Text)
    network = Column(String(20), nullable=False)
    prior_authorization = Column(String(3), nullable=False)
    note = Column(Text)
    checked = Column(Date, nullable=False)
    types = _children("PlanTypeRow", "PlanTypeRow.position")


class PlanTypeRow(Base):
    """A plan type that a plan's row holds for; a row without any holds for all."""

    __tablename__ = "plan_types"
    id = Column(Integer, primary_key=True)
    plan_id = _owned("plans.id")
    position = Column(Integer, nullable=False)
    plan_type = Column(String(30), nullable=False)


class SlidingScaleRow(Base):
    """The sliding scale; at most one, its id is always 1."""

    __tablename__ = "sliding_scales"
    id = Column(Integer, primary_key=True, autoincrement=False)
    basis = Column(String(20), nullable=False)
    unit = Column(String(20), nullable=False)
    proof = Column(Text)
    note = Column(Text)
    checked = Column(Date, nullable=False)
    tiers = _children("SlidingTierRow", "SlidingTierRow.position")


class SlidingTierRow(Base):
    """One step of the scale; no upper bound means all above the step before."""

    __tablename__ = "sliding_tiers"
    id = Column(Integer, primary_key=True)
    scale_id = _owned("sliding_scales.id")
    position = Column(Integer, nullable=False)
    up_to = Column(Integer)
    fee = Column(Money, nullable=False)


class AidRow(Base):
    """One way to pay less or later."""

    __tablename__ = "financial_aids"
    id = Column(Integer, primary_key=True)
    position = Column(Integer, nullable=False)
    kind = Column(String(20), nullable=False)
    available = Column(String(3), nullable=False)
    text = Column(Text, nullable=False)
    checked = Column(Date, nullable=False)


class SubstanceRow(Base):
    """Whether a substance, or gambling, is treated."""

    __tablename__ = "treated_substances"
    slug = Column(String(40), primary_key=True)
    position = Column(Integer, nullable=False)
    name = Column(Text)
    treated = Column(String(3), nullable=False)
    note = Column(Text)


class MedicationRow(Base):
    """What the program allows for a medication."""

    __tablename__ = "medication_policies"
    slug = Column(String(40), primary_key=True)
    position = Column(Integer, nullable=False)
    name = Column(Text)
    policy = Column(String(20), nullable=False)
    note = Column(Text)


class PopulationRow(Base):
    """Whether a group of people, or a need, is served."""

    __tablename__ = "served_populations"
    slug = Column(String(40), primary_key=True)
    position = Column(Integer, nullable=False)
    name = Column(Text)
    served = Column(String(3), nullable=False)
    note = Column(Text)


class ProfessionalRow(Base):
    """Somebody who takes over visitors. The id outlives imports; who left the profile stays as inactive."""

    __tablename__ = "professionals"
    id = Column(String(40), primary_key=True)
    position = Column(Integer, nullable=False)
    active = Column(Boolean, nullable=False, default=True)
    name = Column(Text, nullable=False)
    role = Column(Text, nullable=False)
    role_es = Column(Text)
    email = Column(Text, nullable=False)
    phone = Column(String(20))
    languages = Column(JSON, nullable=False)
    formats = Column(JSON, nullable=False)
    states = Column(JSON, nullable=False)
    time_zone = Column(String(64))
    backups = Column(JSON, nullable=False)
    """Ids, first to last."""
    specialties = Column(JSON, nullable=False)
    """Slugs of substances and populations."""
    hours = _children("ProfessionalHourRow", "ProfessionalHourRow.position")
    locations = _children("ProfessionalLocationRow", "ProfessionalLocationRow.position")


class ProfessionalHourRow(Base):
    """A stretch of a weekday in which a professional takes visitors, in the provider's time zone."""

    __tablename__ = "professional_hours"
    id = Column(Integer, primary_key=True)
    professional_id = _owned("professionals.id")
    position = Column(Integer, nullable=False)
    day = Column(String(3), nullable=False)
    start_minute = Column(Integer, nullable=False)
    end_minute = Column(Integer, nullable=False)


class ProfessionalLocationRow(Base):
    """A place that a professional works for."""

    __tablename__ = "professional_locations"
    id = Column(Integer, primary_key=True)
    professional_id = _owned("professionals.id")
    position = Column(Integer, nullable=False)
    location_id = Column(ForeignKey("locations.id"), nullable=False)
    __table_args__ = (UniqueConstraint("professional_id", "location_id"),)

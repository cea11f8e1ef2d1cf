"""Tables of the federal listing; one import at a time."""

from sqlalchemy import Column, Date, Float, Integer, String

from bot.store import Base, UTCDateTime, utcnow


class DirectoryImportRow(Base):
    """Where the facilities came from, and of what day they are."""

    __tablename__ = "directory_imports"

    id = Column(Integer, primary_key=True)
    source = Column(String(200), nullable=False)
    as_of = Column(Date, nullable=False)
    imported_at = Column(UTCDateTime, nullable=False, default=utcnow)
    read = Column(Integer, nullable=False)
    """Facilities in the file."""
    kept = Column(Integer, nullable=False)
    """Those of them that offer intensive outpatient treatment for substance use."""


class DirectoryFacilityRow(Base):
    """A facility that offers intensive outpatient treatment, as the listing has it."""

    __tablename__ = "directory_facilities"

    id = Column(String(64), primary_key=True)
    name = Column(String(300), nullable=False)
    street = Column(String(300), nullable=False)
    city = Column(String(120), nullable=False)
    state = Column(String(2), nullable=False)
    zip = Column(String(5), nullable=False)
    phone = Column(String(40), nullable=False)
    latitude = Column(Float, nullable=False, index=True)
    longitude = Column(Float, nullable=False)

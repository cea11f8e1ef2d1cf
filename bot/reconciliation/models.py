"""The table of reconciliations: each run with its balance and what did not fit."""

from sqlalchemy import JSON, Column, Integer, String

from bot.store import Base, UTCDateTime, utcnow


class Reconciliation(Base):
    """One run. `key` is the day's for a worker's run, so that of several workers one writes it."""

    __tablename__ = "reconciliations"

    id = Column(Integer, primary_key=True, autoincrement=True)
    key = Column(String(60), nullable=False, unique=True)
    at = Column(UTCDateTime, nullable=False, default=utcnow, index=True)
    promises = Column(Integer, nullable=False)
    leads = Column(Integer, nullable=False)
    delivered = Column(Integer, nullable=False)
    owed = Column(Integer, nullable=False)
    found = Column(Integer, nullable=False)
    """How many findings; `findings` holds the first of them only when there are very many."""
    findings = Column(JSON, nullable=False)
    """Kinds, ids and codes (bot.reconciliation.findings)."""

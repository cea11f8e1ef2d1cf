"""How often visitors were given the numbers, by day and kind: counts alone, kept when the conversations are gone.

Laws on assistants ask for such counts (docs/safety.md); nothing in them leads back to a person.
"""

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.conversations.models import Referral
from bot.store import utcnow

COUNTED = frozenset({"check", "emergency"})


def count(session: Session, channel: str, level: str | None, category: str | None, now: datetime | None = None) -> None:
    """Count one message that was answered with numbers; any other level counts nothing."""
    if level not in COUNTED:
        return
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    values = {
        "day": (now or utcnow()).date(),
        "channel": channel,
        "level": level,
        "category": category or "unknown",
        "number": 1,
    }
    session.execute(
        dialect.insert(Referral)
        .values(**values)
        .on_conflict_do_update(
            index_elements=["day", "channel", "level", "category"], set_={"number": Referral.number + 1}
        )
    )


def totals(session: Session, since: date | None = None) -> list[dict[str, str | int]]:
    """Counts by month, channel, level and category, oldest first."""
    rows = session.execute(
        select(Referral.day, Referral.channel, Referral.level, Referral.category, Referral.number)
        .where(Referral.day >= (since or date.min))
        .order_by(Referral.day, Referral.channel, Referral.level, Referral.category)
    )
    months: dict[tuple[str, str, str, str], int] = {}
    for day, channel, level, category, number in rows:
        key = (f"{day:%Y-%m}", channel, level, category)
        months[key] = months.get(key, 0) + number
    names = ("month", "channel", "level", "category")
    return [{**dict(zip(names, key, strict=True)), "count": number} for key, number in months.items()]


def by_kind(session: Session) -> list[tuple[str, str, str, int]]:
    """All counts by channel, level and category, for the metrics."""
    rows = session.execute(
        select(Referral.channel, Referral.level, Referral.category, func.sum(Referral.number)).group_by(
            Referral.channel, Referral.level, Referral.category
        )
    )
    return [(channel, level, category, int(number)) for channel, level, category, number in rows]

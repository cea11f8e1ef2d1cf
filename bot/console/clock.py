"""Times as staff read them: in the provider's own zone."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.program.models import ProviderRow
from bot.store import utcnow


class Clock(NamedTuple):
    """The provider's zone, and the moment at which the page is made."""

    zone: ZoneInfo
    now: datetime

    def moment(self, at: datetime) -> str:
        """Day and time: "Mon, Nov 23, 2026, 3:05 pm"."""
        local = at.astimezone(self.zone)
        return f"{local:%a, %b} {local.day}, {local.year}, {self._time(local)}"

    def time(self, at: datetime) -> str:
        """Time of day: "3:05 pm"."""
        return self._time(at.astimezone(self.zone))

    def day(self, at: datetime) -> str:
        """Day: "Monday, November 23, 2026"."""
        local = at.astimezone(self.zone)
        return f"{local:%A, %B} {local.day}, {local.year}"

    def ago(self, at: datetime) -> str:
        """How long ago: "3 hours ago"; "just now" within the last minute."""
        gone = self.now - at
        return "just now" if gone < timedelta(minutes=1) else f"{span(gone)} ago"

    def ahead(self, at: datetime) -> str:
        """How long until: "in 20 minutes", or "20 minutes late"."""
        left = at - self.now
        return f"in {span(left)}" if left >= timedelta(0) else f"{span(-left)} late"

    def midnight(self, day: date) -> datetime:
        """The start of this day, aware."""
        return datetime.combine(day, time(), self.zone)

    @staticmethod
    def _time(local: datetime) -> str:
        return f"{(local.hour - 1) % 12 + 1}:{local:%M} {'am' if local.hour < 12 else 'pm'}"


class Host(NamedTuple):
    """Whose console this is."""

    name: str
    clock: Clock


def host(session: Session) -> Host:
    """The provider's name and clock; plain UTC before a program has been imported."""
    row = session.execute(select(ProviderRow.name, ProviderRow.time_zone)).first()
    return Host(row.name if row else "First Step", Clock(ZoneInfo(row.time_zone if row else "UTC"), utcnow()))


def span(length: timedelta) -> str:
    """A length of time in its largest unit: "1 minute", "5 hours", "3 days"."""
    minutes = max(int(length.total_seconds() // 60), 0)
    for size, unit in ((24 * 60, "day"), (60, "hour")):
        if minutes >= size:
            count = minutes // size
            return f"{count} {unit}{'s' if count != 1 else ''}"
    return f"{minutes} minute{'s' if minutes != 1 else ''}"


def span_of_seconds(seconds: float | None) -> str:
    """A measured time, fine enough to compare: "40 seconds", "4.5 minutes", "2.1 days"; "none" for None."""
    if seconds is None:
        return "none"
    for size, unit in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}".replace(".0 ", " ")
    return f"{seconds:.0f} seconds"

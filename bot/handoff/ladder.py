"""Who is asked about a request that waits, first to last: the profile's ladder, made into people.

One person a rung, each with the minutes that the profile gives; nobody stands on it twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.handoff.reading import person_of
from bot.program.calendar import schedule_of
from bot.program.profile import Professional, Profile


@dataclass(frozen=True)
class Rung:
    """One person, why they are asked, and how long they have before the next one is."""

    role: str
    """owner, backup, supervisor or on_call."""
    person_id: str
    minutes: int

    def __str__(self) -> str:
        return f"{self.role} {self.person_id}"


def rungs(program: Profile, owner_id: str | None) -> list[Rung]:
    """The ladder of a request that was offered to this professional; the first rung is theirs."""
    found: list[Rung] = []
    for rung in _rungs(program, owner_id):
        if all(rung.person_id != earlier.person_id for earlier in found):
            found.append(rung)
    return found


def _rungs(program: Profile, owner_id: str | None) -> Iterator[Rung]:
    owner = person_of(program, owner_id)
    people = {
        "owner": ("owner", [owner_id or ""]),
        "backups": ("backup", owner.backups if owner else []),
        "supervisor": ("supervisor", program.hand_off.supervisors),
        "on_call": ("on_call", [person.id for person in on_call(program)]),
    }
    for step in program.hand_off.ladder:
        role, ids = people[step.who]
        yield from (Rung(role, person_id, step.minutes) for person_id in ids)


def on_call(program: Profile) -> list[Professional]:
    """Whom the on-call list names, first to last; without one, all professionals."""
    by_id = {person.id: person for person in program.professionals}
    return [by_id[name] for name in program.on_call.people] or list(program.professionals)


def supervisors(program: Profile, but: str | None = None) -> list[Professional]:
    """Who is told that something went wrong: the supervisors, else the first of the on-call list; never `but`."""
    by_id = {person.id: person for person in program.professionals if person.id != but}
    named = [by_id[name] for name in program.hand_off.supervisors if name in by_id]
    return named or [person for person in on_call(program) if person.id != but][:1]


def next_at_work(program: Profile, ladder: list[Rung], now: datetime) -> datetime | None:
    """When somebody of the ladder is next at work: a past moment when somebody is now, None when nobody ever is."""
    starts = []
    for rung in ladder:
        person = person_of(program, rung.person_id)
        opening = schedule_of(program, person).current_or_next(now) if person else None
        if opening is not None:
            starts.append(opening.start)
    return min(starts, default=None)

"""What the parts on working time and on the escalation ladder must agree on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.program.holiday import known_holidays, plain
from bot.program.problems import Problem, suggestion
from bot.program.times import TimeRange

if TYPE_CHECKING:
    from bot.program.profile import Profile


def working_problems(profile: Profile) -> Iterator[Problem]:
    """Every contradiction in `calendar` and `hand_off`."""
    yield from _calendar(profile)
    yield from _ladder(profile)


def overlap(stretches: Sequence[TimeRange]) -> str | None:
    """What to write about two stretches of a day that overlap; None when none do."""
    for first, second in pairwise(sorted(stretches)):
        if second.start < first.end:
            return f"{first} and {second} overlap; make them one or part them"
    return None


def _calendar(profile: Profile) -> Iterator[Problem]:
    places = {item.id for item in profile.locations}
    people = {item.id for item in profile.professionals}
    for index, closure in enumerate(profile.calendar.closures):
        path = f"calendar.closures[{index}]"
        if closure.last < closure.first:
            yield f"{path}.last", f"it is before the first day ({closure.first}); write that day or a later one"
        yield from _unknown(f"{path}.locations", closure.locations, places, "location")
    for index, extra in enumerate(profile.calendar.extra_days):
        path = f"calendar.extra_days[{index}]"
        yield from _unknown(f"{path}.people", extra.people, people, "professional")
        problem = overlap(extra.hours)
        if problem:
            yield f"{path}.hours", problem
    if profile.calendar.open_on:
        known = known_holidays(frozenset(item.state for item in profile.locations))
        for index, name in enumerate(profile.calendar.open_on):
            if plain(name) not in {plain(holiday) for holiday in known}:
                yield f"calendar.open_on[{index}]", f'no public holiday is called "{name}"{suggestion(name, known)}'


def _ladder(profile: Profile) -> Iterator[Problem]:
    hand_off, people = profile.hand_off, {item.id for item in profile.professionals}
    yield from _unknown("hand_off.supervisors", hand_off.supervisors, people, "professional")
    steps = [step.who for step in hand_off.ladder]
    if steps[0] != "owner":
        yield "hand_off.ladder[0].who", "the ladder begins with the owner, to whom the visitor said yes; write owner"
    for index, who in enumerate(steps):
        if who in steps[:index]:
            yield f"hand_off.ladder[{index}].who", f"{who} is there twice; keep one"
    if hand_off.contact_minutes < hand_off.claim_minutes:
        yield (
            "hand_off.contact_minutes",
            f"nobody can call before saying that they will; write the owner's {hand_off.claim_minutes} or more",
        )


def _unknown(path: str, names: Sequence[str], known: set[str], what: str) -> Iterator[Problem]:
    for index, name in enumerate(names):
        if name not in known:
            yield f"{path}[{index}]", f'no {what} is called "{name}"{suggestion(name, known)}'

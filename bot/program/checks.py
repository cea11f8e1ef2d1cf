"""What a profile's parts must agree on: names that are used exist, none is given twice, times do not overlap."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.program.problems import Problem, suggestion
from bot.program.vocabulary import INSURERS, MEDICATIONS, POPULATIONS, SUBSTANCES
from bot.program.working_checks import overlap, working_problems

if TYPE_CHECKING:
    from bot.program.profile import Profile, Week


def cross_problems(profile: Profile) -> list[Problem]:
    """Every contradiction in the profile; empty when there is none."""
    return [
        *_twice(profile),
        *_unknown_references(profile),
        *_unnamed_slugs(profile),
        *_schedules(profile),
        *_scale(profile),
        *working_problems(profile),
    ]


def _twice(profile: Profile) -> Iterator[Problem]:
    lists: dict[str, list[str]] = {
        "locations": [item.id for item in profile.locations],
        "tracks": [item.id for item in profile.tracks],
        "prices": [item.id for item in profile.prices],
        "professionals": [item.id for item in profile.professionals],
        "substances": [item.slug for item in profile.substances],
        "medications": [item.slug for item in profile.medications],
        "populations": [item.slug for item in profile.populations],
    }
    for path, ids in lists.items():
        for index, item in enumerate(ids):
            if item in ids[:index]:
                yield f"{path}[{index}]", f'"{item}" is there twice; give each its own name or remove one'
    seen: set[tuple[str, str]] = set()
    for index, plan in enumerate(profile.plans):
        kinds: list[str] = [*plan.plan_types] or ["all plan types"]
        for kind in kinds:
            if (plan.insurer, kind) in seen:
                yield f"plans[{index}]", f"{plan.insurer} has two rows for {kind}; keep one"
            seen.add((plan.insurer, kind))


def _unknown_references(profile: Profile) -> Iterator[Problem]:
    places = {item.id for item in profile.locations}
    tracks = {item.id for item in profile.tracks}
    people = {item.id for item in profile.professionals}
    for index, track in enumerate(profile.tracks):
        path = f"tracks[{index}]"
        if track.location is not None and track.location not in places:
            yield f"{path}.location", f'no location is called "{track.location}"{suggestion(track.location, places)}'
        if track.location is None and track.format != "telehealth":
            yield f"{path}.location", f"a track that meets {track.format} needs the id of a location"
        if track.format == "telehealth" and not track.states:
            yield f"{path}.states", "an online track needs the states whose residents may join, like [OR, WA]"
    for index, price in enumerate(profile.prices):
        for position, name in enumerate(price.tracks):
            if name not in tracks:
                yield f"prices[{index}].tracks[{position}]", f'no track is called "{name}"{suggestion(name, tracks)}'
    for position, name in enumerate(profile.on_call.people):
        if name not in people:
            yield f"on_call.people[{position}]", f'no professional is called "{name}"{suggestion(name, people)}'
    fields = {*SUBSTANCES, *POPULATIONS}
    fields |= {item.slug for item in profile.substances} | {item.slug for item in profile.populations}
    for index, person in enumerate(profile.professionals):
        for position, name in enumerate(person.specialties):
            if name not in fields:
                where = f"professionals[{index}].specialties[{position}]"
                yield where, f'no substance or group is called "{name}"{suggestion(name, fields)}'
        for field, names, known in (("locations", person.locations, places), ("backups", person.backups, people)):
            for position, name in enumerate(names):
                where = f"professionals[{index}].{field}[{position}]"
                if name not in known:
                    yield where, f'no {field[:-1]} is called "{name}"{suggestion(name, known)}'
                elif field == "backups" and name == person.id:
                    yield where, "nobody can be their own backup; name somebody else"


def _unnamed_slugs(profile: Profile) -> Iterator[Problem]:
    groups = (
        ("plans", "insurer", INSURERS, [(item.insurer, item.name) for item in profile.plans]),
        ("substances", "slug", SUBSTANCES, [(item.slug, item.name) for item in profile.substances]),
        ("medications", "slug", MEDICATIONS, [(item.slug, item.name) for item in profile.medications]),
        ("populations", "slug", POPULATIONS, [(item.slug, item.name) for item in profile.populations]),
    )
    for path, field, known, items in groups:
        for index, (slug, name) in enumerate(items):
            if slug not in known and name is None:
                yield (
                    f"{path}[{index}].{field}",
                    f'the assistant does not know "{slug}": when it is meant as it stands, add a name for visitors '
                    f"to read (name: ...){suggestion(slug, known)}",
                )


def _schedules(profile: Profile) -> Iterator[Problem]:
    weeks: list[tuple[str, Week]] = [("provider.office_hours", profile.provider.office_hours)]
    weeks += [(f"tracks[{index}].sessions", item.sessions) for index, item in enumerate(profile.tracks)]
    weeks += [(f"professionals[{index}].hours", item.hours) for index, item in enumerate(profile.professionals)]
    for path, week in weeks:
        for day, stretches in week.items():
            if not stretches:
                yield f"{path}.{day}", "there is no time in it; remove the day or write one"
            problem = overlap(stretches)
            if problem:
                yield f"{path}.{day}", problem
    for index, track in enumerate(profile.tracks):
        if track.weeks_max < track.weeks_min:
            yield f"tracks[{index}].weeks_max", f"it is less than weeks_min ({track.weeks_min}); write that or more"


def _scale(profile: Profile) -> Iterator[Problem]:
    if profile.sliding_scale is None:
        return
    tiers = profile.sliding_scale.tiers
    for index, (first, second) in enumerate(pairwise(tiers), start=1):
        if first.up_to is None:
            yield f"sliding_scale.tiers[{index - 1}].up_to", "only the last tier may be without an upper bound"
        elif second.up_to is not None and second.up_to <= first.up_to:
            yield f"sliding_scale.tiers[{index}].up_to", f"it must be more than the one before it ({first.up_to})"

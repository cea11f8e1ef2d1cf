"""What three look-ups share: does the profile list it, as yes, no or ask, and how is that told."""

from collections.abc import Callable, Sequence
from typing import Any

from bot.program.answers.base import MOST_POINTS, Answer, compose, sentence
from bot.program.times import joined
from bot.program.vocabulary import name_of

CHECK = "We can check it for you."


def look_up(
    rows: Sequence[Any],
    asked: Sequence[str],
    names: dict[str, str],
    *,
    told: Callable[[Any, str], str],
    next_step: str,
    groups: dict[str, str] | None = None,
) -> Answer:
    """The answer about the asked slugs, each by its own row or its group's; what is not listed is said to be so.

    `told` writes the sentence for a row and the name that the visitor used.
    """
    by_slug = {row.slug: row for row in rows}
    points, missing = [], []
    for slug in list(asked)[:MOST_POINTS]:
        row = by_slug.get(slug) or by_slug.get((groups or {}).get(slug, ""))
        name = row.name if row is not None and row.name and row.slug == slug else name_of(slug, names)
        if row is None:
            missing.append(name)
        else:
            points.append(" ".join([told(row, name), *([sentence(row.note)] if row.note else [])]))
    if missing:
        points.append(f"Our list says nothing about {joined(missing, 'or')}, so please ask us.")
    lead, rest = (points[0], points[1:]) if len(points) == 1 else ("This is what our list says:", points)
    return compose(lead, rest, sms=points, next_step=CHECK if missing else next_step, found=not missing)


def name(row: Any, names: dict[str, str]) -> str:
    """What a visitor reads for the row."""
    return str(row.name or name_of(row.slug, names))

"""The one table of emergency numbers (resources.yml)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files

import yaml


@dataclass(frozen=True)
class Resource:
    """One service that helps in an emergency.

    `call`, `text` and `chat` say how to reach it, None where there is no such way. `source` is the operator's own
    page, `checked` the day on which a person last compared the entry with it.
    """

    id: str
    name: str
    call: str | None
    text: str | None
    chat: str | None
    hours: str
    languages: tuple[str, ...]
    note: str | None
    source: str
    checked: date


def _table() -> dict[str, object]:
    table: dict[str, object] = yaml.safe_load(files("bot.safety").joinpath("resources.yml").read_text(encoding="utf-8"))
    return table


@lru_cache(maxsize=1)
def resources() -> dict[str, Resource]:
    """The services by id, in the order of the table."""
    entries: list[dict] = _table()["resources"]  # type: ignore[assignment]
    return {entry["id"]: Resource(**{**entry, "languages": tuple(entry["languages"])}) for entry in entries}


def recheck_after() -> date:
    """The day after which every number must have been checked again with its operator."""
    due = _table()["recheck_after"]
    if not isinstance(due, date):
        raise ValueError("resources.yml: recheck_after is not a date")
    return due

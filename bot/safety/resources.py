"""The one table of emergency numbers (resources.yml)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files

import yaml

_NUMBER = re.compile(r"(?<![\w.$#-])\d[\d-]*\d(?![\w-])")


@dataclass(frozen=True)
class Resource:
    """One service that helps in an emergency.

    `call`, `text`, `tty` and `chat` say how to reach it, None where there is no such way. `source` is the operator's
    own page, `checked` the day on which a person last compared the entry with it.
    """

    id: str
    name: str
    call: str | None
    text: str | None
    tty: str | None
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


def numbers() -> dict[str, str]:
    """What reviewed texts may name: "{helpline}" is called, "{helpline_text}" texted, "{helpline_tty}" is its TTY."""
    named: dict[str, str] = {}
    for name, entry in resources().items():
        texted = _NUMBER.findall(entry.text or "")
        named |= {name: entry.call} if entry.call else {}
        named |= {f"{name}_text": texted[-1]} if texted else {}
        named |= {f"{name}_tty": entry.tty} if entry.tty else {}
    return named


def numbers_in(text: str) -> list[str]:
    """The numbers of the table that stand in a text as digits; an address such as 988lifeline.org holds none."""
    known = {
        number for entry in resources().values() for number in _NUMBER.findall(f"{entry.call} {entry.text} {entry.tty}")
    }
    return [number for number in _NUMBER.findall(text) if number in known]


def recheck_after() -> date:
    """The day after which every number must have been checked again with its operator."""
    due = _table()["recheck_after"]
    if not isinstance(due, date):
        raise ValueError("resources.yml: recheck_after is not a date")
    return due

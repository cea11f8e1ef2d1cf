"""Clock times of a week: minutes since midnight, ranges such as "17:30-20:30", and how they are written to people."""

import re
from collections.abc import Iterable
from typing import Annotated, Any, NamedTuple

from pydantic import PlainSerializer, PlainValidator

from bot.program.vocabulary import DAY_NAMES, DAYS

CLOCK = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)")
MIDNIGHT = 24 * 60


def minutes_of(clock: str) -> int:
    """Minutes since midnight of "17:30"; "24:00" is the day's end. Raises ValueError for anything else."""
    match = CLOCK.fullmatch(clock.strip())
    minutes = int(match[1]) * 60 + int(match[2]) if match else MIDNIGHT + 1
    if minutes > MIDNIGHT:
        raise ValueError(f'"{clock}" is no time of day; write it like 17:30')
    return minutes


def clock_of(minutes: int) -> str:
    """The 24-hour form of minutes since midnight: "17:30"."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def spoken(minutes: int) -> str:
    """What a visitor reads for minutes since midnight: "5:30 pm", "noon", "9 am"."""
    if minutes % MIDNIGHT == 0:
        return "midnight"
    if minutes == 12 * 60:
        return "noon"
    hour, minute = divmod(minutes, 60)
    return f"{(hour - 1) % 12 + 1}{f':{minute:02d}' if minute else ''} {'am' if hour < 12 else 'pm'}"


class TimeRange(NamedTuple):
    """A stretch of one day, in minutes since midnight."""

    start: int
    end: int

    def __str__(self) -> str:
        """The form that a profile is written in: "17:30-20:30"."""
        return f"{clock_of(self.start)}-{clock_of(self.end)}"

    @property
    def spoken(self) -> str:
        """What a visitor reads: "5:30 to 8:30 pm", "11 am to 2 pm"."""
        first, last = spoken(self.start), spoken(self.end)
        if first[-2:] == last[-2:] and first[-2:] in ("am", "pm"):
            first = first[:-3]
        return f"{first} to {last}"

    @property
    def short(self) -> str:
        """The same for a text message: "5:30-8:30pm"."""
        return self.spoken.replace(" to ", "-").replace(" am", "am").replace(" pm", "pm")


def parse_range(value: Any) -> TimeRange:
    """A range from its written form or from a TimeRange. Raises ValueError that says what to write."""
    if isinstance(value, TimeRange):
        return value
    parts = value.split("-") if isinstance(value, str) else []
    if len(parts) != 2:
        raise ValueError(f'"{value}" is no stretch of time; write it like "17:30-20:30"')
    start, end = minutes_of(parts[0]), minutes_of(parts[1])
    if start >= end:
        raise ValueError(f'"{value}" ends before it starts; use the 24-hour clock, like "17:30-20:30"')
    return TimeRange(start, end)


Range = Annotated[TimeRange, PlainValidator(parse_range), PlainSerializer(str, return_type=str)]


def joined(words: Iterable[str], last: str = "and") -> str:
    """A list as people write it: "Mon, Tue and Thu"."""
    items = list(words)
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}" if items else ""


def runs_of(days: Iterable[str]) -> list[list[int]]:
    """Days in the week's order, by their numbers from Monday on; those that follow one another together."""
    wanted = sorted({DAYS.index(day) for day in days})  # type: ignore[arg-type]
    runs: list[list[int]] = []
    for index in wanted:
        if runs and runs[-1][-1] == index - 1:
            runs[-1].append(index)
        else:
            runs.append([index])
    return runs


def day_list(days: Iterable[str], short: bool = True) -> str:
    """Days in the week's order: "Mon, Tue and Thu"; runs of three or more become "Mon to Fri"."""

    def name(index: int) -> str:
        full = DAY_NAMES[DAYS[index]]
        return full[:3] if short else full

    words: list[str] = []
    for run in runs_of(days):
        words += [f"{name(run[0])} to {name(run[-1])}"] if len(run) > 2 else [name(index) for index in run]
    return joined(words)


def hours_text(minutes: int) -> str:
    """A length of time in hours: "9 hours", "1.5 hours", "1 hour"."""
    hours = f"{minutes / 60:.2f}".rstrip("0").rstrip(".")
    return f"{hours} hour{'' if hours == '1' else 's'}"

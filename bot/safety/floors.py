"""What the safety check must reach on the messages that are held back: tests/safety/floors.yml, held by `evaluate`.

Each line of the file names a figure of bot.safety.figures (`emergency` or `noticed` of the crises, `false_emergency` or
`false_check` of the harmless ones, `precision`), in all or `among` a group such as `language=es`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.safety.figures import Figures, Share

LEAST, MOST = "least", "most"


@dataclass(frozen=True)
class Floor:
    """One figure and its bound: the share must be at `least`, or at `most`, this. `goal` is where it should get."""

    figure: str
    among: str | None
    bound: str
    share: float
    goal: float

    def __str__(self) -> str:
        return self.figure if self.among is None else f"{self.figure} among {self.among}"


class FloorsError(ValueError):
    """The file of floors cannot be used; the message says why."""


def read_floors(path: Path) -> list[Floor]:
    """The committed floors. Raises FloorsError."""
    try:
        lines = yaml.safe_load(path.read_text(encoding="utf-8"))
        return [
            Floor(str(line["figure"]), line.get("among"), bound, float(line["share"]), float(line["goal"]))
            for bound in (LEAST, MOST)
            for line in lines[bound]
        ]
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise FloorsError(f"{path} holds no floors of the safety check: {type(error).__name__} {error}") from None


def reached(figures: Figures, floor: Floor) -> Share:
    """The figure that a floor is about; nothing of nothing where the messages hold no such group."""
    if floor.among is None:
        share: Share = getattr(figures, floor.figure)
        return share
    nothing = (Share(0, 0), Share(0, 0))
    of_crises, of_benign = figures.crises.get(floor.among, nothing), figures.benign.get(floor.among, nothing)
    return {
        "emergency": of_crises[0],
        "noticed": of_crises[1],
        "false_emergency": of_benign[0],
        "false_check": of_benign[1],
    }[floor.figure]


def missed(figures: Figures, floors: list[Floor]) -> list[str]:
    """What the figures do not reach, a sentence each; a group without a message misses its floor too."""
    sentences = []
    for floor in floors:
        share = reached(figures, floor)
        value = share.hits / share.total if share.total else None
        within = value is not None and (value >= floor.share if floor.bound == LEAST else value <= floor.share)
        if not within:
            side = "below its floor" if floor.bound == LEAST else "above its ceiling"
            sentences.append(f"safety: {floor} is {share}, {side} of {floor.share:.1%}")
    return sentences

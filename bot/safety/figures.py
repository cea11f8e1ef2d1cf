"""How well the safety check does on labelled messages: sensitivity, false alarms and precision, with exact intervals.

Pure counting: whoever has a model gives the levels (bot.nlu.safety_figures does), or the rules alone are asked.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

#: What the messages are told apart by, beside their class.
GROUPS = ("label", "kind", "person", "channel", "spelling", "language")


def interval(hits: int, total: int) -> tuple[float, float]:
    """The exact (Clopper-Pearson) 95% interval of a share; (0, 1) of nothing."""
    if total == 0:
        return 0.0, 1.0

    def at_most(share: float, count: int) -> float:
        """The chance of at most `count` hits."""
        if share <= 0.0 or share >= 1.0:
            return 1.0 if share <= 0.0 or count >= total else 0.0
        ways = (math.lgamma(total + 1) - math.lgamma(k + 1) - math.lgamma(total - k + 1) for k in range(count + 1))
        odds = math.log(share), math.log1p(-share)
        return math.fsum(math.exp(way + k * odds[0] + (total - k) * odds[1]) for k, way in enumerate(ways))

    def root(falls_below: Callable[[float], bool]) -> float:
        low, high = 0.0, 1.0
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (low, middle) if falls_below(middle) else (middle, high)
        return (low + high) / 2

    lower = 0.0 if hits == 0 else root(lambda share: 1.0 - at_most(share, hits - 1) > 0.025)
    upper = 1.0 if hits == total else root(lambda share: at_most(share, hits) < 0.025)
    return lower, upper


@dataclass(frozen=True)
class Share:
    """Some of a number, with its exact 95% interval."""

    hits: int
    total: int

    def to_dict(self) -> dict[str, Any]:
        """As JSON-able data; `share` is None of nothing."""
        share = self.hits / self.total if self.total else None
        return {"hits": self.hits, "of": self.total, "share": share, "interval": list(interval(self.hits, self.total))}

    def __str__(self) -> str:
        if not self.total:
            return "-"
        low, high = interval(self.hits, self.total)
        return f"{self.hits / self.total:.1%} ({low:.1%} to {high:.1%}) of {self.total}"


@dataclass(frozen=True)
class Figures:
    """Crisis messages noticed and hard benign ones left alone, in all and by group (`kind=veiled`, `language=es`)."""

    emergency: Share
    noticed: Share
    false_emergency: Share
    false_check: Share
    precision: Share
    crises: Mapping[str, tuple[Share, Share]]
    benign: Mapping[str, tuple[Share, Share]]

    def to_dict(self) -> dict[str, Any]:
        """As JSON-able data."""
        names = ("emergency", "noticed", "false_emergency", "false_check", "precision")
        return {
            **{name: getattr(self, name).to_dict() for name in names},
            "crises": {
                name: {"emergency": a.to_dict(), "noticed": b.to_dict()} for name, (a, b) in self.crises.items()
            },
            "benign": {name: {"emergency": a.to_dict(), "check": b.to_dict()} for name, (a, b) in self.benign.items()},
        }

    def render(self) -> str:
        """As text, a line a figure."""
        rows = [("emergency raised", self.emergency), ("emergency or check", self.noticed)]
        rows += [("emergency on benign", self.false_emergency), ("check on benign", self.false_check)]
        rows.append(("precision of emergency", self.precision))
        out = [f"{name:28} {share}" for name, share in rows]
        out += [f"crisis {name:28} emergency {a}; or check {b}" for name, (a, b) in self.crises.items()]
        out += [f"benign {name:28} emergency {a}; check {b}" for name, (a, b) in self.benign.items()]
        return "\n".join(out)


def is_crisis(row: Mapping[str, Any]) -> bool:
    """Whether a labelled line is a crisis: its `label` is a crisis topic, or it has a `category`."""
    return str(row.get("label", "")).startswith("crisis_") or bool(row.get("category"))


def measure(rows: Iterable[Mapping[str, Any]], level_of: Callable[[str], str]) -> Figures:
    """Ask `level_of` about each labelled line's text and count.

    A line is a JSON object with `text`, `label` (a crisis topic) or `category` for crises, and what GROUPS names.
    """
    judged = [(row, level_of(str(row["text"]))) for row in rows]

    def shares(chosen: list[tuple[Mapping[str, Any], str]], first: set[str], second: set[str]) -> tuple[Share, Share]:
        levels = [level for _, level in chosen]
        return (
            Share(sum(level in first for level in levels), len(levels)),
            Share(sum(level in second for level in levels), len(levels)),
        )

    def grouped(
        chosen: list[tuple[Mapping[str, Any], str]], first: set[str], second: set[str]
    ) -> dict[str, tuple[Share, Share]]:
        named = sorted({f"{name}={row[name]}" for row, _ in chosen for name in (*GROUPS, "category") if row.get(name)})
        return {
            group: shares(
                [pair for pair in chosen if f"{(name := group.split('=')[0])}={pair[0].get(name)}" == group],
                first,
                second,
            )
            for group in named
        }

    raised, noticed, checked = {"emergency"}, {"emergency", "check"}, {"check"}
    crises = [pair for pair in judged if is_crisis(pair[0])]
    benign = [pair for pair in judged if not is_crisis(pair[0])]
    emergency, seen = shares(crises, raised, noticed)
    false_emergency, false_check = shares(benign, raised, checked)
    return Figures(
        emergency=emergency,
        noticed=seen,
        false_emergency=false_emergency,
        false_check=false_check,
        precision=Share(emergency.hits, emergency.hits + false_emergency.hits),
        crises=grouped(crises, raised, noticed),
        benign=grouped(benign, raised, checked),
    )

"""Measure the extraction of entities on a file labelled by hand.

    python -m bot.nlu.entity_figures FILE [--half development|held] [--errors] [--json]

FILE holds JSON lines {"text", "entities": [{"entity", "value", "start", "end", "also": [{"entity", "value"}]}]}; `also`
are readings of the same words that a fair judge accepts. The halves: lines 1, 3, 5 ... are for development, lines 2, 4,
6 ... are held.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from scipy.stats import beta

from bot.nlu.encoder import shared_vocabulary
from bot.nlu.entity_context import Entity
from bot.nlu.entity_patterns import entity_words
from bot.nlu.examples import training_examples
from bot.nlu.facts import find_facts
from bot.nlu.spelling import Speller, general_words, learn
from bot.nlu.text import plain

Half = Literal["all", "development", "held"]
Extract = Callable[[str], list[Entity]]
ALL = "all"
"""The name of the row over all types."""


class EntityFileError(ValueError):
    """The file cannot be used; the message says why."""


@dataclass(frozen=True)
class Labelled:
    """One entity as labelled; `readings` are the (entity, value) pairs that are right, the label's own first."""

    readings: tuple[tuple[str, str], ...]
    start: int
    end: int

    @property
    def entity(self) -> str:
        """The type that the label counts for."""
        return self.readings[0][0]


@dataclass(frozen=True)
class EntityLine:
    """One message and the entities in it."""

    text: str
    entities: tuple[Labelled, ...]


@dataclass
class Counts:
    """Right, wrong and missed of one type."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def figures(self) -> dict[str, Any]:
        """Precision, recall and F1, the first two with exact 95% intervals; None where there is nothing to count."""
        found, labelled = self.right + self.wrong, self.right + self.missed
        return {
            "labelled": labelled,
            "found": found,
            "right": self.right,
            "precision": self.right / found if found else None,
            "precision_interval": list(exact_interval(self.right, found)),
            "recall": self.right / labelled if labelled else None,
            "recall_interval": list(exact_interval(self.right, labelled)),
            "f1": 2 * self.right / (found + labelled) if found + labelled else None,
        }


@dataclass
class EntityReport:
    """The counts by type, and what went wrong: (text, "missed" or "wrong", entity, value, words)."""

    lines: int = 0
    exact: dict[str, Counts] = field(default_factory=dict)
    by_value: dict[str, Counts] = field(default_factory=dict)
    by_confidence: dict[float, Counts] = field(default_factory=dict)
    errors: list[tuple[str, str, str, str, str]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Everything as JSON-able data."""
        sides = {"exact": self.exact, "by_value": self.by_value}
        tables = {name: {kind: row.figures() for kind, row in sorted(side.items())} for name, side in sides.items()}
        sure = {f"{level:.2f}": row.figures() for level, row in sorted(self.by_confidence.items())}
        return {"lines": self.lines, **tables, "by_confidence": sure}

    def render(self, errors: bool = False) -> str:
        """The report as text; `errors` lists what went wrong."""
        data = self.to_json()
        out = [f"{self.lines} messages; in brackets the exact 95% interval (Clopper and Pearson)"]
        for name, title in (("exact", "place and value right"), ("by_value", "value right, wherever it is")):
            out += ["", title, f"{'type':14} {'precision':>22} {'recall':>22} {'F1':>5} {'labelled':>8} {'found':>5}"]
            for kind, row in data[name].items():
                shares = [_with_interval(row[side], row[f"{side}_interval"]) for side in ("precision", "recall")]
                f1 = "-" if row["f1"] is None else f"{row['f1']:.3f}"
                out.append(f"{kind:14} {shares[0]:>22} {shares[1]:>22} {f1:>5} {row['labelled']:>8} {row['found']:>5}")
        out += ["", "precision of the value by the confidence given"]
        for level, row in data["by_confidence"].items():
            out.append(
                f"{level:14} {_with_interval(row['precision'], row['precision_interval']):>22} of {row['found']}"
            )
        if errors:
            out += [
                "",
                *(f"{what} {kind} {value} [{words}]: {text}" for text, what, kind, value, words in self.errors),
            ]
        return "\n".join(out)


def exact_interval(right: int, total: int, level: float = 0.95) -> tuple[float, float]:
    """Clopper and Pearson's interval of a share."""
    tail = (1 - level) / 2
    low = float(beta.ppf(tail, right, total - right + 1)) if right else 0.0
    high = float(beta.ppf(1 - tail, right + 1, total - right)) if right < total else 1.0
    return low, high


def _with_interval(share: float | None, interval: Sequence[float]) -> str:
    return "-" if share is None else f"{share:.1%} ({interval[0]:.1%}-{interval[1]:.1%})"


def _same(value: Any) -> str:
    """A value as text that is equal for equal values, whatever the order of keys."""
    return json.dumps(value, sort_keys=True)


def read_entity_lines(path: Path, half: Half = "all") -> list[EntityLine]:
    """The labelled messages of the file, or of one half; raises EntityFileError naming the line that cannot be used."""
    try:
        raw = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise EntityFileError(f"{path} cannot be read: {error}") from None
    lines = []
    for number, row in enumerate(raw, 1):
        if half != "all" and (half == "development") != (number % 2 == 1):
            continue
        try:
            data = json.loads(row)
            text = str(data["text"])
            found = []
            for item in data["entities"]:
                readings = tuple((str(r["entity"]), _same(r["value"])) for r in (item, *item.get("also", ())))
                found.append(Labelled(readings, int(item["start"]), int(item["end"])))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise EntityFileError(f'{path}, line {number}: not a JSON object with "text" and "entities"') from None
        if any(not 0 <= e.start < e.end <= len(text) for e in found):
            raise EntityFileError(f"{path}, line {number}: an entity lies outside its text")
        lines.append(EntityLine(text, tuple(found)))
    if not lines:
        raise EntityFileError(f"{path} holds no labelled messages")
    return lines


def extractor(folder: Path = Path("data/nlu")) -> Extract:
    """What the pipeline finds in a text: repair with the words of the training data, then the facts."""
    general = general_words(shared_vocabulary())
    texts = [text for text, _ in training_examples(folder)]
    speller = Speller(learn(texts, general, entity_words()), general, entity_words())
    return lambda text: find_facts(plain(text), speller.repair(plain(text)))


def measure(lines: Iterable[EntityLine], extract: Extract) -> EntityReport:
    """Count for every message what is found against what is labelled, each label and each finding used once."""
    report = EntityReport()
    for line in lines:
        report.lines += 1
        found = extract(line.text)
        wrong, missed = _match(line.entities, found, report.exact, with_place=True)
        unfit, _ = _match(line.entities, found, report.by_value, with_place=False)
        for entity in found:
            counts = report.by_confidence.setdefault(entity.confidence, Counts())
            counts.wrong += entity in unfit
            counts.right += entity not in unfit
        for entity in wrong:
            words = line.text[entity.start : entity.end]
            report.errors.append((line.text, "wrong", entity.entity, _same(entity.value), words))
        for label in missed:
            report.errors.append((line.text, "missed", *label.readings[0], line.text[label.start : label.end]))
    return report


def _match(
    labels: Sequence[Labelled], found: Sequence[Entity], table: dict[str, Counts], with_place: bool
) -> tuple[list[Entity], list[Labelled]]:
    left = list(found)
    missed = []
    for label in labels:
        fits = [
            entity
            for entity in left
            if (entity.entity, _same(entity.value)) in label.readings
            and (not with_place or (entity.start, entity.end) == (label.start, label.end))
        ]
        if fits:
            left.remove(fits[0])
        else:
            missed.append(label)
        for kind in (label.entity, ALL):
            counts = table.setdefault(kind, Counts())
            counts.right += bool(fits)
            counts.missed += not fits
    for entity in left:
        for kind in (entity.entity, ALL):
            table.setdefault(kind, Counts()).wrong += 1
    return left, missed


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m bot.nlu.entity_figures", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("file", type=Path, help="JSON lines with text and entities")
    parser.add_argument("--half", choices=("all", "development", "held"), default="all")
    parser.add_argument("--errors", action="store_true", help="list what is wrong or missed")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args(arguments)
    try:
        report = measure(read_entity_lines(options.file, options.half), extractor())
    except EntityFileError as error:
        print(error, file=sys.stderr)
        return 2
    print(json.dumps(report.to_json()) if options.json else report.render(options.errors))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""A model before and after learning, side by side, and whether the new one may go live."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.nlu.evaluate import CRISES, EvaluationError, Line, Prediction, Report, below_floors, evaluate, read_lines

Parse = Callable[[str], dict[str, Any]]


@dataclass(frozen=True)
class Measured:
    """One model on the hold-out and on the safety files."""

    holdout: Report
    dangers: Mapping[str, tuple[Prediction, ...]]
    """By kind of emergency: the lines of all files that tell of one."""
    benign: tuple[Prediction, ...]
    """The safety files' lines that tell of none."""

    def figures(self) -> dict[str, Any]:
        """What the shelf keeps of it."""
        data = self.holdout.to_json()
        crises = [p for p in self.holdout.predictions if p.line.label in CRISES]
        return {
            "lines": data["lines"],
            "accuracy": data["accuracy"],
            "crisis_recall": _share(sum(p.right for p in crises), len(crises)),
            "crisis_noticed": _share(sum(p.safety != "none" for p in crises), len(crises)),
            "false_alarms": data["false_alarms"]["count"],
            "safety": {name: dict(zip(PARTS, counts, strict=True)) for name, counts in self.safety().items()},
            "false_emergencies": sum(p.safety == "emergency" for p in self.benign),
        }

    def safety(self) -> dict[str, tuple[int, int, int, int]]:
        """By kind of emergency, the numbers of PARTS."""
        return {
            name: (
                len(lines),
                sum(p.safety == "emergency" for p in lines),
                sum(p.safety != "none" for p in lines),
                sum(p.right for p in lines if p.line.label in CRISES),
            )
            for name, lines in sorted(self.dangers.items())
        }


PARTS = ("lines", "emergency", "noticed", "named")
"""Of the lines: answered as an emergency, with at least the gentle line, and with the topic named right."""


def read_safety(folder: Path) -> tuple[dict[str, list[Line]], list[Line]]:
    """The lines of all safety files in a folder: by kind of emergency, and those without one. Raises EvaluationError.

    A row has "text" and either "label" (a crisis topic) or "category" when it is an emergency.
    """
    dangers: dict[str, list[Line]] = {}
    benign: list[Line] = []
    for file in sorted(folder.glob("*.jsonl")):
        for number, text in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if not text.strip():
                continue
            try:
                row = json.loads(text)
                said = str(row["text"])
            except (ValueError, KeyError, TypeError):
                raise EvaluationError(f'{file}, line {number}: not a JSON object with "text"') from None
            kind = str(row.get("label") or row.get("category") or "").removeprefix("crisis_")
            if f"crisis_{kind}" in CRISES or row.get("category"):
                dangers.setdefault(kind, []).append(Line(said, f"crisis_{kind}"))
            else:
                benign.append(Line(said, kind))
    return dangers, benign


def measure(parse: Parse, holdout: Path, safety: Path) -> Measured:
    """Measure one model; the hold-out's crises count with the safety files'. Raises EvaluationError."""
    report = evaluate(read_lines(holdout), parse)
    dangers, benign = read_safety(safety)
    found = {kind: list(evaluate(lines, parse).predictions) for kind, lines in dangers.items()}
    for prediction in report.predictions:
        if prediction.line.label in CRISES:
            found.setdefault(prediction.line.label.removeprefix("crisis_"), []).append(prediction)
    quiet = evaluate(benign, parse).predictions
    return Measured(report, {kind: tuple(lines) for kind, lines in found.items()}, quiet)


def refusals(before: Measured, after: Measured, floors: Mapping[str, float]) -> list[str]:
    """Why the new model must not go live, a sentence each: worse on any kind of emergency, more false emergencies on
    the safety files, or below a floor."""
    told = []
    older, newer = before.safety(), after.safety()
    for kind, counts in older.items():
        for part, was, now in zip(PARTS[1:], counts[1:], newer[kind][1:], strict=True):
            if now < was:
                told.append(f"{kind}: {part} fell from {was} to {now} of {counts[0]} lines")
    was, now = (sum(p.safety == "emergency" for p in one.benign) for one in (before, after))
    if now > was:
        told.append(f"false emergencies rose from {was} to {now} of {len(after.benign)} lines without one")
    return told + below_floors(after.holdout, dict(floors))


def render(before: Measured, after: Measured) -> str:
    """Both side by side."""
    old, new = before.figures(), after.figures()
    rows = [(f"accuracy on {new['lines']} lines", _percent(old["accuracy"]), _percent(new["accuracy"]))]
    for name in ("crisis_recall", "crisis_noticed"):
        rows.append((f"{name.replace('_', ' ')} there", _percent(old[name]), _percent(new[name])))
    rows.append(("false alarms there", str(old["false_alarms"]), str(new["false_alarms"])))
    for kind, counts in new["safety"].items():
        for part in PARTS[1:]:
            lines = counts["lines"]
            then = old["safety"][kind][part]
            if part != "named" or f"crisis_{kind}" in CRISES:
                rows.append((f"{kind}: {part}, of {lines}", str(then), str(counts[part])))
    name = f"false emergencies, of {len(after.benign)}"
    rows.append((name, str(old["false_emergencies"]), str(new["false_emergencies"])))
    width = max(len(row[0]) for row in rows)
    lines = [f"{'':{width}}  {'before':>8} {'after':>8}"]
    return "\n".join([*lines, *(f"{what:{width}}  {then:>8} {now:>8}" for what, then, now in rows)])


def _share(hits: int, total: int) -> float | None:
    return hits / total if total else None


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"

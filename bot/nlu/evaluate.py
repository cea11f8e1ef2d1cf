"""Measure the newest trained model on a labelled file: the figures that `firststep evaluate` prints.

The file holds JSON lines {"text", "label", "also": [...]}; labels are the topics of the domain. Only understanding is
used: no dialogue, no action server, no store.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

OUT_OF_SCOPE = "out_of_scope"
CRISES = ("crisis_suicide", "crisis_overdose", "crisis_withdrawal", "crisis_violence")
Parse = Callable[[str], dict[str, Any]]
"""A text to Rasa's parse result."""


class EvaluationError(ValueError):
    """The file or the model cannot be used; the message says why."""


@dataclass(frozen=True)
class Line:
    """One labelled message; `also` are other labels that are right too."""

    text: str
    label: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Prediction:
    """What the model said of one line; `seconds` is the time that parsing took, `scope` the gate's score for one of
    our topics."""

    line: Line
    predicted: str
    confidence: float
    safety: str
    seconds: float
    scope: float | None = None

    @property
    def right(self) -> bool:
        """Whether the predicted topic is the label or one of the others allowed."""
        return self.predicted == self.line.label or self.predicted in self.line.also

    def row(self) -> dict[str, Any]:
        """For the predictions file."""
        return {
            "text": self.line.text,
            "label": self.line.label,
            "predicted": self.predicted,
            "confidence": round(self.confidence, 4),
            "safety": self.safety,
        }


def wilson(hits: int, total: int) -> tuple[float, float]:
    """The 95% interval of a share, by Wilson; (0, 1) of nothing."""
    if total == 0:
        return 0.0, 1.0
    z = 1.959964
    share, spread = hits / total, z * z / total
    centre = (share + spread / 2) / (1 + spread)
    half = z * math.sqrt(share * (1 - share) / total + spread / (4 * total)) / (1 + spread)
    return max(0.0, centre - half), min(1.0, centre + half)


def _with_interval(name: str, hits: int, total: int) -> dict[str, Any]:
    """A share and its interval as two entries of a table."""
    return {name: _share(hits, total), f"{name}_interval": list(wilson(hits, total))}


def _share(hits: int, total: int) -> float | None:
    return hits / total if total else None


@dataclass(frozen=True)
class Report:
    """All predictions of one file, and the figures drawn from them."""

    predictions: tuple[Prediction, ...]

    @property
    def accuracy(self) -> float:
        """Share of lines whose predicted topic is the label or an allowed one."""
        return sum(p.right for p in self.predictions) / max(1, len(self.predictions))

    def topics(self) -> dict[str, dict[str, Any]]:
        """By topic: precision, recall (None without cases) and the number of lines. An allowed other label counts as
        found."""
        labels = sorted({p.line.label for p in self.predictions} | {p.predicted for p in self.predictions})
        table = {}
        for label in labels:
            mine = [p for p in self.predictions if p.line.label == label]
            said = [p for p in self.predictions if p.predicted == label]
            table[label] = {
                **_with_interval("precision", sum(p.right for p in said), len(said)),
                **_with_interval("recall", sum(p.right for p in mine), len(mine)),
                "lines": len(mine),
            }
        return table

    def crises(self) -> dict[str, dict[str, Any]]:
        """By crisis topic: lines, how many got an emergency (of any crisis) and how many at least a check."""
        table = {}
        for label in CRISES:
            mine = [p for p in self.predictions if p.line.label == label]
            emergency = sum(p.safety == "emergency" for p in mine)
            noticed = sum(p.safety != "none" for p in mine)
            table[label] = {
                "lines": len(mine),
                **_with_interval("recall", sum(p.right for p in mine), len(mine)),
                **_with_interval("emergency", emergency, len(mine)),
                **_with_interval("emergency_or_check", noticed, len(mine)),
            }
        return table

    def false_alarms(self) -> list[Prediction]:
        """Emergencies raised on lines that are no crisis."""
        return [
            p for p in self.predictions if p.safety == "emergency" and not {p.line.label, *p.line.also} & set(CRISES)
        ]

    def scope(self) -> dict[str, Any]:
        """What the out-of-scope gate did: recall of out of scope, share of our own kept, and the recall at a
        threshold that keeps 95% of our own (None without scores or cases). Lines that may be either do not count."""
        outside = [p for p in self.predictions if p.line.label == OUT_OF_SCOPE and not p.line.also]
        ours = [p for p in self.predictions if OUT_OF_SCOPE not in (p.line.label, *p.line.also)]
        scores = sorted(p.scope for p in ours if p.scope is not None)
        threshold = scores[int(len(scores) * 0.05)] if scores else None
        scored = [p.scope for p in outside if p.scope is not None]
        return {
            "lines": len(outside),
            **_with_interval("recall", sum(p.predicted == OUT_OF_SCOPE for p in outside), len(outside)),
            "in_scope_kept": _share(sum(p.predicted != OUT_OF_SCOPE for p in ours), len(ours)),
            "recall_at_95_kept": _share(sum(s < threshold for s in scored), len(scored))
            if threshold is not None
            else None,
        }

    def confusions(self) -> list[tuple[str, str, list[str]]]:
        """(label, predicted, texts), the most frequent first."""
        found: dict[tuple[str, str], list[str]] = defaultdict(list)
        for p in self.predictions:
            if not p.right:
                found[p.line.label, p.predicted].append(p.line.text)
        return sorted(((a, b, texts) for (a, b), texts in found.items()), key=lambda item: (-len(item[2]), item[:2]))

    def latency(self) -> dict[str, float]:
        """Milliseconds a message: median and 95th percentile."""
        times = sorted(p.seconds * 1000 for p in self.predictions) or [0.0]
        return {"median_ms": statistics.median(times), "p95_ms": times[min(len(times) - 1, int(len(times) * 0.95))]}

    def to_json(self) -> dict[str, Any]:
        """Everything as JSON-able data."""
        total = len(self.predictions)
        right = sum(p.right for p in self.predictions)
        ordinary = sum(not {p.line.label, *p.line.also} & set(CRISES) for p in self.predictions)
        alarms = self.false_alarms()
        return {
            "lines": total,
            "accuracy": self.accuracy,
            "accuracy_interval": list(wilson(right, total)),
            "topics": self.topics(),
            "crises": self.crises(),
            "false_alarms": {
                "count": len(alarms),
                "of": ordinary,
                "share": _share(len(alarms), ordinary),
                "interval": list(wilson(len(alarms), ordinary)),
                "texts": [p.line.text for p in alarms],
            },
            "out_of_scope": self.scope(),
            "confusions": [{"label": a, "predicted": b, "texts": texts} for a, b, texts in self.confusions()],
            "latency": self.latency(),
        }

    def rows(self) -> list[dict[str, Any]]:
        """The predictions file's rows."""
        return [p.row() for p in self.predictions]


def read_floors(path: Path) -> dict[str, float]:
    """The committed floors: what must be reached of `accuracy`, `crisis_recall` and `crisis_noticed`.

    Raises EvaluationError when the file cannot be read or lacks one.
    """
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        return {name: float(data[name]["floor"]) for name in ("accuracy", "crisis_recall", "crisis_noticed")}
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError):
        raise EvaluationError(f"{path} does not hold the floors accuracy, crisis_recall and crisis_noticed") from None


def below_floors(report: Report, floors: dict[str, float]) -> list[str]:
    """What the report does not reach, a sentence each; over all crisis lines, the topic and at least a check count."""
    crises = [p for p in report.predictions if p.line.label in CRISES]
    reached = {
        "accuracy": report.accuracy,
        "crisis_recall": _share(sum(p.right for p in crises), len(crises)) or 0.0,
        "crisis_noticed": _share(sum(p.safety != "none" for p in crises), len(crises)) or 0.0,
    }
    return [
        f"{name} is {reached[name]:.1%}, below its floor of {floor:.1%}"
        for name, floor in floors.items()
        if reached[name] < floor
    ]


def _line(data: Any) -> Line:
    text, label, also = data["text"], data["label"], data.get("also") or []
    if not (isinstance(text, str) and isinstance(label, str) and isinstance(also, list)):
        raise TypeError
    return Line(text, label, tuple(map(str, also)))


def read_lines(path: Path) -> list[Line]:
    """The labelled lines; raises EvaluationError naming the line that cannot be read."""
    try:
        raw = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        raise EvaluationError(f"{path} is not a text file in UTF-8") from None
    except OSError as error:
        raise EvaluationError(f"{path}: {error.strerror or error}") from None
    lines = []
    for number, text in enumerate(raw, 1):
        if not text.strip():
            continue
        try:
            lines.append(_line(json.loads(text)))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise EvaluationError(f'{path}, line {number}: not a JSON object with "text" and "label"') from None
    if not lines:
        raise EvaluationError(f"{path} holds no labelled lines")
    return lines


def predict(parsed: dict[str, Any]) -> tuple[str, float, str]:
    """The predicted topic, its confidence and the safety level of one parse result; an emergency's topic is the
    crisis."""
    safety = str((parsed.get("safety") or {}).get("level", "none"))
    intent = parsed.get("intent") or {}
    name = str(intent.get("name")) if safety == "emergency" else str(parsed.get("topic") or intent.get("name"))
    return name, float(intent.get("confidence") or 0.0), safety


def evaluate(lines: Iterable[Line], parse: Parse) -> Report:
    """Parse every line and keep what was said; `parse` is timed."""
    predictions = []
    for line in lines:
        start = time.perf_counter()
        parsed = parse(line.text)
        seconds = time.perf_counter() - start
        scope = parsed.get("scope")
        predictions.append(Prediction(line, *predict(parsed), seconds, None if scope is None else float(scope)))
    return Report(tuple(predictions))


def newest_model(folder: Path = Path("models")) -> Path:
    """The model trained last; raises EvaluationError when there is none."""
    found: Sequence[Path] = sorted(folder.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if not found:
        raise EvaluationError(f"No trained model in {folder}: run `firststep train` first.")
    return found[-1]


def load_parser(model: Path) -> Parse:
    """A function that parses a text with the model's understanding; loads Rasa, which takes seconds."""
    import structlog
    from rasa.core.agent import Agent  # brings TensorFlow with it

    # Rasa's own log would write every message down, and into the report.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    agent = Agent.load(str(model))
    loop = asyncio.new_event_loop()

    def parse(text: str) -> dict[str, Any]:
        result: dict[str, Any] = loop.run_until_complete(agent.parse_message(text))
        return result

    parse("hello")  # the first message opens what is opened late
    return parse

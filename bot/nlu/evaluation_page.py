"""The evaluation report as one HTML file: no script, nothing loaded from elsewhere, readable without colours."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined

from bot.nlu.evaluate import Report
from bot.nlu.faults import Fault, at_fault
from bot.nlu.report_text import percent

CELL = 15
"""Pixels of one field of the confusion matrix."""
LABELS = 190
"""Pixels for the topics' names beside and above it."""


def _matrix(report: Report) -> dict[str, Any]:
    """Who was taken for whom: the topics, and the fields that are not empty, with a shade from 0 to 1."""
    counts = Counter(
        (p.line.label, p.line.label if p.right else p.predicted) for p in report.predictions
    )  # an allowed other label is right
    names = sorted({name for pair in counts for name in pair})
    lines = Counter(p.line.label for p in report.predictions)
    fields = [
        {
            "x": LABELS + names.index(predicted) * CELL,
            "y": LABELS + names.index(label) * CELL,
            "right": label == predicted,
            "shade": round(0.15 + 0.85 * count / lines[label], 3),
            "title": f"{label} as {predicted}: {count} of {lines[label]}",
        }
        for (label, predicted), count in sorted(counts.items())
    ]
    places = [{"name": name, "at": LABELS + index * CELL + CELL * 0.75} for index, name in enumerate(names)]
    return {"names": places, "fields": fields, "size": LABELS + len(names) * CELL, "cell": CELL, "edge": LABELS}


def page(report: Report, faults: Sequence[Fault] = (), about: str = "") -> str:
    """The report as a page; `about`: what was measured (the file's and the model's names)."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["percent"] = percent
    template = environment.from_string(files("bot.nlu").joinpath("evaluation.html").read_text(encoding="utf-8"))
    by_text = {(fault.label, fault.predicted, fault.text): fault for fault in faults}
    confused = [
        {
            "label": label,
            "predicted": predicted,
            "rows": [{"text": text, "fault": by_text.get((label, predicted, text))} for text in texts],
        }
        for label, predicted, texts in report.confusions()
    ]
    return template.render(
        report=report.to_json(),
        matrix=_matrix(report),
        confused=confused,
        at_fault=[row for row in at_fault(faults) if row[2] > 1],
        about=about,
        at=datetime.datetime.now(datetime.UTC).strftime("%d %b %Y, %H:%M UTC"),
    )

"""The evaluation report as text for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.nlu.evaluate import Report
from bot.nlu.faults import Fault, at_fault

SHOWN = 3
"""Messages shown of one pair of confused topics."""


def percent(share: float | None, interval: Sequence[float] | None = None) -> str:
    """A share, with its interval behind it: "88% (82-92)"; "-" for none."""
    if share is None:
        return "-"
    return f"{share:.0%}" + (f" ({interval[0] * 100:.0f}-{interval[1] * 100:.0f})" if interval else "")


def render(report: Report, faults: Sequence[Fault] = (), confusions: int = 15) -> str:
    """The report as text; `confusions`: how many pairs of topics to list."""
    data = report.to_json()
    low, high = data["accuracy_interval"]
    out = [f"accuracy {report.accuracy:.1%} ({low:.1%} to {high:.1%}, 95%) of {data['lines']} lines", ""]
    out.append("in brackets: the 95% interval (Wilson)")
    out.append(f"{'topic':28} {'precision':>14} {'recall':>14} {'lines':>6}")
    for name, row in data["topics"].items():
        out.append(f"{name:28} {_cell(row, 'precision')} {_cell(row, 'recall')} {row['lines']:>6}")
    out += ["", f"{'crisis':28} {'topic':>14} {'emergency':>14} {'or check':>14} {'lines':>6}"]
    for name, row in data["crises"].items():
        cells = " ".join(_cell(row, side) for side in ("recall", "emergency", "emergency_or_check"))
        out.append(f"{name:28} {cells} {row['lines']:>6}")
    alarms = data["false_alarms"]
    share = percent(alarms["share"], alarms["interval"])
    out += ["", f"false crisis alarms: {alarms['count']} of {alarms['of']} other lines, {share}"]
    out += [f"  {text}" for text in alarms["texts"]]
    scope = data["out_of_scope"]
    recall = percent(scope["recall"], scope["recall_interval"])
    out += [
        "",
        f"out of scope: recall {recall} of {scope['lines']} lines, {percent(scope['in_scope_kept'])} of our own kept; "
        f"at 95% kept {percent(scope['recall_at_95_kept'])}",
    ]
    out += ["", *_confusions(report, faults, confusions)]
    latency = data["latency"]
    out += ["", f"latency: median {latency['median_ms']:.1f} ms, p95 {latency['p95_ms']:.1f} ms"]
    return "\n".join(out)


def _cell(row: dict[str, Any], side: str) -> str:
    return f"{percent(row[side], row[f'{side}_interval']):>14}"


def _confusions(report: Report, faults: Sequence[Fault], most: int) -> list[str]:
    by_text = {(fault.label, fault.predicted, fault.text): fault for fault in faults}
    out = ["confusions"]
    for label, predicted, texts in report.confusions()[:most]:
        out.append(f"  {label} taken for {predicted}: {len(texts)}")
        for text in texts[:SHOWN]:
            out.append(f"    {text}")
            fault = by_text.get((label, predicted, text))
            for name, neighbour in (("pulled by", fault.pulled), ("nearest right", fault.missing)) if fault else ():
                if neighbour:
                    out.append(f"      {name} ({neighbour.cosine:.2f}): {neighbour.text}")
    worst = [row for row in at_fault(faults) if row[2] > 1]
    if worst:
        out += ["", "training examples nearest to several wrong predictions"]
        out += [f"  {count} x {topic}: {text}" for text, topic, count in worst[:most]]
    return out

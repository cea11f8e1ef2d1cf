"""Measure our pipeline, outside Rasa, on public intent sets.

    python benchmarks/nlu/public_sets.py FOLDER [RESULTS.md]

FOLDER holds BANKING77, HWU64 and CLINC150 as JSON lines ({"text", "label"}): <set>-train_10.jsonl,
<set>-test.jsonl, and CLINC150-oos_test.jsonl. Sentences go in one at a time, as in use: repair, encoder, head, gate.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
import time
from pathlib import Path

import numpy as np

from bot.nlu.encoder import shared_encoder, shared_vocabulary
from bot.nlu.head import Examples, Options, cross_validate, train
from bot.nlu.scope import fit
from bot.nlu.spelling import Speller, general_words, training_words

SETS = ("BANKING77", "HWU64", "CLINC150")
KEEP = 0.95


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    """The labelled sentences of one file."""
    return [json.loads(line) for line in (folder / name).read_text(encoding="utf-8").splitlines() if line]


def measure(folder: Path, name: str) -> dict[str, float]:
    """Accuracy, training CPU seconds, median latency, and for CLINC150 what the gate does."""
    training, test = rows(folder, f"{name}-train_10.jsonl"), rows(folder, f"{name}-test.jsonl")
    general = general_words(shared_vocabulary())
    start = time.process_time()
    words = training_words([row["text"] for row in training], frozenset(general), frozenset())
    speller, encoder = Speller(words, general, frozenset()), shared_encoder()

    def texts_of(text: str) -> list[str]:
        repaired = speller.repair(text)
        return [text, repaired.text] if repaired.changed else [text]

    texts = [texts_of(row["text"]) for row in training]
    examples = Examples.of([encoder.describe_all(group) for group in texts], texts, [row["label"] for row in training])
    model = train(examples, Options())
    seconds = time.process_time() - start
    result = cross_validate(examples, Options())
    gate = fit(result, result.temperature(), KEEP, 0.5)

    def ask(text: str) -> tuple[str, bool]:
        group = texts_of(text)
        vectors = encoder.describe_all(group)
        values = np.exp(model.log_probabilities(vectors, group))
        probabilities = dict(zip(model.labels, map(float, values), strict=True))
        inside = gate.score(probabilities, model.nearest(vectors)[0]) >= gate.score_threshold
        return model.labels[int(values.argmax())], inside

    times, right, kept = [], 0, 0
    for row in test:
        begin = time.perf_counter()
        label, inside = ask(row["text"])
        times.append(time.perf_counter() - begin)
        right += label == row["label"]
        kept += inside
    figures = {
        "accuracy": right / len(test),
        "kept": kept / len(test),
        "train_cpu": seconds,
        "median_ms": statistics.median(times) * 1000,
    }
    if (folder / f"{name}-oos_test.jsonl").is_file():
        outside = rows(folder, f"{name}-oos_test.jsonl")
        figures["oos_recall"] = sum(not ask(row["text"])[1] for row in outside) / len(outside)
    return figures


def table(results: dict[str, dict[str, float]]) -> str:
    """The results as Markdown."""
    lines = [
        "# Public intent sets, 10 examples an intent",
        "",
        f"Made by `benchmarks/nlu/public_sets.py` on {platform.machine()}, {os.cpu_count()} cores (shared with other jobs), Python "  # noqa: E501
        f"{platform.python_version()}. Splits: those of the few-shot literature (DNNC). One sentence at a time, one thread; the time is for",  # noqa: E501
        "repair, encoder, head and gate. The gate is set to keep 95% of our own by cross-validation on the training set alone.",  # noqa: E501
        "",
        "| set | accuracy | kept by the gate | out-of-scope recall | training, CPU s | median ms |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name, row in results.items():
        outside = f"{row['oos_recall']:.1%}" if "oos_recall" in row else "-"
        lines.append(
            f"| {name} | {row['accuracy']:.1%} | {row['kept']:.1%} | {outside} | {row['train_cpu']:.1f} | {row['median_ms']:.2f} |"  # noqa: E501
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    report = table({name: measure(Path(sys.argv[1]), name) for name in SETS})
    if len(sys.argv) == 3:
        Path(sys.argv[2]).write_text(report, encoding="utf-8")
    sys.stdout.write(report)

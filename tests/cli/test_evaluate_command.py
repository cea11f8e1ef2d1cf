"""`firststep evaluate` on the trained model, as an operator runs it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

LINES = [
    {"text": "how much does it cost", "label": "ask_cost"},
    {"text": "i want to kill myself", "label": "crisis_suicide"},
    {"text": "who won the game last night", "label": "out_of_scope"},
]


@pytest.mark.model
def test_the_report_is_json_alone_and_the_predictions_are_written(trained_model: Path, tmp_path: Path) -> None:
    labelled, predicted = tmp_path / "labelled.jsonl", tmp_path / "predicted.jsonl"
    labelled.write_text("".join(json.dumps(line) + "\n" for line in LINES))
    command = [sys.executable, "-m", "bot.cli", "evaluate", str(labelled), "--json", "--predictions", str(predicted)]
    done = subprocess.run(command, cwd=trained_model.parents[1], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    report = json.loads(done.stdout)
    assert report["lines"] == len(LINES)
    rows = [json.loads(line) for line in predicted.read_text().splitlines()]
    assert [set(row) for row in rows] == [{"text", "label", "predicted", "confidence", "safety"}] * len(LINES)
    assert [row["predicted"] for row in rows] == [line["label"] for line in LINES]
    assert rows[1]["safety"] == "emergency"


@pytest.mark.model
def test_the_hold_out_reaches_its_floors(trained_model: Path) -> None:
    command = [sys.executable, "-m", "bot.cli", "evaluate"]
    done = subprocess.run(command, cwd=trained_model.parents[1], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]

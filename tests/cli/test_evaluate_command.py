"""`firststep evaluate` on the trained model, as an operator runs it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli import app

LINES = [
    {"text": "how much does it cost", "label": "ask_cost"},
    {"text": "i want to kill myself", "label": "crisis_suicide"},
    {"text": "who won the game last night", "label": "out_of_scope"},
]


@pytest.mark.model
def test_the_report_is_json_alone_and_the_predictions_are_written(trained_model: Path, tmp_path: Path) -> None:
    labelled, predicted = tmp_path / "labelled.jsonl", tmp_path / "predicted.jsonl"
    labelled.write_text("".join(json.dumps(line) + "\n" for line in LINES))
    picture = tmp_path / "report.html"
    command = [sys.executable, "-m", "bot.cli", "evaluate", str(labelled), "--json", "--predictions", str(predicted)]
    command += ["--html", str(picture)]
    done = subprocess.run(command, cwd=trained_model.parents[1], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    report = json.loads(done.stdout)
    assert report["lines"] == len(LINES)
    rows = [json.loads(line) for line in predicted.read_text().splitlines()]
    assert [set(row) for row in rows] == [{"text", "label", "predicted", "confidence", "safety"}] * len(LINES)
    assert [row["predicted"] for row in rows] == [line["label"] for line in LINES]
    assert rows[1]["safety"] == "emergency"
    assert report["faults"] == []
    html = picture.read_text()
    assert "100.0%" in html
    assert "labelled.jsonl" in html


@pytest.mark.parametrize("content", [None, b"", b"not JSON\n", b'{"text": "a"}\n', b"\xff\xfe"])
def test_a_bad_file_is_told_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None
) -> None:
    bad = tmp_path / "bad.jsonl"
    if content is not None:
        bad.write_bytes(content)
    with pytest.raises(SystemExit) as stopped:
        app(["evaluate", str(bad)])
    assert stopped.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("firststep: ")
    assert str(bad) in said
    assert said.count("\n") == 1


@pytest.mark.model
def test_the_hold_out_reaches_its_floors(trained_model: Path) -> None:
    command = [sys.executable, "-m", "bot.cli", "evaluate"]
    done = subprocess.run(command, cwd=trained_model.parents[1], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]

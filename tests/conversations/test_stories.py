"""Every conversation in these folders goes as written: Rasa's own test, with its messages understood by the model."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

FOLDER = Path(__file__).resolve().parent
KINDS = ("handoff", "interruptions", "offers", "questions", "repair", "safety")  # test_<kind>.yml, as Rasa names them


@pytest.mark.model
def test_all_conversations_go_as_written(trained_model: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "rasa", "test", "core", "--e2e", "--no-plot", "--endpoints", "endpoints.yml"),
            *("--stories", str(FOLDER), "--model", str(trained_model), "--out", str(tmp_path)),
        ],
        cwd=FOLDER.parents[1],
        capture_output=True,
        text=True,
    )
    failed = tmp_path / "failed_test_stories.yml"
    wrong = failed.read_text()[:4000] if failed.exists() else ""
    assert done.returncode == 0, wrong + done.stderr[-2000:]
    report = json.loads((tmp_path / "story_report.json").read_text())
    assert report["conversation_accuracy"]["accuracy"] == 1.0


def test_every_kind_of_conversation_is_there() -> None:
    for kind in KINDS:
        assert yaml.safe_load((FOLDER / f"test_{kind}.yml").read_text())["stories"], kind

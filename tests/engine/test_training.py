"""The training's process: a model where training and Rasa's validation are content, exit code 1 where one is not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CONFIG = """
recipe: default.v1
assistant_id: a-test
language: en
pipeline:
  - name: WhitespaceTokenizer
  - name: KeywordIntentClassifier
policies:
  - name: MemoizationPolicy
"""
DOMAIN = """
version: "3.1"
intents: [greet, leave]
responses:
  utter_hello:
    - text: Hello
"""
DATA = """
version: "3.1"
nlu:
  - intent: greet
    examples: |
      - hello
      - hi
  - intent: leave
    examples: |
      - bye
      - see you
stories:
  - story: greet back
    steps:
      - intent: greet
      - action: %s
"""


@pytest.mark.parametrize(("action", "code"), [("utter_hello", 0), ("action_unheard_of", 1)])
def test_validation_counts_as_much_as_training(tmp_path: Path, action: str, code: int) -> None:
    for name, content in {"config.yml": CONFIG, "domain.yml": DOMAIN, "data/all.yml": DATA % action}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-m", "bot.engine.training", "--fixed-model-name", "m", "--out", "out", "--data", "data"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(root), "RASA_TELEMETRY_ENABLED": "false", "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr[-2000:]
    assert (tmp_path / "out/m.tar.gz").is_file()
    assert ("The model is not used" in done.stderr) == (code == 1)
    assert (action in done.stderr) == (code == 1)

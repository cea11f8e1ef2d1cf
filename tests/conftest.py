"""What tests of several folders share."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def trained_model() -> Path:
    """The project's model, trained first when it is missing or older than its data."""
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli", "train", "--if-needed"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return ROOT / "models" / "firststep.tar.gz"

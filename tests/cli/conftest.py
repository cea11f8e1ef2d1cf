import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def firststep(tmp_path: Path) -> Run:
    """Runs the command line as an operator does, on a store of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FIRSTSTEP_")}
    environment |= {"FIRSTSTEP_DATA_DIR": str(tmp_path / "var"), "COLUMNS": "200", "NO_COLOR": "1"}

    def run(*arguments: str, given: str = "", cwd: Path = ROOT, **settings: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "bot.cli", *arguments],
            cwd=cwd,
            env=environment | settings | {"PYTHONPATH": str(ROOT)},
            input=given,
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )

    return run

"""What tests of several folders share."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
TOGETHER = (
    ("processes/test_kill.py", "processes/test_takeover.py", "processes/test_whole_way.py"),
    ("dialogue",),
    ("engine",),
)
"""Files and folders whose tests share what is slow to start or to train: one worker runs all of a group."""
LONGEST_FIRST = ("processes", "dialogue", "conversations", "cli", "channels", "handoff", "nlu", "engine", "console")
"""Folders by the time that they take, so that no worker is left alone with a long one at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tell pytest-xdist which tests belong together: those of a file, and those of a group."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item.path.relative_to(HERE).as_posix())))
    order = {folder: number for number, folder in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: order.get(item.path.relative_to(HERE).parts[0], len(order)))


def _group(path: str) -> str:
    for number, group in enumerate(TOGETHER):
        if any(path == member or path.startswith(f"{member}/") for member in group):
            return f"together {number}"
    return path


@pytest.fixture(scope="session", autouse=True)
def own_rasa_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What Rasa keeps of the small trainings of tests is no other worker's and not the project's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RASA_CACHE_DIRECTORY", str(tmp_path_factory.mktemp("rasa-cache")))
        yield


@pytest.fixture(scope="session")
def trained_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's model, trained first (by one worker) when it is missing or older than its data."""
    environment = {name: value for name, value in os.environ.items() if name != "RASA_CACHE_DIRECTORY"}
    with (Path(tmp_path_factory.getbasetemp()).parent / "training.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = subprocess.run(
            [sys.executable, "-m", "bot.cli", "train", "--if-needed"],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
        )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return ROOT / "models" / "firststep.tar.gz"

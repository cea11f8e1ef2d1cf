import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import psutil
import pytest

from bot.cli import children
from bot.cli.children import Child, SettingsWrong


class Log:
    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []

    def __call__(self, name: str, text: str) -> None:
        self.lines.append((name, text))

    def texts(self) -> list[str]:
        return [text for _, text in self.lines]


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = str(Path(__file__).resolve().parents[2])
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), root]))
    monkeypatch.setenv("PYTHONUNBUFFERED", "1")
    return tmp_path / "tried.py"


async def until(log: Log, text: str, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not any(text in line for line in log.texts()):
        assert time.monotonic() < deadline, log.lines
        await asyncio.sleep(0.05)


async def test_lines_are_passed_on_under_the_childs_name(script: Path) -> None:
    script.write_text("import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)")
    log = Log()
    assert await Child("front", ["tried"], log).run() == 3
    assert sorted(log.lines) == [("front", "err"), ("front", "out")]


async def test_a_child_that_dies_is_started_again(script: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "BACKOFF", (0.01,))
    script.write_text("import os; print('pid', os.getpid()); os.kill(os.getpid(), 9)")
    log = Log()
    task = asyncio.create_task(Child("worker", ["tried"], log).keep_running())
    deadline = time.monotonic() + 20
    while sum("pid" in line for line in log.texts()) < 3:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert any("SIGKILL" in line and "starting it again" in line for line in log.texts())


async def test_wrong_settings_are_not_tried_again(script: Path) -> None:
    script.write_text("raise SystemExit(2)")
    with pytest.raises(SettingsWrong):
        await Child("engine", ["tried"], Log()).keep_running()


async def test_cancelling_ends_the_child_and_what_it_started(script: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "GRACE", 0.5)
    script.write_text(
        textwrap.dedent("""
            import signal, subprocess, sys, time
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            own = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
            print("started", own.pid)
            time.sleep(600)
        """)
    )
    log = Log()
    child = Child("engine", ["tried"], log)
    task = asyncio.create_task(child.keep_running())
    await until(log, "started")
    grandchild = int(next(text for text in log.texts() if "started" in text).split()[1])
    assert child.process is not None
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert not alive(child.process.pid)
    await gone(grandchild)


async def test_no_child_outlives_a_killed_supervisor(script: Path, tmp_path: Path) -> None:
    script.write_text("import os, time; print(os.getpid()); time.sleep(600)")
    supervisor = tmp_path / "supervisor.py"
    supervisor.write_text(
        "import asyncio\nfrom bot.cli.children import Child\n"
        "asyncio.run(Child('x', ['tried'], lambda name, text: print(text, flush=True)).keep_running())\n"
    )
    with subprocess.Popen([sys.executable, str(supervisor)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        pid = int(await asyncio.to_thread(process.stdout.readline))
        assert alive(pid)
        process.send_signal(signal.SIGKILL)
    await gone(pid)


def alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


async def gone(pid: int) -> None:
    deadline = time.monotonic() + 10
    while alive(pid):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)

"""The product's processes, each started anew as soon as it has died, and a hand that kills them at random."""

import contextlib
import os
import queue
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from benchmarks.handoff.cluster import Cluster

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = {
    "front": ["bot.cli", "front"],
    "actions": ["actions"],
    "worker": ["bot.cli", "worker"],
    "second worker": ["bot.cli", "worker"],
    "engine": ["bot.engine", "--model", "models/firststep.tar.gz"],
}


class Keeper:
    """Keeps processes running, as systemd does in production: whatever ends is started again."""

    def __init__(self, names: tuple[str, ...], environment: Mapping[str, str], log: Path) -> None:
        self.names, self.environment = names, dict(environment)
        self.starts: Counter[str] = Counter()
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._log: IO[bytes] = log.open("ab")
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._keep, daemon=True)

    def start(self) -> None:
        """Start all of them."""
        self._thread.start()

    def kill(self, name: str) -> bool:
        """SIGKILL one process in whatever it is doing; False when it is not running just now."""
        return self.send(name, signal.SIGKILL)

    def send(self, name: str, number: int) -> bool:
        """Send one process a signal; False when it is not running just now."""
        with self._lock:
            process = self._running.get(name)
            if process is None or process.poll() is not None:
                return False
            process.send_signal(number)
            return True

    def release(self, name: str) -> None:
        """End one that is not needed any more, and keep it no longer."""
        with self._lock:
            self.names = tuple(kept for kept in self.names if kept != name)
            process = self._running.pop(name, None)
        if process is not None:
            process.kill()
            process.wait()

    def stop(self) -> None:
        """End all of them, politely first."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(10)
        with self._lock:
            for process in self._running.values():
                process.terminate()
            for process in self._running.values():
                try:
                    process.wait(15)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        self._log.close()

    def _keep(self) -> None:
        while not self._over.is_set():
            with self._lock:
                for name in self.names:
                    process = self._running.get(name)
                    if process is None or process.poll() is not None:
                        self._running[name] = subprocess.Popen(
                            [sys.executable, "-m", "bot.cli.child", str(os.getpid()), *COMMANDS[name]],
                            cwd=ROOT,
                            env=self.environment,
                            stdin=subprocess.DEVNULL,
                            stdout=self._log,
                            stderr=subprocess.STDOUT,
                        )
                        self.starts[name] += 1
            self._over.wait(0.2)


class Killer:
    """Ends a process, or crashes the database, at moments that nobody has chosen.

    It counts what gets done (`happened`) and not seconds: on a slow machine too, something is done between two kills.
    """

    def __init__(self, keeper: Keeper, cluster: Cluster | None, every: Mapping[str, float], seed: int) -> None:
        """`every`: mean number of things done between two kills, by name; "database" is the cluster."""
        self.keeper, self.cluster = keeper, cluster
        self.every = {name: mean for name, mean in every.items() if name != "database" or cluster}
        self.kills: Counter[str] = Counter()
        self._chance = random.Random(seed)
        self._left = {name: self._draw(name) for name in self.every}
        self._lock = threading.Lock()
        self._due: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Let them live."""
        self._due.put(None)
        if self._thread.is_alive():
            self._thread.join(300)

    def happened(self) -> None:
        """Something was done: a visitor was told, a mail arrived, a professional answered."""
        with self._lock:
            for name in self._left:
                self._left[name] -= 1
                if self._left[name] <= 0:
                    self._left[name] = self._draw(name)
                    self._due.put(name)

    def spare(self, name: str) -> None:
        """Kill this one no more."""
        with self._lock:
            self._left.pop(name, None)

    def _draw(self, name: str) -> float:
        return self._chance.expovariate(1 / self.every[name])

    def _work(self) -> None:
        while (name := self._due.get()) is not None:
            time.sleep(self._chance.uniform(0.0, 0.5))  # into the middle of whatever is done then
            if name == "database":
                self._crash_the_database()
            elif self.keeper.kill(name):
                self.kills[name] += 1

    def _crash_the_database(self) -> None:
        assert self.cluster is not None
        self.cluster.crash()
        self.kills["database"] += 1
        time.sleep(self._chance.uniform(0.0, 2.0))
        self.cluster.start()


def environment(folder: Path, database_url: str, smtp_port: int, ports: list[int], **more: str) -> dict[str, str]:
    """What every process of the product gets; nothing of the caller's own settings."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith("FIRSTSTEP_")}
    front, actions, engine = ports
    mine |= {
        "FIRSTSTEP_DATA_DIR": str(folder),
        "FIRSTSTEP_PORT": str(front),
        "FIRSTSTEP_ACTIONS_URL": f"http://127.0.0.1:{actions}",
        "FIRSTSTEP_ENGINE_URL": f"http://127.0.0.1:{engine}",
        "FIRSTSTEP_DATABASE_URL": database_url,
        "FIRSTSTEP_SMTP_URL": f"smtp://127.0.0.1:{smtp_port}",
        "FIRSTSTEP_LOG_LEVEL": "WARNING",
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "ignore",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    }
    return mine | more


@contextlib.contextmanager
def as_ours(variables: Mapping[str, str]):
    """The settings of the product in this process too, so that it reads the same store with the same key."""
    from bot.settings import settings
    from bot.store import database, load_keys

    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    caches = (settings, load_keys, database)
    for cached in caches:
        cached.cache_clear()
    try:
        yield
    finally:
        database().dispose()
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        for cached in caches:
            cached.cache_clear()

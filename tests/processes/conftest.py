"""The whole product on free ports, in a folder of its own, with the model of the project."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from benchmarks.ports import free_ports
from tests.channels.support import ACCOUNT, NUMBER, TOKEN, FakeTwilio, serving

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 600


class Chat:
    """A visitor's chat over HTTP."""

    def __init__(self, url: str) -> None:
        self.client = httpx.Client(base_url=url, timeout=30, trust_env=False)
        opened = self.client.post("/chat/conversations", json={})
        assert opened.status_code == 201, opened.text
        self.id: str = opened.json()["conversation_id"]
        self.headers = {"authorization": f"Bearer {opened.json()['token']}"}

    def send(self, text: str, message_id: str | None = None) -> list[dict[str, Any]]:
        """Send one message, and give its replies."""
        body = {"id": message_id or str(uuid.uuid4()), "text": text}
        response = self.client.post(f"/chat/conversations/{self.id}/messages", json=body, headers=self.headers)
        assert response.status_code == 200, response.text
        messages: list[dict[str, Any]] = response.json()["messages"]
        return messages

    def say(self, text: str, message_id: str | None = None) -> str:
        """Send one message, and give the replies' text."""
        return "\n".join(message["text"] for message in self.send(text, message_id))

    def history(self) -> list[dict[str, Any]]:
        """Everything that was said."""
        response = self.client.get(f"/chat/conversations/{self.id}/messages", headers=self.headers)
        assert response.status_code == 200, response.text
        messages: list[dict[str, Any]] = response.json()["messages"]
        return messages


class Product:
    """`firststep serve` as an operator runs it."""

    def __init__(self, folder: Path, **more: str) -> None:
        front, engine, actions = free_ports(3)
        self.url = f"http://127.0.0.1:{front}"
        self.data = folder / "var"
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("FIRSTSTEP_")}
        self.environment |= {
            "FIRSTSTEP_DATA_DIR": str(self.data),
            "FIRSTSTEP_PORT": str(front),
            "FIRSTSTEP_ENGINE_URL": f"http://127.0.0.1:{engine}",
            "FIRSTSTEP_ACTIONS_URL": f"http://127.0.0.1:{actions}",
            "PYTHONPATH": str(ROOT),
        } | more
        self.lines: list[str] = []
        self.seen: set[int] = set()
        self.process: subprocess.Popen[str]

    def start(self, ready: bool = True) -> None:
        """Start everything, and wait until the first question can be answered."""
        self.lines.clear()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot.cli", "serve"],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._read, daemon=True).start()
        if ready:
            self.wait_for("ready: open")

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip())

    def log(self) -> str:
        """What serve has written so far."""
        return "\n".join(self.lines)

    def wait_for(self, text: str, count: int = 1, seconds: float = START_SECONDS) -> None:
        """Wait until the log holds this text so many times."""
        deadline = time.monotonic() + seconds
        while sum(text in line for line in self.lines) < count:
            assert self.process.poll() is None, self.log()
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.1)
        self.family()

    def family(self) -> list[psutil.Process]:
        """Serve's descendants now; their ids are kept, so that `left` can look for them later."""
        found: list[psutil.Process] = psutil.Process(self.process.pid).children(recursive=True)
        self.seen |= {process.pid for process in found}
        return found

    def pid_of(self, module: str) -> int:
        """The process that runs this module: "front", "worker", "bot.engine" or "actions"."""
        pid = self._find(module)
        assert pid is not None, f"{module} does not run\n{self.log()}"
        return pid

    def runs(self, module: str) -> bool:
        """Whether this module's process is there."""
        return self._find(module) is not None

    def _find(self, module: str) -> int | None:
        for process in self.family():
            with contextlib.suppress(psutil.NoSuchProcess):
                arguments = process.cmdline()
                if "bot.cli.child" in arguments and module in arguments[arguments.index("bot.cli.child") :]:
                    return int(process.pid)
        return None

    def is_ready(self) -> bool:
        """Whether the front says that questions can be answered."""
        with contextlib.suppress(httpx.HTTPError):
            return httpx.get(f"{self.url}/readyz", trust_env=False, timeout=5).status_code == 200
        return False

    def kill(self, module: str) -> None:
        """End one process with SIGKILL, as a crash would."""
        os.kill(self.pid_of(module), signal.SIGKILL)

    def left(self) -> list[int]:
        """Ids of serve's processes that are still alive."""
        return [pid for pid in self.seen if psutil.pid_exists(pid) and not _zombie(pid)]

    def stop(self, number: int = signal.SIGINT, seconds: float = 30) -> int:
        """Send a signal, wait for the end, and give the exit code."""
        if self.process.poll() is None:
            self.family()
            self.process.send_signal(number)
        return self.process.wait(seconds)

    def command(self, *arguments: str, given: str = "") -> str:
        """What a `firststep` command prints, on this product's store."""
        done = subprocess.run(
            [sys.executable, "-m", "bot.cli", *arguments],
            cwd=ROOT,
            env=self.environment,
            input=given,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def leads(self) -> list[dict[str, Any]]:
        """All leads, by the command line."""
        found: list[dict[str, Any]] = json.loads(self.command("leads", "list", "--json"))
        return found

    def chat(self) -> Chat:
        """A new visitor."""
        return Chat(self.url)


def _zombie(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


@pytest.fixture
def make_product(trained_model: Path, tmp_path: Path) -> Iterator[Callable[..., Product]]:
    """Makes products that are ended after the test, whatever it did."""
    made: list[Product] = []

    def make(**settings: str) -> Product:
        made.append(Product(tmp_path / str(len(made)), **settings))
        return made[-1]

    yield make
    for product in made:
        if getattr(product, "process", None) is not None and product.process.poll() is None:
            product.process.kill()
            product.process.wait()


@pytest.fixture(scope="session")
def twilio() -> FakeTwilio:
    """The carrier of the shared product's texts."""
    return FakeTwilio()


@pytest.fixture(scope="session")
def shared(trained_model: Path, twilio: FakeTwilio, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product as `make run` starts it, set up for texts, for all tests that leave it running."""
    with serving(twilio.app) as address:
        texts = {
            "FIRSTSTEP_TWILIO_ACCOUNT_SID": ACCOUNT,
            "FIRSTSTEP_TWILIO_AUTH_TOKEN": TOKEN,
            "FIRSTSTEP_TWILIO_API_URL": address,
            "FIRSTSTEP_SMS_NUMBER": NUMBER,
        }
        with running(tmp_path_factory.mktemp("shared"), **texts) as product:
            yield product


@contextlib.contextmanager
def running(folder: Path, **settings: str) -> Iterator[Product]:
    """A product that is ready, ended afterwards; no process of it may be left then."""
    product = Product(folder, **settings)
    try:
        product.start()
        yield product
    finally:
        product.stop(signal.SIGTERM)
    assert product.left() == []

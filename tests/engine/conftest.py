import asyncio
import json
import os
import threading
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from rasa.core.run import configure_app
from rasa.model_training import train
from sanic import Sanic

from benchmarks.ports import free_ports
from bot.engine.channel import TurnChannel
from bot.engine.events import events_database
from bot.engine.serve import start
from bot.settings import settings
from bot.store import load_keys
from tests.engine import project

os.environ["RASA_TELEMETRY_ENABLED"] = "false"


def trained(folder: Path, domain: str) -> Path:
    for name, text in (("config.yml", project.CONFIG), ("domain.yml", domain), ("data.yml", project.DATA)):
        (folder / name).write_text(text)
    result = train(
        str(folder / "domain.yml"),
        str(folder / "config.yml"),
        [str(folder / "data.yml")],
        output=str(folder / "models"),
    )
    return Path(result.model)


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return trained(tmp_path_factory.mktemp("tiny"), project.DOMAIN)


@pytest.fixture(scope="session")
def later_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same project with other words, so that one can tell which model has answered."""
    domain = project.DOMAIN.replace("It depends.", "It depends, they say.").replace("Thank you.", "Many thanks.")
    return trained(tmp_path_factory.mktemp("later"), domain)


class ActionServer:
    """Stands for the action server: answers, refuses, or fails, and counts its calls."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.status = 200
        self.body: dict[str, Any] = {}
        self.reset()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
                outer.calls.append(asked["next_action"])
                body = json.dumps(outer.body).encode()
                self.send_response(outer.status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def reset(self) -> None:
        self.status = 200
        self.body = {
            "events": [{"event": "slot", "name": "favourite", "value": "evenings"}],
            "responses": [{"text": "Noted."}],
        }


@pytest.fixture
def action_server() -> Iterator[ActionServer]:
    server = ActionServer()
    yield server
    server.server.shutdown()
    server.server.server_close()


def forget_settings() -> None:
    for cached in (settings, load_keys, events_database):
        cached.cache_clear()


@pytest.fixture
def engine_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, action_server: ActionServer) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FIRSTSTEP_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("FIRSTSTEP_ACTIONS_URL", action_server.url)
    monkeypatch.delenv("FIRSTSTEP_DATABASE_URL", raising=False)
    monkeypatch.delenv("FIRSTSTEP_REDIS_URL", raising=False)
    forget_settings()
    yield
    forget_settings()


class Engine:
    """A running engine: `ask` posts a turn, `restart` loads everything anew from what is stored."""

    def __init__(self, model: str) -> None:
        self.model = model
        self.channel = TurnChannel()
        self.client: httpx.AsyncClient

    async def start(self) -> None:
        Sanic.test_mode = True
        self.app = configure_app([self.channel], enable_api=False)
        self.watch = await start(self.app, settings(), self.model, poll=0.05)
        self.server = await self.app.create_server("127.0.0.1", free_ports(1)[0], return_asyncio_server=True)
        assert self.server is not None
        await self.server.startup()
        await self.server.start_serving()
        port = self.server.server.sockets[0].getsockname()[1]
        self.client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}/webhooks/firststep", timeout=30)

    async def stop(self) -> None:
        await self.client.aclose()
        self.server.close()
        await asyncio.sleep(0)

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    async def ask(self, text: str, message_id: str, conversation: str = "c1", **more: Any) -> httpx.Response:
        body = {"conversation_id": conversation, "message_id": message_id, "text": text, **more}
        return await self.client.post("/turn", json=body, headers={"authorization": f"Bearer {self.channel.token}"})

    async def say(self, text: str, message_id: str, conversation: str = "c1", **more: Any) -> list[str]:
        response = await self.ask(text, message_id, conversation, **more)
        assert response.status_code == 200, response.text
        return [message["text"] for message in response.json()["messages"]]


@pytest.fixture
async def engine(engine_settings: None, tiny_model: Path) -> AsyncIterator[Engine]:
    running = Engine(str(tiny_model))
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def engine_without_model(engine_settings: None, tmp_path: Path) -> AsyncIterator[Engine]:
    (tmp_path / "empty").mkdir()
    running = Engine(str(tmp_path / "empty"))
    await running.start()
    yield running
    await running.stop()

"""Real parts for the tests of the doors: servers on real sockets, an engine and a Twilio that speak the protocols."""

import base64
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import httpx
import uvicorn
from sqlalchemy import create_engine, text
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from twilio.request_validator import RequestValidator

from bot.front.app import create_app
from bot.program.transfer import import_file
from bot.safety import assess
from bot.settings import Settings, settings
from bot.store import Base, Database, load_keys

POSTGRES = "postgresql://postgres@127.0.0.1"
ACCOUNT, TOKEN, NUMBER = "AC00000000000000000000000000000000", "a-test-auth-token", "+15035550141"
VISITOR = "+15035550199"


@contextmanager
def serving(app: Any, port: int = 0) -> Iterator[str]:
    """The app behind uvicorn on a real socket; gives its base URL."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("127.0.0.1", port))
    server = uvicorn.Server(
        uvicorn.Config(
            app, log_level="warning", access_log=False, ws="none", timeout_graceful_shutdown=1, lifespan="on"
        )
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
    thread.start()
    until(lambda: server.started)
    try:
        yield f"http://127.0.0.1:{sock.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        sock.close()


def until(condition: Any, seconds: float = 8.0) -> Any:
    """Wait until the condition gives something true, and give it back."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.02)
    return value


class FakeEngine:
    """Speaks docs/architecture.md's protocol: answers each message id once, and the same again when asked again."""

    def __init__(self) -> None:
        self.turns: list[dict[str, Any]] = []
        self.status = 200
        self.delay = 0.0
        self.safety = "none"
        """The level that it finds in every message."""
        self.running = 0
        self.overlaps = 0
        self.replies: dict[str, list[dict[str, Any]]] = {
            "/ask_cost": [
                {
                    "text": "It depends on your plan. **Shall I** show you?",
                    "quick_replies": [
                        {"title": "With insurance", "payload": '/choose{"offer":"plan"}'},
                        {"title": "Self-pay", "payload": '/choose{"offer":"cash"}'},
                    ],
                }
            ]
        }
        self._answers: dict[str, dict[str, Any]] = {}
        self._lock = threading.Lock()
        self.app = Starlette(
            routes=[
                Route("/webhooks/firststep/", self._ready, methods=["GET"]),
                Route("/webhooks/firststep/turn", self._turn, methods=["POST"]),
            ]
        )

    @property
    def texts(self) -> list[str]:
        return [turn["text"] for turn in self.turns]

    def _ready(self, _request: Request) -> Response:
        return JSONResponse({"ready": self.status == 200}, 200 if self.status == 200 else 503)

    async def _turn(self, request: Request) -> Response:
        import asyncio

        if request.headers.get("authorization") != f"Bearer {load_keys().token('engine')}":
            return JSONResponse({"error": "token"}, 401)
        asked = await request.json()
        if self.status != 200:
            return JSONResponse({"error": "away"}, self.status)
        if asked["message_id"] in self._answers:
            return JSONResponse(self._answers[asked["message_id"]])
        self.running += 1
        self.overlaps = max(self.overlaps, self.running)
        await asyncio.sleep(self.delay)
        self.running -= 1
        self.turns.append(asked)
        messages = self.replies.get(asked["text"])
        if messages is None and asked["attended"] and self.safety != "emergency":
            messages = []  # a person answers
        messages = messages if messages is not None else [{"text": f"You said: {asked['text']}", "quick_replies": []}]
        answer = {
            "messages": messages,
            "understanding": {
                "topic": "ask_cost" if "cost" in asked["text"] else "greet",
                "confidence": 0.9,
                "doubt": False,
                "safety": {"level": self.safety},
            },
            "actions": ["action_answer"],
        }
        self._answers[asked["message_id"]] = answer
        return JSONResponse(answer)


class FakeTwilio:
    """Twilio's Messages resource: create and list, with its errors."""

    def __init__(self) -> None:
        self.sent: list[dict[str, str]] = []
        self.refuse: tuple[int, int] | None = None
        """HTTP status and Twilio code to answer a create with."""
        self.lose_answers = False
        """Accept the message, then fail: the sender cannot know."""
        path = "/2010-04-01/Accounts/{account}/Messages.json"
        self.app = Starlette(routes=[Route(path, self._create, methods=["POST"]), Route(path, self._list)])

    def _allowed(self, request: Request) -> bool:
        return (
            request.headers.get("authorization") == "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        )

    async def _create(self, request: Request) -> Response:
        if not self._allowed(request):
            return JSONResponse({"code": 20003, "message": "Authenticate", "status": 401}, 401)
        if self.refuse:
            status, code = self.refuse
            return JSONResponse({"code": code, "message": "refused", "status": status}, status)
        form = {name: str(value) for name, value in (await request.form()).items()}
        now = format_datetime(datetime.now(UTC))
        message = {
            "sid": f"SM{uuid.uuid4().hex}",
            "to": form["To"],
            "from": form["From"],
            "body": form["Body"],
            "status": "queued",
            "date_created": now,
            "date_updated": now,
            "date_sent": None,
            "callback": form.get("StatusCallback", ""),
        }
        self.sent.append(message)
        return Response(status_code=503) if self.lose_answers else JSONResponse(message, 201)

    async def _list(self, request: Request) -> Response:
        wanted = [message for message in self.sent if message["to"] == request.query_params.get("To")]
        return JSONResponse({"messages": wanted[::-1], "page": 0, "page_size": 50, "next_page_uri": None, "uri": ""})


class Stage:
    """One front with its engine, its Twilio and its store."""

    def __init__(self, database: Database, engine: FakeEngine, twilio: FakeTwilio, config: Settings) -> None:
        self.database = database
        self.engine = engine
        self.twilio = twilio
        self.config = config
        self.forgotten: list[str] = []
        self.url = ""

    @contextmanager
    def front(self, **changes: Any) -> Iterator[str]:
        """A front on a real socket."""
        port = free_port()
        config = self.config.model_copy(update={"port": port, **changes})
        with serving(create_app(config, self.database, self.forgotten.append), port) as url:
            yield url

    def open(self) -> "Chat":
        """A new web chat."""
        response = httpx.post(f"{self.url}/chat/conversations", json={})
        assert response.status_code == 201, response.text
        data = response.json()
        return Chat(self.url, data["conversation_id"], data["token"], data["messages"])

    def sms(self, body: str, sid: str | None = None, phone: str = VISITOR, **fields: str) -> list[str]:
        """Text the number as Twilio would pass it on; gives the texts of the TwiML answer."""
        response = self.webhook({"MessageSid": sid or f"SM{uuid.uuid4().hex}", "From": phone, "Body": body, **fields})
        assert response.status_code == 200, response.text
        assert response.headers["content-type"].startswith("application/xml")
        return twiml(response.text)

    def webhook(self, form: dict[str, str], path: str = "/sms/twilio", signature: str | None = None) -> httpx.Response:
        """One signed webhook."""
        form = {"AccountSid": ACCOUNT, "To": NUMBER, "NumMedia": "0", **form}
        signed = RequestValidator(TOKEN).compute_signature(self.url + path, form)
        return httpx.post(
            self.url + path,
            content=urlencode(form),
            headers={
                "Content-Type": "application/x-www-form-urlencoded",
                "X-Twilio-Signature": signed if signature is None else signature,
            },
            timeout=20,
        )


class Chat:
    """A web visitor."""

    def __init__(self, url: str, conversation_id: str, token: str, messages: list[dict[str, Any]]) -> None:
        self.id = conversation_id
        self.token = token
        self.greeting = messages[0]
        self.address = f"{url}/chat/conversations/{conversation_id}"
        self.headers = {"Authorization": f"Bearer {token}"}

    def post(self, text: Any, message_id: Any = None, **options: Any) -> httpx.Response:
        body = {"id": message_id or str(uuid.uuid4()), "text": text}
        return httpx.post(f"{self.address}/messages", json=body, headers=self.headers, timeout=20, **options)

    def say(self, text: str, message_id: str | None = None) -> list[str]:
        """Send, and give the texts of the answer."""
        response = self.post(text, message_id)
        assert response.status_code == 200, response.text
        return [message["text"] for message in response.json()["messages"]]

    def history(self, after: str = "") -> list[dict[str, Any]]:
        response = httpx.get(f"{self.address}/messages", params={"after": after} if after else {}, headers=self.headers)
        assert response.status_code == 200, response.text
        messages: list[dict[str, Any]] = response.json()["messages"]
        return messages


def twiml(document: str) -> list[str]:
    """The texts in a TwiML answer."""
    from xml.etree import ElementTree

    root = ElementTree.fromstring(document)
    assert root.tag == "Response"
    return ["".join(message.itertext()) for message in root.iter("Message")]


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextmanager
def sqlite(folder: Path) -> Iterator[Database]:
    """A new SQLite store with all tables."""
    database = Database(f"sqlite:///{folder / 'store.db'}")
    Base.metadata.create_all(database.engine)
    yield database
    database.dispose()


@contextmanager
def postgres() -> Iterator[Database]:
    """A new PostgreSQL database with all tables, dropped afterwards."""
    name = f"doors_{uuid.uuid4().hex}"
    admin = create_engine(f"{POSTGRES}/test", isolation_level="AUTOCOMMIT", future=True)
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    database = Database(f"{POSTGRES}/{name}")
    try:
        Base.metadata.create_all(database.engine)
        yield database
    finally:
        database.dispose()
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()


def at_once(now: datetime, zone: ZoneInfo) -> datetime:
    """Any hour is an hour for texts."""
    return now


@contextmanager
def stage(
    database: Database, folder: Path, texts_from: Callable[[datetime, ZoneInfo], datetime] = at_once, **changes: Any
) -> Iterator[Stage]:
    """Everything running: front, engine, Twilio. `texts_from`: when a text that was not just asked for may go out."""
    import_file(database, Path("examples/program.yml"))
    assess("hola, hello")  # the rules are compiled once for all tests, not in the first one's time
    engine, twilio = FakeEngine(), FakeTwilio()
    hours = patch("bot.handoff.quiet.text_time", texts_from)  # a test must not depend on the time of day
    with serving(engine.app) as engine_url, serving(twilio.app) as twilio_url, hours:
        config = Settings(
            _env_file=None,
            data_dir=folder,
            engine_url=engine_url,
            engine_timeout=2.0,
            twilio_account_sid=ACCOUNT,
            twilio_auth_token=TOKEN,
            twilio_api_url=twilio_url,
            sms_number=NUMBER,
        )
        built = Stage(database, engine, twilio, config)
        with built.front(**changes) as built.url:
            yield built


@contextmanager
def own_keys(folder: Path, monkeypatch: Any) -> Iterator[None]:
    """The process's settings and keys for one test."""
    monkeypatch.setenv("FIRSTSTEP_DATA_DIR", str(folder))
    monkeypatch.setenv("FIRSTSTEP_SECRET_KEY", "a secret for tests only, long enough to be one")
    settings.cache_clear()
    load_keys.cache_clear()
    yield
    settings.cache_clear()
    load_keys.cache_clear()

"""Real parts for the tests of the doors: servers on real sockets, an engine and a Twilio that speak the protocols."""

import asyncio
import base64
import contextlib
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from twilio.request_validator import RequestValidator

from benchmarks.ports import free_ports
from bot.conversations.dispatch import Dispatcher
from bot.front.app import create_app
from bot.safety import assess
from bot.settings import Settings, settings
from bot.store import Database, load_keys

ACCOUNT, TOKEN, NUMBER = "AC00000000000000000000000000000000", "a-test-auth-token", "+15035550141"
VISITOR = "+15035550199"
SWEEP_SECONDS = 0.2
"""Between two looks of a front at what waits; in earnest it looks less often, and tests would wait for it."""
WEB = httpx.Client(timeout=20)
"""One for all tests: making a client loads all certificates that the machine trusts."""


@contextlib.contextmanager
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


def until(condition: Callable[[], Any], what: str = "it to come true", seconds: float = 120.0) -> Any:
    """Wait until the condition gives something true, and give it back; the limit is for machines with much to do."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"waited {seconds:g} s for {what}"
        time.sleep(0.02)
    return value


class FakeEngine:
    """Speaks docs/architecture.md's protocol: answers each message id once, and the same again when asked again."""

    def __init__(self) -> None:
        self.turns: list[dict[str, Any]] = []
        self.status = 200
        self.delay = 0.0
        self.hold = False
        """Think until told otherwise."""
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
        while self.hold:
            await asyncio.sleep(0.01)
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
        self.hold = False
        """Accept the message, and keep the answer back."""
        self.held = 0
        """How many answers were kept back."""
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
        self.held += self.hold
        while self.hold:
            await asyncio.sleep(0.01)
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

    @contextlib.contextmanager
    def front(self, **changes: Any) -> Iterator[str]:
        """A front on a real socket."""
        (port,) = free_ports(1)
        config = self.config.model_copy(update={"port": port, **changes})
        with serving(create_app(config, self.database, self.forgotten.append), port) as url:
            yield url

    def open(self) -> "Chat":
        """A new web chat."""
        response = WEB.post(f"{self.url}/chat/conversations", json={})
        assert response.status_code == 201, response.text
        data = response.json()
        return Chat(self.url, data["conversation_id"], data["token"], data["messages"])

    def sms(self, body: str, sid: str | None = None, phone: str = VISITOR, **fields: str) -> list[str]:
        """Text the number as Twilio would pass it on; gives the texts of the TwiML answer."""
        return sms(self.url, body, sid, phone, **fields)

    def webhook(self, form: dict[str, str], path: str = "/sms/twilio", signature: str | None = None) -> httpx.Response:
        """One signed webhook."""
        return webhook(self.url, form, path, signature)


def sms(url: str, body: str, sid: str | None = None, phone: str = VISITOR, **fields: str) -> list[str]:
    """Text the number of the front at this address as Twilio would pass it on; gives the texts of the TwiML answer."""
    response = webhook(url, {"MessageSid": sid or f"SM{uuid.uuid4().hex}", "From": phone, "Body": body, **fields})
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("application/xml")
    return twiml(response.text)


def webhook(url: str, form: dict[str, str], path: str = "/sms/twilio", signature: str | None = None) -> httpx.Response:
    """One signed webhook to the front at this address."""
    form = {"AccountSid": ACCOUNT, "To": NUMBER, "NumMedia": "0", **form}
    signed = RequestValidator(TOKEN).compute_signature(url + path, form)
    return WEB.post(
        url + path,
        content=urlencode(form),
        headers={
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Twilio-Signature": signed if signature is None else signature,
        },
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
        return WEB.post(f"{self.address}/messages", json=body, headers=self.headers, **options)

    def say(self, text: str, message_id: str | None = None) -> list[str]:
        """Send, and give the texts of the answer."""
        response = self.post(text, message_id)
        assert response.status_code == 200, response.text
        return [message["text"] for message in response.json()["messages"]]

    def history(self, after: str = "") -> list[dict[str, Any]]:
        response = WEB.get(f"{self.address}/messages", params={"after": after} if after else {}, headers=self.headers)
        assert response.status_code == 200, response.text
        messages: list[dict[str, Any]] = response.json()["messages"]
        return messages


def twiml(document: str) -> list[str]:
    """The texts in a TwiML answer."""
    from xml.etree import ElementTree

    root = ElementTree.fromstring(document)
    assert root.tag == "Response"
    return ["".join(message.itertext()) for message in root.iter("Message")]


def at_once(now: datetime, zone: ZoneInfo) -> datetime:
    """Any hour is an hour for texts."""
    return now


@contextlib.contextmanager
def stage(
    database: Database, folder: Path, texts_from: Callable[[datetime, ZoneInfo], datetime] = at_once, **changes: Any
) -> Iterator[Stage]:
    """Everything running on a store with the example program: front, engine, Twilio.

    `texts_from`: when a text that was not just asked for may go out.
    """
    assess("hola, hello")  # the rules are compiled once for all tests, not in the first one's time
    engine, twilio = FakeEngine(), FakeTwilio()
    with contextlib.ExitStack() as stack:
        # A test must not depend on the time of day.
        stack.enter_context(patch("bot.handoff.quiet.text_time", texts_from))
        stack.enter_context(patch("bot.front.app.SMS_SECONDS", SWEEP_SECONDS))
        stack.enter_context(patch("bot.front.app.Dispatcher", partial(Dispatcher, sweep_seconds=SWEEP_SECONDS)))
        engine_url, twilio_url = stack.enter_context(serving(engine.app)), stack.enter_context(serving(twilio.app))
        config = Settings(
            _env_file=None,
            data_dir=folder,
            engine_url=engine_url,
            engine_timeout=10.0,
            twilio_account_sid=ACCOUNT,
            twilio_auth_token=TOKEN,
            twilio_api_url=twilio_url,
            sms_number=NUMBER,
        )
        built = Stage(database, engine, twilio, config)
        built.url = stack.enter_context(built.front(**changes))
        yield built


@contextlib.contextmanager
def own_keys(folder: Path, monkeypatch: Any) -> Iterator[None]:
    """The process's settings and keys for one test."""
    monkeypatch.setenv("FIRSTSTEP_DATA_DIR", str(folder))
    monkeypatch.setenv("FIRSTSTEP_SECRET_KEY", "a secret for tests only, long enough to be one")
    settings.cache_clear()
    load_keys.cache_clear()
    yield
    settings.cache_clear()
    load_keys.cache_clear()

"""The ASGI app of the front: `uvicorn --factory bot.front.app:create_app`.

Light on purpose: neither rasa nor spaCy nor scikit-learn is imported, so that the door opens within a second or two and
stays open while the engine starts, restarts or is gone.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount

from bot.channels.errors import ApiError, error_response, handle_api_error
from bot.channels.host import Door
from bot.channels.outbound import SmsSender, deliver_due, sender_for
from bot.channels.sms import SmsChannel
from bot.channels.web import WebChat
from bot.console.app import routes as console_routes
from bot.conversations import Conversation, Dispatcher, EngineClient
from bot.engine.erase import erase_conversation
from bot.front import metrics
from bot.front.health import Health
from bot.front.middleware import Envelope
from bot.front.provider import ProgramReader
from bot.front.site import Site
from bot.handoff import withdraw, withdraw_number
from bot.handoff.pages import routes as handoff_routes
from bot.handoff.quiet import text_from
from bot.program.transfer import NoProgramError
from bot.safety import assess
from bot.settings import Settings
from bot.settings import settings as current_settings
from bot.store import Database, utcnow
from bot.store import database as current_database

log = logging.getLogger("firststep.front")

MAX_BODY = 64 * 1024
SMS_SECONDS = 2.0
SAYINGS = {
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not take that method."),
}


def create_app(
    config: Settings | None = None,
    store: Database | None = None,
    forget: Callable[[str], object] = erase_conversation,
) -> Starlette:
    """The app with the process's settings and store, or with those given. `forget` erases the engine's memory."""
    config = config or current_settings()
    store = store or current_database()
    program = ProgramReader(store)
    engine = EngineClient(config.engine_url)

    def forget_quietly(conversation_id: str) -> None:
        """The visitor's erasure stands whatever happens here: the nightly purge looks at erased chats again."""
        try:
            forget(conversation_id)
        except Exception:
            log.exception("the engine's memory of an erased conversation could not be erased yet")

    dispatcher = Dispatcher(store, engine, forget=forget_quietly, answered=metrics.answered)
    door = Door(store, dispatcher, program.host, forget_quietly, config.engine_timeout, config.retention_days)
    sms = SmsChannel(door, config, lambda conversation_id, wrong: _withdraw(store, conversation_id, wrong))
    sender = sender_for(config)

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await dispatcher.start()
        # The rules are read and compiled before the first visitor needs them.
        rules = asyncio.create_task(asyncio.to_thread(assess, "hola, hello"))
        texts = asyncio.create_task(_send_texts(store, sender)) if sender else None
        try:
            yield
        finally:
            if texts:
                texts.cancel()
            rules.cancel()
            await dispatcher.stop()
            await engine.close()

    return Starlette(
        routes=_routes(config, store, engine, program, WebChat(door), sms),
        middleware=[Middleware(Envelope, https=config.base_url.startswith("https:"), max_body=MAX_BODY)],
        exception_handlers={ApiError: handle_api_error, HTTPException: _handle_http},
        lifespan=lifespan,
    )


def _routes(
    config: Settings, store: Database, engine: EngineClient, program: ProgramReader, chat: WebChat, sms: SmsChannel
) -> list[BaseRoute]:
    """Every address of the front; a package with pages of its own adds its routes here."""
    return [
        *Site(program).routes(),
        Mount("/chat", routes=chat.routes(), middleware=[_cors(config)]),
        *sms.routes(),
        *handoff_routes(store),
        *console_routes(store),
        *Health(store, engine, program).routes(),
    ]


def _cors(config: Settings) -> Middleware:
    """Which pages may embed the widget. No cookie is used, the token is the secret: "any" is a fair default."""
    origins = [origin.strip().rstrip("/") for origin in config.allowed_origins.split(",") if origin.strip()]
    return Middleware(
        CORSMiddleware,
        allow_origins=[*origins, config.base_url] if origins else ["*"],
        allow_methods=["GET", "POST", "DELETE"],
        allow_headers=["Authorization", "Content-Type", "Last-Event-ID"],
        max_age=600,
    )


def _withdraw(store: Database, conversation_id: str, wrong_person: bool) -> None:
    """Somebody texts "stop": their requests are taken back as well, also one made on the web with this number.

    "You have the wrong person": nobody can leave this number again.
    """
    with store.write() as session:
        withdraw(session, conversation_id, utcnow())
        conversation = session.get(Conversation, conversation_id)
        if conversation is not None and conversation.phone:
            withdraw_number(session, conversation.phone, utcnow(), wrong_person)


async def _send_texts(store: Database, sender: SmsSender) -> None:
    """Late answers go out from here, and what the worker pushes too; whoever claims a text first sends it.

    What Twilio did not take by day is not pushed at night; an answer is owed at any hour.
    """

    def send() -> int:
        try:
            return deliver_due(store, sender, hours=text_from)
        except NoProgramError:  # no program yet, so no request whose visitor could be texted
            return 0

    while True:
        try:
            sent = await asyncio.to_thread(send)
        except Exception:
            log.exception("texts could not be sent; the next try comes in %s s", SMS_SECONDS)
            sent = 0
        await asyncio.sleep(0 if sent else SMS_SECONDS)


async def _handle_http(_request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    code, message = SAYINGS.get(error.status_code, ("refused", str(error.detail)))
    return error_response(error.status_code, code, message, dict(error.headers or {}))

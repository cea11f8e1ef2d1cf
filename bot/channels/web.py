"""The chat API of the web; every error is JSON: {"error": {"code", "message"}}.

A conversation is opened without any account and gives a bearer token of 256 random bits; the id alone opens nothing.
"""

import asyncio
import hashlib
import json
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.channels import limits
from bot.channels.bodies import json_body, message_of
from bot.channels.errors import ApiError
from bot.channels.host import Door, Host, NotReady
from bot.channels.limits import Limiter
from bot.channels.texts import first_choices, numbers, outage_texts, patience, web_greeting
from bot.conversations import (
    Conflict,
    Conversation,
    Message,
    Outcome,
    apologise,
    authenticate,
    by_rules,
    erase,
    history,
    last_seq,
    note,
    open_conversation,
    receive,
    replies_to,
    said_lately,
    view,
)
from bot.conversations.alerts import EMERGENCY, raise_alert
from bot.conversations.cleaning import MAX_CHARACTERS
from bot.conversations.reading import after_seq
from bot.safety import assess

STREAMS_PER_CONVERSATION = 6
POLL_SECONDS = 1.0
"""How soon a stream sees what another process has stored; what this one stores it sees at once."""
LOCALE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})?")
LOCAL = frozenset({"127.0.0.1", "::1", "testclient"})


class WebChat:
    """The endpoints, with the limits and open streams of this process."""

    def __init__(self, door: Door) -> None:
        self.door = door
        self._new = Limiter(limits.NEW_PER_ADDRESS)
        self._address = Limiter(limits.PER_ADDRESS)
        self._conversation = Limiter(limits.PER_CONVERSATION)
        self._urgent = Limiter(limits.URGENT)
        self._streams: Counter[str] = Counter()

    def routes(self) -> list[Route]:
        """Routes below /chat."""
        one = "/conversations/{id}"
        return [
            Route("/conversations", self.open, methods=["POST"]),
            Route(f"{one}/messages", self.send, methods=["POST"]),
            Route(f"{one}/messages", self.messages, methods=["GET"]),
            Route(f"{one}/events", self.events, methods=["GET"]),
            Route(one, self.erase, methods=["DELETE"]),
        ]

    async def open(self, request: Request) -> Response:
        """POST /chat/conversations: open a conversation; 201 with id, token and the first message."""
        self._limit(self._new, request, "Too many new chats from your network.")
        body = await json_body(request, optional=True)
        locale = body.get("locale") or "en"
        if not isinstance(locale, str) or not LOCALE.fullmatch(locale):
            raise ApiError(
                422, "bad_locale", '"locale" is a language tag such as "en" or "en-US"; you may leave it out.'
            )
        host = await asyncio.to_thread(self._host)

        def store() -> tuple[str, str, Message | None]:
            with self.door.database.write() as session:
                conversation, token = open_conversation(session, "web", locale=locale)
                greeting = note(
                    session,
                    conversation.id,
                    "assistant",
                    web_greeting(host, self.door.retention_days, locale),
                    kind="greeting",
                    quick_replies=first_choices(locale),
                )
                return conversation.id, token, greeting

        conversation_id, token, greeting = await asyncio.to_thread(store)
        messages = [view(greeting)] if greeting else []
        return JSONResponse({"conversation_id": conversation_id, "token": token, "messages": messages}, 201)

    async def send(self, request: Request) -> Response:
        """POST .../messages: store the visitor's message, answer with its replies. Same id: processed once."""
        conversation = await self._authenticated(request)
        body = await json_body(request)
        urgent = assess(str(body.get("text"))[: MAX_CHARACTERS * 4]).level == EMERGENCY
        if not (urgent and self._urgent.take(conversation.id) == 0):
            self._limit(self._address, request, "Too many messages from your network.")
            self._limit(self._conversation, request, "You are writing very fast.", key=conversation.id)
        client_id, text = await asyncio.to_thread(self._checked, conversation, body, urgent)
        try:
            message_id, safety = await asyncio.to_thread(self._receive, conversation, client_id, text)
        except Conflict:
            if not urgent:
                raise ApiError(
                    409, "id_in_use", "This message id was used for another text. Send a new id with each new message."
                ) from None
            # An edited retry that tells of an emergency is a message of its own, once for each wording.
            client_id = f"{client_id[:40]}~{hashlib.sha256(text.encode()).hexdigest()[:16]}"
            message_id, safety = await asyncio.to_thread(self._receive, conversation, client_id, text)
        bell = self.door.dispatcher.changed
        bell.ring(conversation.id)
        seconds = patience(safety, self.door.engine_timeout)
        outcome = await self.door.dispatcher.wait(conversation.id, message_id, seconds)
        replies = await asyncio.to_thread(self._replies, message_id)
        if outcome is not Outcome.ANSWERED or not replies:
            host = await asyncio.to_thread(self._host)
            replies = await asyncio.to_thread(self._apologise, conversation, message_id, text, host)
            bell.ring(conversation.id)
        return JSONResponse({"messages": [view(message) for message in replies]})

    async def messages(self, request: Request) -> Response:
        """GET .../messages?after=<id>: what was said since; `more` tells that another page follows."""
        conversation = await self._authenticated(request)
        self._limit(self._address, request, "Too many requests from your network.")
        after = request.query_params.get("after")

        def load() -> tuple[list[dict[str, Any]], bool]:
            with self.door.database.read() as session:
                found = history(session, conversation.id, after)
                return [view(message) for message in found], bool(found) and found[-1].seq < conversation.last_seq

        messages, more = await asyncio.to_thread(load)
        return JSONResponse({"messages": messages, "more": more})

    async def events(self, request: Request) -> Response:
        """GET .../events: server-sent events `message`; Last-Event-ID (or ?after=) resumes after that one."""
        conversation = await self._authenticated(request)
        if self._streams[conversation.id] >= STREAMS_PER_CONVERSATION:
            raise ApiError(
                429, "too_many_streams", "This chat is open too often. Close other tabs.", {"Retry-After": "10"}
            )
        after = request.headers.get("last-event-id") or request.query_params.get("after")
        closing = anyio.Event()  # set when the server shuts down: the stream then ends by itself, and cleanly
        return EventSourceResponse(
            self._events(conversation.id, after, closing),
            ping=15,
            headers={"X-Accel-Buffering": "no"},
            shutdown_event=closing,
            shutdown_grace_period=POLL_SECONDS * 2,
        )

    async def erase(self, request: Request) -> Response:
        """DELETE: erase the chat, here and in the engine's memory."""
        conversation = await self._authenticated(request)

        def delete() -> None:
            with self.door.database.write() as session:
                erase(session, conversation.id)
            self.door.forget(conversation.id)

        await asyncio.to_thread(delete)
        self.door.dispatcher.changed.ring(conversation.id)
        return Response(status_code=204)

    async def _events(
        self, conversation_id: str, after: str | None, closing: anyio.Event
    ) -> AsyncIterator[ServerSentEvent]:
        async with self._stream(conversation_id):
            yield ServerSentEvent(comment="open", retry=3000)
            seq = 0
            found = await asyncio.to_thread(self._after_id, conversation_id, after)
            while not closing.is_set():
                for message in found:
                    seq = message.seq
                    yield ServerSentEvent(json.dumps(view(message)), event="message", id=message.id)
                newest = await asyncio.to_thread(self._newest, conversation_id)
                if newest is None:
                    yield ServerSentEvent("{}", event="erased")
                    return
                if newest > seq:
                    found = await asyncio.to_thread(self._after, conversation_id, max(seq, 0))
                    continue
                found = []
                await self.door.dispatcher.changed.wait(conversation_id, POLL_SECONDS)

    @asynccontextmanager
    async def _stream(self, conversation_id: str) -> AsyncIterator[None]:
        self._streams[conversation_id] += 1
        try:
            yield
        finally:
            self._streams[conversation_id] -= 1
            if self._streams[conversation_id] <= 0:
                del self._streams[conversation_id]

    def _after_id(self, conversation_id: str, after: str | None) -> list[Message]:
        with self.door.database.read() as session:
            return history(session, conversation_id, after)

    def _after(self, conversation_id: str, seq: int) -> list[Message]:
        with self.door.database.read() as session:
            return after_seq(session, conversation_id, seq)

    def _newest(self, conversation_id: str) -> int | None:
        with self.door.database.read() as session:
            return last_seq(session, conversation_id)

    def _replies(self, message_id: str) -> list[Message]:
        with self.door.database.read() as session:
            return replies_to(session, message_id)

    def _checked(self, conversation: Conversation, body: dict[str, Any], urgent: bool) -> tuple[str, str]:
        """The message's id and text. A text that cannot be taken is still answered when it tells of an emergency."""
        try:
            return message_of(body)
        except ApiError as error:
            if not urgent:
                raise
            with self.door.database.write() as session:
                raise_alert(session, conversation.id, None, conversation.channel)
            text = str(body.get("text"))[: MAX_CHARACTERS * 4]
            texts = outage_texts(text, "web", conversation.locale, Host("", "")).texts
            raise ApiError(error.status, error.code, "\n\n".join([*texts, error.message])) from None

    def _receive(self, conversation: Conversation, client_id: str, text: str) -> tuple[str, str | None]:
        with self.door.database.write() as session:
            received = receive(session, conversation.id, client_id, text)
            if received is None:
                raise _gone()
            return received.message.id, received.message.safety

    def _apologise(self, conversation: Conversation, message_id: str, text: str, host: Host) -> list[Message]:
        with self.door.database.write() as session:
            asked = session.get(Message, message_id)
            found = by_rules(session, asked) if asked else None
            said = said_lately(session, conversation.id)
            return apologise(session, message_id, *outage_texts(text, "web", conversation.locale, host, found, said))

    def _host(self) -> Host:
        try:
            return self.door.host()
        except NotReady:
            emergency, lifeline = numbers()
            raise ApiError(
                503,
                "no_program",
                "This chat is not set up yet: no program has been imported (firststep program import FILE). "
                f"In danger call {emergency}; in a crisis call or text {lifeline}.",
            ) from None

    def _limit(self, limiter: Limiter, request: Request, reason: str, key: str | None = None) -> None:
        address = request.client.host if request.client else "unknown"
        if key is None and address in LOCAL:
            return
        wait = limiter.take(key or address)
        if wait:
            seconds = int(wait) + 1
            emergency, lifeline = numbers()
            raise ApiError(
                429,
                "too_many_requests",
                f"{reason} Please wait {seconds} s. In danger call {emergency}; in a crisis call or text {lifeline}.",
                {"Retry-After": str(seconds)},
            )

    async def _authenticated(self, request: Request) -> Conversation:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise ApiError(
                401,
                "token_missing",
                'Send the token of this chat: "Authorization: Bearer <token>".',
                {"WWW-Authenticate": "Bearer"},
            )

        def load() -> tuple[Conversation | None, bool]:
            with self.door.database.read() as session:
                conversation_id = request.path_params["id"]
                known = session.get(Conversation, conversation_id) is not None
                return authenticate(session, conversation_id, token.strip()), known

        conversation, known = await asyncio.to_thread(load)
        if conversation is None:
            if known:
                raise ApiError(403, "token_wrong", "This token does not open this chat.")
            raise ApiError(404, "no_such_chat", "There is no such chat. Open one: POST /chat/conversations.")
        if conversation.erased_at is not None:
            raise _gone()
        return conversation


def _gone() -> ApiError:
    return ApiError(404, "erased", "This chat has been erased. Open a new one: POST /chat/conversations.")

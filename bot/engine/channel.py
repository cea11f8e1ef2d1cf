"""The engine's one door: POST /webhooks/firststep/turn, for the front only (docs/architecture.md).

A turn is asked for with a message_id and answered once processed; asking again gives the same answer and does nothing.
"""

import hmac
import logging
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from sanic import Blueprint
from sanic import response as http
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.engine.processor import TurnAgent, TurnBroken, TurnFailed
from bot.store import load_keys

logger = logging.getLogger(__name__)

Identifier = Annotated[str, StringConstraints(min_length=1, max_length=255)]


class TurnRequest(BaseModel):
    """The body of a request; anything unknown in it is refused, since a misspelt field would be lost in silence."""

    model_config = ConfigDict(extra="forbid")

    conversation_id: Identifier
    message_id: Identifier
    text: Annotated[str, StringConstraints(min_length=1, max_length=10_000)]
    channel: Literal["web", "sms"] = "web"
    locale: str | None = None
    before: Annotated[list[Annotated[str, StringConstraints(max_length=500)]], Field(max_length=5)] = []
    """The visitor's short messages right before this one, oldest first: the safety check reads them together."""
    attended: bool = False
    """A person has the conversation: only safety and a withdrawal are answered, and the dialogue stands still."""


class WebReplies(CollectingOutputChannel):
    """Named so that responses for `channel: web` are chosen."""

    @classmethod
    def name(cls) -> str:
        """The channel of responses."""
        return "web"


class SmsReplies(CollectingOutputChannel):
    """Named so that responses for `channel: sms` are chosen."""

    @classmethod
    def name(cls) -> str:
        """The channel of responses."""
        return "sms"


REPLIES: dict[str, type[CollectingOutputChannel]] = {"web": WebReplies, "sms": SmsReplies}


class TurnChannel(InputChannel):
    """Rasa input channel; its bearer token is derived from the installation's secret."""

    def __init__(self, token: str | None = None) -> None:
        """Accept `token`; without one, the token of this installation's keys."""
        self.token = token or load_keys().token("engine")

    @classmethod
    def name(cls) -> str:
        """The path below /webhooks/."""
        return "firststep"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> "TurnChannel":
        """Rasa's factory; credentials.yml holds no secret, so there is nothing to read."""
        return cls()

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The routes: GET / tells whether a model is loaded, POST /turn answers a message."""
        routes = Blueprint("firststep_turns")

        @routes.get("/")
        async def health(request: Request) -> HTTPResponse:
            agent = getattr(request.app.ctx, "agent", None)
            ready = isinstance(agent, TurnAgent) and agent.is_ready()
            return http.json({"ready": ready}, status=200 if ready else 503)

        @routes.post("/turn")
        async def turn(request: Request) -> HTTPResponse:
            given = str(request.headers.get("authorization", ""))
            if not hmac.compare_digest(given.encode(), f"Bearer {self.token}".encode()):
                return http.json({"error": "wrong or missing token"}, status=401)
            try:
                asked = TurnRequest.model_validate_json(request.body or b"")
            except ValidationError as error:
                return http.json({"error": _sentence(error)}, status=400)
            agent = getattr(request.app.ctx, "agent", None)
            if not isinstance(agent, TurnAgent) or not agent.is_ready():
                return http.json({"error": "no model is loaded"}, status=503)
            try:
                answer = await agent.handle_turn(_message(asked))
            except TurnFailed as failure:
                logger.error("Turn of message %s failed: %s", asked.message_id, failure)
                status = 500 if isinstance(failure, TurnBroken) else 503
                return http.json({"error": "the turn failed; nothing of it is stored"}, status=status)
            return http.json(answer.as_dict())

        return routes


def _message(asked: TurnRequest) -> UserMessage:
    return UserMessage(
        asked.text,
        REPLIES[asked.channel](),
        asked.conversation_id,
        input_channel=asked.channel,
        message_id=asked.message_id,
        metadata={
            "message_id": asked.message_id,
            "channel": asked.channel,
            "locale": asked.locale,
            "before": asked.before,
            "attended": asked.attended,
        },
    )


def _sentence(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(map(str, item['loc'])) or 'body'}: {item['msg']}" for item in error.errors())

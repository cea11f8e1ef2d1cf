"""The client of the engine: one turn of a conversation over HTTP (docs/architecture.md, "The way of one message")."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from bot.store import load_keys

TURN = "/webhooks/firststep/turn"
READY = "/webhooks/firststep/"
CONNECT_SECONDS = 1.5
READ_SECONDS = 30.0
"""A turn may take longer than its visitor waits: the late answer is still delivered."""
AWAY = frozenset({401, 403, 404, 408, 429, 502, 503, 504})
"""Statuses that say nothing about the message: the engine is starting, busy, or not ours (wrong address or key)."""


class EngineUnavailable(Exception):
    """The engine cannot be reached, is starting, or did not answer in time; the message can be tried again."""


class EngineError(Exception):
    """The engine refused this very message or broke on it."""


@dataclass(frozen=True)
class Turn:
    """What the engine answered: messages ({"text", "quick_replies"}) and what it understood."""

    messages: list[dict[str, Any]]
    understanding: dict[str, Any] = field(default_factory=dict)
    actions: list[str] = field(default_factory=list)


class EngineClient:
    """One pool of connections to one engine address. Use one for each process and `close()` it."""

    def __init__(self, url: str, token: str | None = None, read_seconds: float = READ_SECONDS) -> None:
        self._client = httpx.AsyncClient(
            base_url=url,
            headers={"Authorization": f"Bearer {token or load_keys().token('engine')}"},
            timeout=httpx.Timeout(read_seconds, connect=CONNECT_SECONDS),
            limits=httpx.Limits(max_connections=200, max_keepalive_connections=50),
            trust_env=False,  # the engine is on loopback or a private network: never through a proxy
        )

    async def turn(
        self,
        conversation_id: str,
        message_id: str,
        text: str,
        channel: str,
        locale: str,
        before: Sequence[str] = (),
        attended: bool = False,
    ) -> Turn:
        """Send one message and wait for its replies. Safe to repeat: the engine knows its message ids.

        `before`: the visitor's short messages right before it; the safety check reads them together.
        `attended`: a person answers; the engine understands the message, and replies only where safety or a withdrawal
        demands it.

        Raises EngineUnavailable or EngineError.
        """
        body = {
            "conversation_id": conversation_id,
            "message_id": message_id,
            "text": text,
            "channel": channel,
            "locale": locale,
            "before": list(before),
            "attended": attended,
        }
        try:
            response = await self._client.post(TURN, json=body)
        except (httpx.TransportError, OSError) as error:
            raise EngineUnavailable(f"{type(error).__name__}: no answer from the engine") from error
        if response.status_code in AWAY:
            raise EngineUnavailable(f"the engine answers {response.status_code}")
        if response.status_code != 200:
            raise EngineError(f"the engine answers {response.status_code}")
        return _turn(response)

    async def is_ready(self) -> bool:
        """Whether the engine answers and has a model loaded."""
        try:
            response = await self._client.get(READY, timeout=httpx.Timeout(2.0, connect=CONNECT_SECONDS))
        except (httpx.TransportError, OSError):
            return False
        return response.status_code == 200

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def _turn(response: httpx.Response) -> Turn:
    try:
        data = response.json()
        messages = [_message(message) for message in data["messages"]]
        return Turn(messages, dict(data.get("understanding") or {}), list(data.get("actions") or ()))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise EngineError("the engine's answer is not what docs/architecture.md says") from error


def _message(message: Mapping[str, Any]) -> dict[str, Any]:
    replies = message.get("quick_replies") or ()
    return {
        "text": str(message["text"]),
        "quick_replies": [{"title": str(reply["title"]), "payload": str(reply["payload"])} for reply in replies],
    }

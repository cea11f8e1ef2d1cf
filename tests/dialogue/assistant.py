"""A conversation with the trained assistant, without HTTP: Rasa's agent, our actions, a store of its own."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass, field
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection


class InProcessActions(EndpointConfig):
    """Stands where the action server is, and runs the same executor that the server runs."""

    def __init__(self) -> None:
        super().__init__(url="http://in-process")
        self.executor = ActionExecutor()
        self.executor.register_package("actions")

    async def request(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return await self.executor.run(kwargs["json"])
        except ActionExecutionRejection as rejection:
            raise ClientResponseError(400, str(rejection), "{}") from rejection


class Collector(CollectingOutputChannel):
    """Collects replies under the name of a channel, so that its variants are chosen."""

    def __init__(self, channel: str) -> None:
        super().__init__()
        self.channel = channel

    def name(self) -> str:  # type: ignore[override]
        return self.channel


@dataclass
class Reply:
    """What the assistant said in one turn."""

    messages: list[dict[str, Any]]
    actions: list[str]
    topics: list[str]

    @property
    def text(self) -> str:
        return "\n".join(message.get("text") or "" for message in self.messages)

    @property
    def payloads(self) -> list[str]:
        return [button["payload"] for message in self.messages for button in message.get("buttons") or []]


@dataclass
class Conversation:
    """One visitor."""

    agent: Agent
    loop: asyncio.AbstractEventLoop
    channel: str = "web"
    id: str = field(default_factory=lambda: uuid.uuid4().hex)

    def say(self, text: str) -> Reply:
        return self.loop.run_until_complete(self._say(text))

    async def _say(self, text: str) -> Reply:
        collector = Collector(self.channel)
        message = UserMessage(text, collector, self.id, input_channel=self.channel, message_id=uuid.uuid4().hex)
        await self.agent.handle_message(message)
        tracker = await self.agent.tracker_store.retrieve(self.id)
        assert tracker is not None
        actions: list[str] = []
        for event in reversed(tracker.events):
            if type(event).__name__ == "UserUttered":
                break
            if type(event).__name__ == "ActionExecuted" and event.action_name != "action_listen":
                actions.insert(0, event.action_name)
        topics = [topic["name"] for topic in (tracker.latest_message.parse_data or {}).get("topics") or []]
        return Reply(collector.messages, actions, topics)

    def slot(self, name: str) -> Any:
        tracker = self.loop.run_until_complete(self.agent.tracker_store.retrieve(self.id))
        assert tracker is not None
        return tracker.get_slot(name)

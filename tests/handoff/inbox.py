"""A real SMTP server on a real socket, that remembers what it was sent."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from benchmarks.ports import free_ports


class Inbox:
    """An SMTP server's memory."""

    def __init__(self) -> None:
        self.mails: list[Message] = []
        self.hold = False
        """Keep back the answer to whoever hands over a message; it is not accepted before it is answered."""
        self.held = 0
        """How many messages were kept waiting."""

    async def handle_DATA(self, _server: object, _session: object, envelope: object) -> str:
        self.held += self.hold
        while self.hold:
            await asyncio.sleep(0.01)
        self.mails.append(message_from_bytes(envelope.content))  # type: ignore[attr-defined]
        return "250 OK"


@contextmanager
def listening(scheme: str = "smtp", **how: Any) -> Iterator[tuple[Inbox, str]]:
    """The server and its URL; `how` is for aiosmtpd's Controller."""
    inbox = Inbox()
    (port,) = free_ports(1)  # the controller itself connects to its port, so that must be known before
    controller = Controller(inbox, hostname="127.0.0.1", port=port, **how)
    controller.start()
    try:
        yield inbox, f"{scheme}://127.0.0.1:{port}"
    finally:
        controller.stop()


@pytest.fixture
def server() -> Iterator[tuple[Inbox, str]]:
    with listening() as started:
        yield started

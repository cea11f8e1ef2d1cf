"""A real SMTP server on loopback that fails at random, and remembers every message that it was handed."""

import random
import re
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes, policy
from typing import Any

from aiosmtpd.controller import Controller

CODE = re.compile(r"\b[A-HJKMNP-Z2-9]{6}\b")
LINK = re.compile(r"/handoff/\S+")


@dataclass(frozen=True)
class Mail:
    """One message as it was accepted."""

    message_id: str
    to: tuple[str, ...]
    subject: str
    ref: str
    link: str


class MailServer:
    """Takes mail; of every hundred it refuses some for now, hangs up on some, and hangs up after accepting some.

    The last is the cruel one: the message is there, and its sender cannot know.
    """

    def __init__(self, port: int, seed: int, trouble: float, arrived: Callable[[Mail], None]) -> None:
        """`trouble`: the share of messages that meet some; `arrived` must not wait, mail is taken one by one."""
        self.port, self.trouble, self.arrived = port, trouble, arrived
        self.mails: list[Mail] = []
        self.failures: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._chance = random.Random(seed)
        self._controller = Controller(self, hostname="127.0.0.1", port=port)

    def start(self) -> None:
        """Listen."""
        self._controller.start()

    def stop(self) -> None:
        """Listen no more."""
        self._controller.stop()

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:
        """Accept, refuse, or vanish."""
        lot = self._chance.random()
        if lot < self.trouble * 0.5:
            self.failures["refused for now"] += 1
            return "451 try again later"
        if lot < self.trouble * 0.75:
            self.failures["hung up before accepting"] += 1
            server.transport.abort()
            return "421 gone"
        mail = _read(envelope)
        with self._lock:
            self.mails.append(mail)
        self.arrived(mail)
        if lot < self.trouble:
            self.failures["hung up after accepting"] += 1
            server.transport.abort()
        return "250 OK"


def _read(envelope: Any) -> Mail:
    message = message_from_bytes(envelope.content, policy=policy.default)
    subject = str(message["Subject"])
    part = message.get_body()
    body = part.get_content() if part is not None else ""
    code, link = CODE.search(subject) or CODE.search(body), LINK.search(body)
    return Mail(
        str(message["Message-ID"]), tuple(envelope.rcpt_tos), subject, code[0] if code else "", link[0] if link else ""
    )

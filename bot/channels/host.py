"""What a channel needs from the process that opens it: store, dispatcher, settings, and whose assistant this is."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.conversations import Dispatcher
from bot.store import Database


class NotReady(Exception):
    """There is no program in the store: nobody to speak for."""


@dataclass(frozen=True)
class Host:
    """The provider in whose name the assistant speaks."""

    name: str
    phone: str
    """As people write it: (555) 555-0100."""


@dataclass(frozen=True)
class Door:
    """The channel's surroundings. `host()` raises NotReady while no program is loaded."""

    database: Database
    dispatcher: Dispatcher
    host: Callable[[], Host]
    forget: Callable[[str], None]
    """Erases what the engine remembers of a conversation."""
    engine_timeout: float
    retention_days: int

"""The running engine takes a new model: loaded beside the old one, then put in its place between two turns.

A turn under way ends on the model on which it began. Both share the locks, so a conversation is still one turn at a
time, and the store, so the next turn knows all that was said. When the new model cannot be loaded, the old one stays.
"""

import asyncio
import gc
import logging
import os
import time
from collections.abc import Callable
from pathlib import Path

from rasa.model import get_latest_model
from sanic import Sanic

from bot.engine.processor import TurnAgent

logger = logging.getLogger(__name__)

POLL = 2.0
"""Seconds between two looks at the model file."""
FIRST_WORDS = "Hello, what does it cost?"
"""Parsed once by a new model before any visitor's message: the first message costs seconds, and may be the one that
shows that it does not work."""

Signature = tuple[int, int, int, int] | None


def model_path(model: str) -> Path | None:
    """The archive that is live at `model`, an archive or a folder whose newest one is taken; None without one."""
    path = Path(model)
    if path.is_dir():  # Rasa would look in the folder above a path that does not exist
        newest = get_latest_model(model)
        return Path(newest) if newest else None
    return path if path.is_file() else None


def signature(model: str) -> Signature:
    """What changes when another archive is live at `model`, through links too; None without one."""
    path = model_path(model)
    try:
        status = os.stat(path) if path else None
    except OSError:
        return None
    return (status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size) if status else None


class ModelWatch:
    """Watches the live model and gives the application an agent with the new one when it changes.

    `make` loads an agent from what is live now, sharing the locks of the given one; it runs in a thread.
    `seen` is the signature of what the application was started with, taken before it was loaded.
    """

    def __init__(self, model: str, seen: Signature, make: Callable[[TurnAgent], TurnAgent], poll: float = POLL) -> None:
        self.model = model
        self.make = make
        self.poll = poll
        self._seen = seen

    async def run(self, app: Sanic) -> None:
        """Watch until cancelled. A file is taken when two looks in a row agree: it may still be being written."""
        candidate: Signature = None
        while True:
            await asyncio.sleep(self.poll)
            now = signature(self.model)
            if now is None or now == self._seen:
                candidate = None
            elif now != candidate:
                candidate = now
            else:
                self._seen, candidate = now, None
                await self._swap(app)

    async def _swap(self, app: Sanic) -> None:
        old = app.ctx.agent
        started = time.monotonic()
        try:
            new = await asyncio.to_thread(_tried, self.make, old)
        except Exception:
            logger.exception("The new model cannot be used; the engine goes on with the one it has")
            return
        app.ctx.agent = new
        path = model_path(self.model)
        name = path.resolve().name if path else "?"
        logger.info("The engine answers with the model %s now (loaded in %.1f s)", name, time.monotonic() - started)
        del old
        gc.collect()


def _tried(make: Callable[[TurnAgent], TurnAgent], old: TurnAgent) -> TurnAgent:
    """A new agent that has parsed a message. Raises whatever it cannot do."""
    new = make(old)
    if not new.is_ready():
        raise RuntimeError("the model could not be loaded")
    asyncio.run(new.parse_message(FIRST_WORDS))
    return new

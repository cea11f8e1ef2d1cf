"""Logging of every process: one readable line a record, with phone numbers and e-mail addresses hidden.

What a visitor wrote is never logged on purpose; the redaction here is the net below that rule.
"""

import logging
import re
import sys

EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# Ten or eleven digits as people write a phone number; the look-arounds spare longer runs such as ids and timestamps.
PHONE = re.compile(r"(?<![\w.:-])(?:\+?1[ .-]?)?\(?[2-9]\d{2}\)?[ .-]?\d{3}[ .-]?\d{4}(?![\w-])")
# Access lines of our own loopback traffic say nothing that an operator needs.
QUIET = (
    "apscheduler",
    "asyncio",
    "httpcore",
    "httpx",
    "matplotlib",
    "rasa_sdk.executor",  # a line for each of our actions
    "sanic.access",
    "sanic.root",
    "urllib3",
    "uvicorn.error",  # its start and end, which the supervisor tells as well
    "watchfiles",
)


def redact(text: str) -> str:
    """The text with phone numbers and e-mail addresses replaced by a word that says what stood there."""
    return PHONE.sub("[phone]", EMAIL.sub("[email]", text))


class RedactingFormatter(logging.Formatter):
    """Formats as its parent does, tracebacks included, and redacts the result."""

    def format(self, record: logging.LogRecord) -> str:
        """The finished line without phone numbers and e-mail addresses."""
        return redact(super().format(record))


def set_up(level: str = "INFO", process: str = "") -> None:
    """Send all logging of this process to stderr, one line a record, at `level` and above.

    `process` is written before each line; under `firststep serve` the supervisor writes it and this stays empty.
    An unknown level counts as INFO.
    """
    handler = logging.StreamHandler(sys.stderr)
    prefix = f"{process:<7} | " if process else ""
    handler.setFormatter(
        RedactingFormatter(f"{prefix}%(asctime)s %(levelname)-7s %(name)s: %(message)s", datefmt="%H:%M:%S")
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(getattr(logging, level.upper(), logging.INFO))
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)

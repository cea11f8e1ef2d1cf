import io
import logging

import pytest

from bot.logs import RedactingFormatter, redact


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("call 555-555-0123 now", "call [phone] now"),
        ("from +15555550123", "from [phone]"),
        ("(555) 555-0123", "[phone]"),
        ("write to ann@example.org.", "write to [email]."),
        ("5.555.550.123 is none", "5.555.550.123 is none"),
        ("port 5005, id 20261123204534", "port 5005, id 20261123204534"),
    ],
)
def test_phones_and_addresses_are_hidden(said: str, shown: str) -> None:
    assert redact(said) == shown


def test_a_traceback_is_redacted_too() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(RedactingFormatter("%(message)s"))
    logger = logging.Logger("test")
    logger.addHandler(handler)
    try:
        raise ValueError("no such number: 555-555-0123")
    except ValueError:
        logger.exception("failed for %s", "ann@example.org")
    assert "0123" not in stream.getvalue()
    assert "ann@" not in stream.getvalue()
    assert "ValueError" in stream.getvalue()

"""Turns for the tests of the actions."""

from typing import Any

from actions.turn import Turn


def turn(text: str = "", **values: Any) -> Turn:
    """A turn on the web with what a test cares about."""
    given: dict[str, Any] = {
        "conversation_id": "c",
        "message_id": "m",
        "channel": "web",
        "intent": "",
        "doubt": False,
        "elliptical": False,
        "topics": (),
        "confidence": 1.0,
        "ranking": (),
        "entities": (),
    }
    return Turn(text=text, **(given | values))


def entity(name: str, value: Any, start: int | None = None, end: int | None = None) -> dict[str, Any]:
    """An entity as the engine sends it."""
    return {"entity": name, "value": value, "start": start, "end": end}

"""One turn as the front gets it: what was said, what was understood, which actions ran. Made from event dicts alone."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from itertools import takewhile
from typing import Any

FALLBACK = "nlu_fallback"
UNSAID_ACTIONS = frozenset({"action_listen", "action_session_start"})
RANKED = 3


@dataclass(frozen=True)
class Turn:
    """The engine's answer to one message; `as_dict` is the body of the HTTP answer (docs/architecture.md)."""

    messages: list[dict[str, Any]]
    understanding: dict[str, Any]
    actions: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The turn as JSON-able data."""
        return asdict(self)


def turn_of(events: Iterable[Mapping[str, Any]], message_id: str) -> Turn | None:
    """The turn that began with this message, or None when the events do not hold it.

    `events` are Rasa's event dicts in order; the turn ends before the next message of the visitor.
    """
    remaining = iter(events)
    for event in remaining:
        if event.get("event") == "user" and event.get("message_id") == message_id:
            after = list(takewhile(lambda later: later.get("event") != "user", remaining))
            return Turn(
                [reply for later in after if (reply := _reply(later))],
                understanding(event.get("parse_data") or {}),
                [str(later["name"]) for later in after if _is_action(later)],
            )
    return None


def heard(parsed: Mapping[str, Any] | None) -> Turn:
    """The turn of a message that was understood and left to a person: nothing said, nothing done."""
    return Turn([], understanding(parsed or {}))


def understanding(parsed: Mapping[str, Any]) -> dict[str, Any]:
    """What the front stores of a parse result; absent parts are empty, never missing."""
    intent = parsed.get("intent") or {}
    ranking = [entry for entry in parsed.get("intent_ranking") or [] if entry.get("name") != FALLBACK]
    topic = parsed.get("topic") or (intent.get("name") if intent.get("name") != FALLBACK else None)
    if isinstance(topic, Mapping):
        topic = topic.get("name")
    if topic is None and ranking:
        topic = ranking[0].get("name")
    return {
        "topic": topic,
        "confidence": float(intent.get("confidence") or 0.0),
        "ranking": [
            {"name": entry.get("name"), "confidence": float(entry.get("confidence") or 0.0)}
            for entry in ranking[:RANKED]
        ],
        "topics": list(parsed.get("topics") or []),
        "entities": [
            {name: entity.get(name) for name in ("entity", "value", "start", "end")}
            for entity in parsed.get("entities") or []
        ],
        "safety": parsed.get("safety"),
        "repaired": parsed.get("repaired"),
        "doubt": bool(parsed["doubt"]) if parsed.get("doubt") is not None else intent.get("name") == FALLBACK,
        "language": parsed.get("language"),
    }


def _is_action(event: Mapping[str, Any]) -> bool:
    return event.get("event") == "action" and bool(event.get("name")) and event.get("name") not in UNSAID_ACTIONS


def _reply(event: Mapping[str, Any]) -> dict[str, Any] | None:
    if event.get("event") != "bot" or not event.get("text"):
        return None
    data = event.get("data") or {}
    choices = [*(data.get("quick_replies") or []), *(data.get("buttons") or [])]
    return {
        "text": event["text"],
        "quick_replies": [
            {"title": str(choice.get("title", "")), "payload": str(choice.get("payload") or choice.get("title", ""))}
            for choice in choices
        ],
    }

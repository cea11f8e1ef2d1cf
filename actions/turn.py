"""One turn as the actions see it: who asked what, on which channel, with which wishes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from rasa_sdk import Tracker

from bot.safety import folded, language_of, looks_english, looks_spanish

# Wishes that stay true for the rest of the conversation; days and times belong to the question they came with.
LASTING_ENTITIES = frozenset({"insurer", "plan_type", "zip", "person", "state", "population", "substance"})
MAXIMUM_TOPICS = 3
SPANISH, OUT_OF_SCOPE = "es", "out_of_scope"
IN_BOTH = frozenset(
    re.findall(
        r"\w+", "no nop nope ok okay oki k yes yep yeah yea si sure thanks thank you gracias please bye hi hello"
    )
)
"""Words that a message in Spanish may be made of and still mean what the understanding takes them for."""
LONGEST_NAME = 4  # words
TELLING = re.compile(r"\b(?:me llamo|mi nombre|soy|no|quiero|prefiero|qu[eé]|qui[eé]n)\b|[?\u00bf]", re.IGNORECASE)
"""What makes a short answer in Spanish more than a name."""


@dataclass(frozen=True)
class Turn:
    """What the latest message holds, beside what the conversation already knows."""

    conversation_id: str
    message_id: str
    channel: str
    text: str
    intent: str
    doubt: bool
    elliptical: bool
    topics: tuple[str, ...]
    confidence: float
    ranking: tuple[str, ...]
    entities: tuple[dict[str, Any], ...]
    safety: dict[str, Any] = field(default_factory=dict)
    slots: dict[str, Any] = field(default_factory=dict)
    in_form: bool = False
    language: str = "en"
    """Of this message; one that tells none ("ok", "no") keeps the language of those before it."""

    @property
    def is_sms(self) -> bool:
        """Whether the visitor texts; the widget is the other channel."""
        return self.channel == "sms"

    @property
    def after_emergency(self) -> bool:
        """Whether an emergency was told and the visitor is not yet back in the ordinary conversation."""
        return self.slots.get("safety_state") in ("shown", "asked")

    def has(self, *names: str) -> bool:
        """Whether the message itself holds an entity of one of these names."""
        return any(entity["entity"] in names for entity in self.entities)

    def first(self, name: str) -> Any:
        """The value of the message's first entity of this name, or None."""
        return next((entity["value"] for entity in self.entities if entity["entity"] == name), None)

    def wishes(self, *, with_last_question: bool) -> list[dict[str, Any]]:
        """Entities that count for an answer: this message's, then what was said before and still holds.

        A follow-up ("and on weekends?") leans on the question before it, so its days, times and numbers hold too.
        """
        own = [{"entity": entity["entity"], "value": entity["value"]} for entity in self.entities]
        said = {entity["entity"] for entity in own}
        earlier: Iterable[dict[str, Any]] = self.slots.get("wishes") or []
        return own + [
            entity
            for entity in earlier
            if entity["entity"] not in said and (with_last_question or entity["entity"] in LASTING_ENTITIES)
        ]


def read_turn(tracker: Tracker) -> Turn:
    """The turn behind Rasa's tracker; a quick reply has no topics of its own, so its intent is its topic."""
    message = tracker.latest_message or {}
    text, intent = message.get("text") or "", (message.get("intent") or {}).get("name") or ""
    confidence = float((message.get("intent") or {}).get("confidence") or 0.0)
    topics = tuple(topic["name"] for topic in message.get("topics") or []) or ((intent,) if intent else ())
    language = _language(tracker, text)
    if language == SPANISH and _guessed(text, intent, confidence):
        intent, topics, confidence = OUT_OF_SCOPE, (), 1.0
    return Turn(
        conversation_id=tracker.sender_id,
        message_id=message.get("message_id") or "",
        channel="sms" if tracker.get_latest_input_channel() == "sms" else "web",
        text=text,
        intent=intent,
        doubt=bool(message.get("doubt")) or intent == "nlu_fallback",
        elliptical=bool(message.get("elliptical")),
        topics=topics[:MAXIMUM_TOPICS],
        confidence=confidence,
        ranking=tuple(item["name"] for item in message.get("intent_ranking") or []),
        entities=tuple(
            {key: entity.get(key) for key in ("entity", "value", "start", "end")}
            for entity in message.get("entities") or []
        ),
        safety=message.get("safety") or {},
        slots=dict(tracker.slots),
        in_form=bool((tracker.active_loop or {}).get("name")),
        language=language,
    )


def _guessed(text: str, intent: str, confidence: float) -> bool:
    """Whether the topic of a message in Spanish is no more than a guess: only what bot.nlu.spanish knows is certain.

    "Quitar algo" looks like no language to the understanding, which then takes it for one of its English topics, or for
    a yes: a guess must never be a consent.
    """
    told = text.startswith("/") or confidence >= 1.0 or intent.startswith("crisis_")
    return not told and not looks_english(text) and not set(re.findall(r"[^\W\d_]+", folded(text))) <= IN_BOTH


def _language(tracker: Tracker, text: str) -> str:
    """The message's own language where it tells; a bare name tells none, whatever "de la Cruz" looks like."""
    before = _language_before(tracker)
    names = tracker.get_slot("requested_slot") == "contact_name" and len(text.split()) <= LONGEST_NAME
    return before if names and looks_spanish(text) and not TELLING.search(text) else language_of(text, before)


def _language_before(tracker: Tracker) -> str:
    """The language of the messages before, else that of the page that the chat is on."""
    metadata = (tracker.latest_message or {}).get("metadata") or {}
    return str(tracker.get_slot("language") or metadata.get("locale") or "en")

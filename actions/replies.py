"""How actions speak: reviewed responses with the table's numbers filled in, composed text by channel, offers."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Turn
from bot.handoff import Say
from bot.safety import numbers

DOMAIN = Path(__file__).resolve().parent.parent / "domain.yml"

Events = list[dict[str, Any]]
Buttons = list[dict[str, Any]]


@lru_cache(maxsize=1)
def reviewed() -> frozenset[str]:
    """Names of the reviewed responses. Read from the domain once: sending the domain with each call costs more."""
    return frozenset(yaml.safe_load(DOMAIN.read_text(encoding="utf-8"))["responses"])


def say(
    dispatcher: CollectingDispatcher, turn: Turn, *, web: str, sms: str | None = None, buttons: Buttons | None = None
) -> None:
    """Say composed text, in the channel's own variant."""
    dispatcher.utter_message(text=sms if turn.is_sms and sms else web, buttons=buttons)


def say_all(dispatcher: CollectingDispatcher, turn: Turn, words: Say, *, buttons: Buttons | None = None) -> None:
    """Say what bot.handoff worded: one text on the web, as many as it takes on SMS; the choices follow the last."""
    texts = words.sms if turn.is_sms else [words.web]
    for text in texts[:-1]:
        dispatcher.utter_message(text=text)
    dispatcher.utter_message(text=texts[-1], buttons=buttons)


def say_response(dispatcher: CollectingDispatcher, response: str, **values: Any) -> None:
    """Say a reviewed response; the engine picks the channel's variant and fills in numbers and values."""
    dispatcher.utter_message(response=response, **numbers(), **values)


def offer_events(dispatcher: CollectingDispatcher, turn: Turn, offer: str) -> Events:
    """Make an offer (none is fine) and remember what "yes" and "no" will mean."""
    if offer != "none":
        say_response(dispatcher, f"utter_offer_{offer}")
    return [SlotSet("offer", offer)]

"""How actions speak: reviewed responses with the table's numbers filled in, composed text by channel, offers.

All of it in the language of the visitor's message, which Rasa's own choice of a response would follow one turn late.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Turn
from bot.handoff import Say, text_of
from bot.safety import numbers

ENGLISH = "en"
DOMAIN = Path(__file__).resolve().parent.parent / "domain.yml"

Events = list[dict[str, Any]]
Buttons = list[dict[str, Any]]


@lru_cache(maxsize=1)
def responses() -> dict[str, list[dict[str, Any]]]:
    """The reviewed responses. Read from the domain once: sending the domain with each call costs more."""
    found: dict[str, list[dict[str, Any]]] = yaml.safe_load(DOMAIN.read_text(encoding="utf-8"))["responses"]
    return found


def reviewed() -> frozenset[str]:
    """Names of the reviewed responses."""
    return frozenset(responses())


def variant(response: str, language: str, channel: str) -> dict[str, Any]:
    """The response as it is said in this language and on this channel; English where it has no other language."""

    def fits(one: dict[str, Any], wanted: str) -> bool:
        conditions = one.get("condition") or []
        said = next((item["value"] for item in conditions if item["name"] == "language"), ENGLISH)
        return bool(said == wanted and one.get("channel") in (None, channel))

    for wanted in (language, ENGLISH):
        found = [one for one in responses()[response] if fits(one, wanted)]
        if found:
            return max(found, key=lambda one: one.get("channel") == channel)
    raise KeyError(response)


def say(
    dispatcher: CollectingDispatcher, turn: Turn, *, web: str, sms: str | None = None, buttons: Buttons | None = None
) -> None:
    """Say composed text, in the channel's own variant."""
    dispatcher.utter_message(text=sms if turn.is_sms and sms else web, buttons=buttons)


def say_all(dispatcher: CollectingDispatcher, turn: Turn, words: Say, *, buttons: Buttons | None = None) -> None:
    """Say what bot.handoff worded: one text on the web, as many as it takes on SMS; the choices follow the last."""
    said = words.into(turn.language)
    texts = said.sms if turn.is_sms else [said.web]
    for text in texts[:-1]:
        dispatcher.utter_message(text=text)
    dispatcher.utter_message(text=texts[-1], buttons=buttons)


def choices(of: str, language: str, *payloads: str) -> Buttons:
    """The choices below what bot.handoff worded, titled in the visitor's language, with what each of them says."""
    return [
        {"title": title, "payload": payload}
        for title, payload in zip(text_of(f"choices.{of}", language), payloads, strict=True)
    ]


def say_response(
    dispatcher: CollectingDispatcher,
    turn: Turn,
    response: str,
    *,
    buttons: Buttons | None = None,
    choices: bool = True,
    **values: Any,
) -> None:
    """Say a reviewed response with its numbers and these values, with its own choices or these (`choices`: any)."""
    found = variant(response, turn.language, turn.channel)
    shown = (buttons or found.get("buttons")) if choices else None
    dispatcher.utter_message(text=found["text"].format(**numbers(), **values), buttons=shown)


def offer_events(dispatcher: CollectingDispatcher, turn: Turn, offer: str) -> Events:
    """Make an offer (none is fine) and remember what "yes" and "no" will mean."""
    if offer != "none":
        say_response(dispatcher, turn, f"utter_offer_{offer}")
    return [SlotSet("offer", offer)]

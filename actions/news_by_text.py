"""News of a request by text: asked once it is stored, and only where a text is wanted; yes or no changes no call."""

from __future__ import annotations

import re

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.replies import Events, choices, say_all
from actions.requests import acts_for, own_number
from actions.turn import Turn
from bot.handoff import agree_to_texts, stop_texts, texts_offer
from bot.safety import folded
from bot.settings import settings
from bot.store import database, utcnow

NO_TEXTS = re.compile(
    r"\b(?:no|not|stop|quit|without|cancel|don'?t) (?:\w+ ){0,4}(?:texts?|texting|txts?|sms)\b"
    r"|\b(?:no|sin|ni|nunca|dejen?|paren?) (?:\w+ ){0,4}(?:textos?|mensajes?(?: de texto)?|sms|textear(?:me)?)\b"
)
MORE_THAN_TEXTS = re.compile(
    r"\b(?:call|calls|calling|contact|contacting|request|consent|everything|anything|llam\w+|contact\w+|solicitud|"
    r"permiso|nada|voz)\b"
)
"""Both on text without accents."""


def stop_texting(dispatcher: CollectingDispatcher, turn: Turn) -> Events | None:
    """On the web "no texts please" ends the texts and leaves the request; None when it asks for more, or has none.

    By text it is an opt-out, which is obeyed at the door.
    """
    plain = folded(turn.text)
    if turn.is_sms or not NO_TEXTS.search(plain) or MORE_THAN_TEXTS.search(plain):
        return None
    with database().write() as session:
        said = stop_texts(session, acts_for(turn), utcnow())
    if said is None:
        return None
    say_all(dispatcher, turn, said)
    return [SlotSet("updates_proposal", None), SlotSet("offer", "none")]


def offer_texts(dispatcher: CollectingDispatcher, turn: Turn) -> Events:
    """Ask for the consent to texts where that makes sense; the slot keeps the exact words until the answer."""
    config = settings()
    if not (config.twilio_account_sid and config.twilio_auth_token and config.sms_number):
        return [SlotSet("offer", "none")]
    with database().read() as session:
        offer = texts_offer(session, acts_for(turn), own_number(turn), turn.language)
    if offer is None:
        return [SlotSet("offer", "none")]
    say_all(dispatcher, turn, offer.say, buttons=choices("texts", turn.language, "/affirm", "/deny"))
    kept = {"text": offer.shown(turn.channel), "version": offer.version, "locale": turn.language}
    return [SlotSet("updates_proposal", kept), SlotSet("offer", "updates")]


def take_texts(dispatcher: CollectingDispatcher, turn: Turn) -> Events:
    """The visitor said yes to what they were shown: store it, and say what happens now."""
    kept = turn.slots.get("updates_proposal") or {}
    if kept:
        with database().write() as session:
            said = agree_to_texts(session, acts_for(turn), now=utcnow(), channel=turn.channel, **kept)
        say_all(dispatcher, turn, said)
    return [SlotSet("updates_proposal", None), SlotSet("offer", "none")]

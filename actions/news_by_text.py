"""News of a request by text: asked once it is stored, and only where a text is wanted; yes or no changes no call."""

from __future__ import annotations

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.replies import Events, choices, say_all
from actions.requests import acts_for, own_number
from actions.turn import Turn
from bot.handoff import agree_to_texts, texts_offer
from bot.settings import settings
from bot.store import database, utcnow


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

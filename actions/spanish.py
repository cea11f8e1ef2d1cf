"""Ordinary conversation in Spanish: what can be had in Spanish, the provider's number, and a call in Spanish."""

from __future__ import annotations

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.replies import Buttons, Events, say
from actions.spanish_words import whose
from actions.turn import Turn
from bot.handoff import office_hours
from bot.handoff.phrases import phrase
from bot.program import current_program, phone_text
from bot.safety import after_text, spanish_in_form, spanish_offer, spanish_phone, spanish_text, statement
from bot.store import database, utcnow

SPANISH = "es"
CHOICES: Buttons = [{"title": "Sí", "payload": "/affirm"}, {"title": "No", "payload": "/deny"}]


def answer_in_spanish(dispatcher: CollectingDispatcher, turn: Turn) -> Events:
    """What can be had in Spanish, said once, or the provider's number; then the offer of a call, which "yes" takes."""
    if statement(turn.text) == "person":
        return reach_in_spanish(dispatcher, turn)
    if turn.in_form:  # the form asks again by itself
        say(dispatcher, turn, web=spanish_in_form())
        return [SlotSet("language", SPANISH), SlotSet("misunderstood", 0.0)]
    told = turn.slots.get("language") == SPANISH and turn.slots.get("offer") == "handoff"
    if not told:
        say(dispatcher, turn, web=spanish_text(turn.channel))
    if turn.after_emergency:
        say(dispatcher, turn, web=after_text(SPANISH))
    return _offer(dispatcher, turn)


def reach_in_spanish(dispatcher: CollectingDispatcher, turn: Turn) -> Events:
    """The provider's number with its hours, and the offer of a call in Spanish."""
    with database().read() as session:
        program = current_program(session)
    number = spanish_phone(program.provider.name, phone_text(program.provider.phone))
    hours = office_hours(program, utcnow()).into(SPANISH)
    when = phrase("ladder.hours", hours=hours).into(SPANISH) if hours else ""
    say(dispatcher, turn, web=f"{number} {when}".strip())
    return _offer(dispatcher, turn)


def _offer(dispatcher: CollectingDispatcher, turn: Turn) -> Events:
    events: Events = [SlotSet("language", SPANISH), SlotSet("misunderstood", 0.0)]
    if turn.in_form:
        return events
    events += [SlotSet("safety_state", "none"), SlotSet("safety_seen", None)]
    if turn.slots.get("lead_ref"):
        return [*events, SlotSet("offer", "none")]
    with database().read() as session:
        people = current_program(session).professionals
    say(
        dispatcher,
        turn,
        web=spanish_offer(turn.channel, spoken=any(SPANISH in person.languages for person in people)),
        buttons=CHOICES,
    )
    person = whose(turn.text)
    wishes = [wish for wish in turn.slots.get("wishes") or [] if wish["entity"] != "person" or person is None]
    if person:  # whom the help is for is not asked again
        events.append(SlotSet("wishes", [*wishes, {"entity": "person", "value": person}]))
    return [*events, SlotSet("offer", "handoff")]

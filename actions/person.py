"""Talking to a person: the provider's own phone with its hours, and a call back."""

from __future__ import annotations

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.handover import offer_handover
from actions.replies import Events, offer_events, say
from actions.spanish import SPANISH, reach_in_spanish
from actions.turn import Turn, read_turn
from bot.program import current_program, is_open, office_hours_text, phone_text
from bot.safety import person_text
from bot.store import database, utcnow


class ActionTalkToPerson(Action):
    """Gives the phone number, says whether somebody is there now, and offers a call back."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_talk_to_person"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        """Answer from the program's data."""
        turn = read_turn(tracker)
        over: Events = []
        if turn.after_emergency:
            say(dispatcher, turn, web=person_text(turn.language))
            over = [SlotSet("safety_state", "none"), SlotSet("safety_seen", None)]
        if turn.language == SPANISH:
            return [*over, *reach_in_spanish(dispatcher, turn)]
        say(dispatcher, turn, web=how_to_reach_a_person())
        asked_again = None if turn.in_form else offer_handover(dispatcher, turn)
        if asked_again is not None:
            return [*over, SlotSet("misunderstood", 0.0), *asked_again]
        offer = "none" if turn.in_form or turn.slots.get("lead_ref") else "handoff"
        return [*over, SlotSet("misunderstood", 0.0), *offer_events(dispatcher, turn, offer)]


def how_to_reach_a_person() -> str:
    """One or two sentences: whom to call, and when somebody answers; never a promise beyond the office hours."""
    with database().read() as session:
        program = current_program(session)
    now = utcnow()
    hours = office_hours_text(program, now)
    if is_open(program, now):
        return f"You can call us now at {phone_text(program.provider.phone)}. Our office is open: {hours}."
    return f"Our office is closed right now. Its hours are {hours}. The number is {phone_text(program.provider.phone)}."


def offer_person(dispatcher: CollectingDispatcher, turn: Turn) -> Events:
    """After two failures in a row: own up, and offer a person."""
    say(dispatcher, turn, web=f"I am sorry, I am not getting this. A person can help better. {how_to_reach_a_person()}")
    offer = "none" if turn.in_form or turn.slots.get("lead_ref") else "handoff"
    return [SlotSet("misunderstood", 0.0), *offer_events(dispatcher, turn, offer)]

"""Hello, who are you, what can you do, start over: the assistant says what it is and who runs it."""

from __future__ import annotations

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, AllSlotsReset, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.person import offer_person
from actions.replies import Events, say_response
from actions.turn import read_turn
from actions.understanding import TRIES_BEFORE_A_PERSON
from bot.program import current_program
from bot.store import database


def provider_name() -> str:
    """The provider's name, from its profile."""
    with database().read() as session:
        name: str = current_program(session).provider.name
        return name


class ActionGreet(Action):
    """Says hello, that it is automated, and whose it is."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_greet"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        """Greet; inside the form the form goes on by itself, so no menu is shown."""
        turn = read_turn(tracker)
        say_response(dispatcher, turn, "utter_greet", choices=not turn.in_form, provider=provider_name())
        return [SlotSet("language", turn.language)]


class ActionIntroduce(Action):
    """Answers "are you a bot?" and "who are you?"."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_introduce"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        """Say what it is, what it is not, who runs it and who reads along."""
        turn = read_turn(tracker)
        say_response(dispatcher, turn, "utter_introduce", provider=provider_name())
        return []


class ActionShowMenu(Action):
    """Answers "help" and "what can you do": a bare "help" may come from a person in danger, so the numbers come too."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_show_menu"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        """Say what can be asked, with the emergency line first."""
        turn = read_turn(tracker)
        say_response(dispatcher, turn, "utter_menu", choices=not turn.in_form)
        return []


class ActionOwnUp(Action):
    """A complaint about the assistant: it owns up, and offers a person when it happens again."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_own_up"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        """Apologise once; the second failure in a row gets a person."""
        turn = read_turn(tracker)
        failures = (turn.slots.get("misunderstood") or 0) + 1
        if failures >= TRIES_BEFORE_A_PERSON:
            return offer_person(dispatcher, turn)
        say_response(dispatcher, turn, "utter_complaint")
        return [SlotSet("misunderstood", failures), SlotSet("offer", "none")]


class ActionStartOver(Action):
    """Forgets the conversation's slots, but never a request that was already passed on."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_start_over"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        """Leave any form, reset, and begin again."""
        turn = read_turn(tracker)
        say_response(dispatcher, turn, "utter_start_over")
        kept = [SlotSet("lead_ref", turn.slots.get("lead_ref")), SlotSet("language", turn.language)]
        return [ActiveLoop(None), AllSlotsReset(), *kept]

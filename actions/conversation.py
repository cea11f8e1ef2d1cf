"""Hello, who are you, what can you do, start over: the assistant says what it is and who runs it."""

from __future__ import annotations

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, AllSlotsReset, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.person import offer_person
from actions.replies import Buttons, Events, say, say_response
from actions.turn import read_turn
from actions.understanding import TRIES_BEFORE_A_PERSON
from bot.program import current_program
from bot.safety import numbers
from bot.store import database

MENU: Buttons = [
    {"title": "What is IOP?", "payload": "/ask_what_is_iop"},
    {"title": "Cost", "payload": "/ask_cost"},
    {"title": "Times", "payload": "/ask_schedule"},
    {"title": "Talk to a person", "payload": "/request_human"},
]


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
        say(
            dispatcher,
            turn,
            web=f"Hello. I am the automated assistant of {provider_name()}. What would you like to know?",
            buttons=None if turn.in_form else MENU,
        )
        return []


class ActionIntroduce(Action):
    """Answers "are you a bot?" and "who are you?"."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_introduce"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        """Say what it is, what it is not, who runs it and who reads along."""
        turn = read_turn(tracker)
        name = provider_name()
        say(
            dispatcher,
            turn,
            web=(
                f"I am an automated assistant, not a person, a counselor or a doctor. {name} runs me, and its staff "
                "can read this chat. People wrote and checked my answers. You can ask for a person at any time."
            ),
            sms=(
                f"I am an automated assistant, not a person, counselor or doctor. {name} runs me and its staff can "
                "read this. Ask for a person at any time."
            ),
        )
        return []


class ActionShowMenu(Action):
    """Answers "help" and "what can you do": a bare "help" may come from a person in danger, so the numbers come too."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_show_menu"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        """Say what can be asked, with the emergency line first."""
        turn = read_turn(tracker)
        known = numbers()
        urgent = f"In danger? Call {known['emergency']}. To talk now: call or text {known['lifeline']}."
        say(
            dispatcher,
            turn,
            web=(
                f"{urgent}\n\nI can tell you what an intensive outpatient program is, what it costs, when it meets, "
                "which insurance is taken, and how to start. I can also ask one of our people to contact you."
            ),
            sms=f"{urgent} You can ask me about IOP, cost, times, insurance, or how to start, or ask for a call.",
            buttons=None if turn.in_form else MENU,
        )
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
        say_response(dispatcher, "utter_complaint")
        return [SlotSet("misunderstood", failures), SlotSet("offer", "none")]


class ActionStartOver(Action):
    """Forgets the conversation's slots, but never a request that was already passed on."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_start_over"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        """Leave any form, reset, and begin again."""
        say_response(dispatcher, "utter_start_over")
        lead = tracker.get_slot("lead_ref")
        return [ActiveLoop(None), AllSlotsReset(), SlotSet("lead_ref", lead)]

"""Emergencies and gentle lines: what bot.safety says, when it is said, and the way back to the conversation."""

from __future__ import annotations

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.replies import Events, offer_events, say
from actions.turn import Turn, read_turn
from bot.safety import check_line, emergency_more, emergency_text

CRISIS_PREFIX = "crisis_"
YES_NO = [{"title": "Yes", "payload": "/affirm"}, {"title": "No", "payload": "/deny"}]


class ActionEmergency(Action):
    """Numbers first, nothing else; a hand-off that was under way is suspended until the visitor says they are safe."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_emergency"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        """Say the emergency text of the category and suspend the form."""
        turn = read_turn(tracker)
        category, subject = _who_and_what(turn)
        for text in (emergency_text, emergency_more):
            words = text(category, subject, turn.channel)
            if words:
                say(dispatcher, turn, web=words)
        events: Events = [SlotSet("safety_state", "shown"), SlotSet("offer", "none")]
        if turn.in_form:
            events += [ActiveLoop(None), SlotSet("requested_slot", None), SlotSet("handoff_suspended", True)]
        return events


class ActionCheckIn(Action):
    """One gentle line with a number, after the ordinary answer."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_check_in"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        """Say the line of the category."""
        turn = read_turn(tracker)
        category, _ = _who_and_what(turn)
        say(dispatcher, turn, web=check_line(category, "web"), sms=check_line(category, "sms"))
        return []


class ActionAskSafe(Action):
    """After an emergency, when nothing else was asked: a plain question, not the same block again."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_ask_safe"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        """Ask, and wait for yes or no."""
        turn = read_turn(tracker)
        say(dispatcher, turn, web="Are you, and the person you wrote about, safe right now?", buttons=YES_NO)
        return [SlotSet("safety_state", "asked"), SlotSet("offer", "none")]


class ActionSafe(Action):
    """The visitor is safe: back to an ordinary conversation, and to the hand-off only if they want it."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_safe"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        """Say so, keep the number in view, and offer to go on where the form was left."""
        turn = read_turn(tracker)
        say(
            dispatcher,
            turn,
            web=f"I am glad you told me. {check_line('suicide', 'web')} I am still here for any question.",
            sms=f"I am glad you told me. {check_line('suicide', 'sms')}",
        )
        events: Events = [SlotSet("safety_state", "none"), SlotSet("misunderstood", 0.0)]
        if turn.slots.get("handoff_suspended"):
            return events + offer_events(dispatcher, turn, "resume_handoff")
        return [*events, SlotSet("offer", "none")]


def _who_and_what(turn: Turn) -> tuple[str | None, str | None]:
    """Category and subject; a "no, I am not safe" names none, and bot.safety then gives its general text."""
    category = turn.safety.get("category")
    if not category and turn.intent.startswith(CRISIS_PREFIX):
        category = turn.intent.removeprefix(CRISIS_PREFIX)
    return category, turn.safety.get("subject")

"""Emergencies and gentle lines: what bot.safety says, when it is said, and the way back to the conversation."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.handoff import take_back, taken_back_slots
from actions.replies import Buttons, Events, offer_events, say, say_all
from actions.turn import Turn, read_turn
from bot.handoff import taken_back_briefly
from bot.safety import (
    AFTERWARDS,
    again_text,
    ask_safe_text,
    asks_safety,
    called_text,
    cannot_talk_text,
    check_line,
    emergency_texts,
    folded,
    safe_text,
    scene,
    statement,
    worse_text,
    yes_no,
)

CRISIS_PREFIX = "crisis_"
QUIET_TURNS = 3
"""So many further messages at level check about the same thing get no second line: it would become a lecture."""
TAKES_BACK = re.compile(
    r"\b(?:cancel|withdraw|take back|delete|drop|revoke|erase) (?:\w+ ){0,2}"
    r"(?:request|consent|permission|call|number|info|information|details)\b"
    r"|\b(?:do not|don'?t|never|nobody|no one|stop|quit) (?:\w+ ){0,2}(?:call|contact)(?:s|ing)? "
    r"(?:me|us|my (?:phone|number))\b(?! (?:an?|the|my|crazy|names|stupid|weak)\b)"
    r"|\b(?:retir|cancel|anul|borr|elimin)\w* (?:\w+ ){0,2}"
    r"(?:solicitud|permiso|consentimiento|llamada|datos|numero|telefono|informacion)\b"
    r"|\b(?:no|nadie) (?:(?:quiero|deseo|quisiera) que )?(?:me|nos) (?:vuelvan? a )?(?:llam|contact)(?:en|e|es|ar)\b"
)
"""On text without accents: takes back a request in so many words. A guess at what is meant erases nothing here."""


class ActionEmergency(Action):
    """Numbers first, nothing else; a hand-off that was under way is suspended until the visitor says they are safe."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_emergency"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        """Say the emergency text of the category, another one when the same is told again, and suspend the form."""
        turn = read_turn(tracker)
        seen = _seen(turn)
        alarmed = turn.safety.get("level") == "emergency" or turn.intent.startswith(CRISIS_PREFIX)
        unsafe = not alarmed and (turn.intent == "deny" or statement(turn.text) == "unsafe")
        category, subject, flags = _who_and_what(turn)
        same = bool(seen) and (seen["scene"], seen["subject"]) == (scene(category, flags), subject or "self")
        if unsafe and seen:
            category, subject, flags = seen["category"], seen["subject"], tuple(seen["flags"])
        if seen and (unsafe or (same and _grew_worse(turn))):
            times = int(seen["times"]) + 1
            texts = [worse_text(category, subject, turn.language, flags)]
        elif same:
            times = int(seen["times"]) + 1
            texts = [again_text(category, subject, times, turn.language, flags)]
        else:
            times = 0
            texts = emergency_texts(category, subject, turn.channel, turn.language, flags)
        for text in texts:
            say(dispatcher, turn, web=text)
        remembered = {
            "category": category,
            "scene": scene(category, flags),
            "subject": subject or "self",
            "flags": list(flags),
            "times": times,
            "asked": 0,
        }
        events: Events = [
            SlotSet("safety_state", "shown"),
            SlotSet("safety_seen", remembered),
            SlotSet("language", turn.language),
            SlotSet("offer", "none"),
        ]
        if turn.in_form:
            events += [ActiveLoop(None), SlotSet("requested_slot", None), SlotSet("handoff_suspended", True)]
        return [*events, *_also_taken_back(dispatcher, turn)]


class ActionCheckIn(Action):
    """One gentle line with a number, after the ordinary answer; not at every turn."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_check_in"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        """Say the line of the category, unless it was said a moment ago."""
        turn = read_turn(tracker)
        category, _, _ = _who_and_what(turn)
        name = category or "distress"
        said: dict[str, int] = dict(turn.slots.get("checks_said") or {})
        if said.get(name):
            said[name] -= 1
            return [SlotSet("checks_said", said)]
        say(dispatcher, turn, web=check_line(name, turn.channel, turn.language))
        return [SlotSet("checks_said", {**said, name: QUIET_TURNS})]


class ActionAskSafe(Action):
    """After an emergency, when nothing else was asked: a plain question, not the same block again."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_ask_safe"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        """Ask, and wait for yes or no; from the third time on it asks nothing and keeps the numbers in view."""
        turn = read_turn(tracker)
        seen = _seen(turn)
        times = int(seen.get("asked", 0)) + 1
        words = ask_safe_text(seen.get("subject"), times, turn.language)
        say(dispatcher, turn, web=words, buttons=_choices(turn) if asks_safety(times) else None)
        return [
            SlotSet("safety_state", "asked"),
            SlotSet("safety_seen", {**seen, "asked": times} if seen else None),
            SlotSet("offer", "none"),
        ]


class ActionStayWith(Action):
    """After the numbers: help was called, it is not safe to write, or the visitor asks what to do now."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_stay_with"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        """Say the next step, never the same twice in a row, and keep the emergency in mind."""
        turn = read_turn(tracker)
        seen = _seen(turn)
        category, subject, flags = seen.get("category"), seen.get("subject"), tuple(seen.get("flags") or ())
        said = statement(turn.text)
        if said == "called":
            text = called_text(subject, turn.language)
        elif said == "next":
            seen["times"] = int(seen.get("times", 0)) + 1
            text = again_text(category, subject, seen["times"], turn.language, flags)
        else:
            seen["cannot_talk"] = True
            text = cannot_talk_text(category, turn.channel, turn.language, flags)
        say(dispatcher, turn, web=text)
        return [SlotSet("safety_state", "shown"), SlotSet("safety_seen", seen or None), SlotSet("offer", "none")]


class ActionSafe(Action):
    """The visitor is safe: back to an ordinary conversation, and to the hand-off only if they want it."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_safe"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        """Say so, keep the number in view, and offer to go on where the form was left."""
        turn = read_turn(tracker)
        say(dispatcher, turn, web=safe_text(turn.language))
        events: Events = [
            SlotSet("safety_state", "none"),
            SlotSet("safety_seen", None),
            SlotSet("misunderstood", 0.0),
        ]
        if turn.slots.get("handoff_suspended"):
            return events + offer_events(dispatcher, turn, "resume_handoff")
        return [*events, SlotSet("offer", "none")]


def _seen(turn: Turn) -> dict[str, Any]:
    """What the last emergency was and how often it was told; empty once it is over."""
    if not turn.after_emergency:
        return {}
    return dict(turn.slots.get("safety_seen") or {})


def _also_taken_back(dispatcher: CollectingDispatcher, turn: Turn) -> Events:
    """A request that is taken back in the same breath ends too; one line says so, behind the numbers."""
    if not TAKES_BACK.search(folded(turn.text)):
        return []
    withdrawal, others = take_back(turn)
    for ref in [withdrawal.ref] if withdrawal.ref else others[:1]:
        say_all(dispatcher, turn, taken_back_briefly(ref))
    return taken_back_slots()


def _grew_worse(turn: Turn) -> bool:
    """Whether the message tells that what was told before went on: "he's back", "i did it"."""
    return any(found.startswith(AFTERWARDS) for found in turn.safety.get("evidence") or [])


def _choices(turn: Turn) -> Buttons:
    yes, no = yes_no(turn.language)
    return [{"title": yes, "payload": "/affirm"}, {"title": no, "payload": "/deny"}]


def _who_and_what(turn: Turn) -> tuple[str | None, str | None, tuple[str, ...]]:
    """Category, subject and flags; a crisis topic chosen without a message names only itself."""
    category = turn.safety.get("category")
    if not category and turn.intent.startswith(CRISIS_PREFIX):
        category = turn.intent.removeprefix(CRISIS_PREFIX)
    return category, turn.safety.get("subject"), tuple(turn.safety.get("flags") or ())

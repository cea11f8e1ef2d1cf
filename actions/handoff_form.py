"""The hand-off form: reads each answer, lets the visitor skip, correct, ask something else, or stop."""

from __future__ import annotations

import re

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecutionRejected, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.contact import SKIPPED, Details, details_in, is_cancel, is_skip
from actions.replies import Events, say_response
from actions.topics import ANSWERED, SURE
from actions.turn import Turn, read_turn

FORM = "handoff_form"
QUESTIONS = ("contact_for", "contact_name", "contact_value", "contact_time", "contact_zip", "handoff_consent")
# Asked in the middle of the form, these step aside for their own answer; the form then asks again.
ASIDE = frozenset(
    {
        "ask_medical_advice",
        "bot_challenge",
        "check_handoff_status",
        "complaint",
        "express_distress",
        "request_human",
        "start_over",
        "what_can_you_do",
        "withdraw_consent",
    }
)
FREE_TEXT = frozenset({"contact_name", "contact_time", "contact_for"})
LONGEST_NAME = 4  # words
QUESTION = re.compile(r"\?|^(what|how|when|where|who|why|which|can|could|do|does|is|are|will|would)\b", re.IGNORECASE)
CHANGE = re.compile(r"\b(change|correct|wrong|edit|fix|different|not my|mistake|update)\b", re.IGNORECASE)
CHANGEABLE = {
    "contact_name": re.compile(r"\bname\b", re.IGNORECASE),
    "contact_value": re.compile(r"\b(number|phone|e-?mail|reach|contact)\b", re.IGNORECASE),
    "contact_time": re.compile(r"\b(time|when|day|hour)s?\b", re.IGNORECASE),
    "contact_zip": re.compile(r"\b(zip|area|code)\b", re.IGNORECASE),
    "contact_for": re.compile(r"\b(who|whom|for)\b", re.IGNORECASE),
}
CHANGE_BUTTONS = [
    {"title": "Name", "payload": "change the name"},
    {"title": "How to reach me", "payload": "change the number"},
    {"title": "Time", "payload": "change the time"},
    {"title": "ZIP code", "payload": "change the zip code"},
]


class ValidateHandoffForm(Action):
    """Turns the visitor's message into form slots; rejects the form's turn when the message is about something else."""

    def name(self) -> str:
        """Rasa calls it for every turn of handoff_form."""
        return f"validate_{FORM}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        """Slot events; or the form's rejection, by which a question gets its answer before the form asks again."""
        turn = read_turn(tracker)
        asked = tracker.get_slot("requested_slot")
        if asked is None or _was_read(tracker):  # the form begins, or comes back after another answer
            return []
        if is_cancel(turn):
            return _end("cancelled")
        details = details_in(turn, asked)
        if _is_aside(turn, asked, details):
            return [*_corrections(details, asked), ActionExecutionRejected(FORM)]
        if asked == "handoff_consent":
            return _consent(turn, details)
        return _answer(dispatcher, turn, asked, details)


def wants_change(text: str) -> bool:
    """Whether the visitor wants something in the summary to be different."""
    return bool(CHANGE.search(text))


def _was_read(tracker: Tracker) -> bool:
    """Whether another action has answered the latest message already."""
    for event in reversed(tracker.events):
        if event["event"] == "user":
            return False
        if event["event"] == "action" and event.get("name") not in ("action_listen", FORM):
            return True
    return False


def _end(outcome: str) -> Events:
    return [SlotSet("handoff_outcome", outcome), SlotSet("requested_slot", None)]


def _is_aside(turn: Turn, asked: str, details: Details) -> bool:
    """Whether the message asks something instead of answering the form."""
    if asked == "handoff_consent" and wants_change(turn.text):
        return False
    if turn.intent in ASIDE:
        return not (asked in details and turn.intent in ("request_human", "complaint"))
    if turn.intent not in ANSWERED or turn.doubt:
        return False
    if QUESTION.search(turn.text):
        return True
    if asked in details and asked != "contact_name":
        return False
    return turn.confidence >= SURE and (asked not in FREE_TEXT or len(turn.text.split()) > LONGEST_NAME)


def _corrections(details: Details, asked: str) -> Events:
    """What the message gives beyond the question: "actually my number is ..." counts at any point."""
    return [SlotSet(name, value) for name, value in details.items() if name != asked]


def _answer(dispatcher: CollectingDispatcher, turn: Turn, asked: str, details: Details) -> Events:
    events = _corrections(details, asked)
    if asked in details:
        return [*events, SlotSet(asked, details[asked])]
    if is_skip(turn):  # without a way to be reached the visitor gets a code to call with
        return [*events, SlotSet(asked, SKIPPED)]
    meant_as_answer = not events or re.search(r"\d|@", turn.text)  # else it corrected something asked before
    if meant_as_answer and asked in ("contact_value", "contact_zip"):
        say_response(dispatcher, f"utter_ask_{asked}_invalid")
    return [*events, SlotSet(asked, None)]


def _consent(turn: Turn, details: Details) -> Events:
    """Only a plain yes is consent; a correction shows the summary again."""
    changed = {name: value for name, value in details.items() if name != "handoff_consent"}
    if changed:
        return [*(SlotSet(name, value) for name, value in changed.items()), SlotSet("handoff_consent", None)]
    if wants_change(turn.text):
        named = next((name for name, pattern in CHANGEABLE.items() if pattern.search(turn.text)), None)
        return [*([SlotSet(named, None)] if named else []), SlotSet("handoff_consent", None)]
    if turn.intent == "affirm":
        return [SlotSet("handoff_consent", True), SlotSet("handoff_outcome", "agreed")]
    if turn.intent == "deny" or is_skip(turn):
        return [SlotSet("handoff_consent", False), SlotSet("handoff_outcome", "declined")]
    return [SlotSet("handoff_consent", None)]

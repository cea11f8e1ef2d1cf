"""The hand-off form: reads each answer, lets the visitor skip, correct, ask something else, or stop."""

from __future__ import annotations

import re

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecutionRejected, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.contact import SKIPPED, Details, details_in, is_cancel, is_skip
from actions.replies import Events, say_response
from actions.safe_ways import changed
from actions.summary_lines import new_wish, to_change, to_leave_out, wants_change
from actions.topics import ANSWERED, SURE
from actions.turn import Turn, read_turn
from bot.handoff import Safe, is_blocked
from bot.safety import folded
from bot.store import database

FORM = "handoff_form"
QUESTIONS = (
    "contact_for",
    "contact_name",
    "contact_value",
    "contact_time",
    "contact_safe",
    "contact_zip",
    "handoff_consent",
)
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
SPANISH_QUESTION = re.compile(
    r"\?|^\W*(?:y )?(?:que|quien(?:es)?|como|cuando|cuant[oa]s?|donde|por que|cual(?:es)?|para que)\b"
)
"""On a text without accents. Of a question in Spanish no topic is known, only that it is none of ours."""


class ValidateHandoffForm(Action):
    """Turns the visitor's message into form slots; rejects the form's turn when the message is about something else."""

    def name(self) -> str:
        """Rasa calls it for every turn of handoff_form."""
        return f"validate_{FORM}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        """Slot events; or the form's rejection, by which a question gets its answer before the form asks again."""
        turn = read_turn(tracker)
        asked = tracker.get_slot("requested_slot")
        spoken = SlotSet("language", turn.language)  # the form asks on in the language of the answer
        if asked is None or _was_read(tracker):  # the form begins, or comes back after another answer
            return [spoken]
        details = details_in(turn, asked)
        if is_cancel(turn) and not (asked == "contact_safe" and asked in details):
            return [spoken, *_end("cancelled")]
        if _is_aside(turn, asked, details):
            return [spoken, *_corrections(details, asked), ActionExecutionRejected(FORM)]
        if asked == "handoff_consent":
            return [spoken, *_consent(turn, details)]
        return [spoken, *_answer(dispatcher, turn, asked, details)]


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
    if asked == "handoff_consent" and (wants_change(turn.text) or to_leave_out(turn.text) or _safer(turn)):
        return False
    if asked == "contact_safe" and asked in details:
        return False
    if turn.intent in ASIDE:
        return not (asked in details and turn.intent in ("request_human", "complaint"))
    if turn.language == "es" and turn.intent == "out_of_scope":
        return bool(SPANISH_QUESTION.search(folded(turn.text)))
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
    if asked == "contact_value" and _is_blocked(details.get(asked)):
        say_response(dispatcher, turn, "utter_ask_contact_value_blocked")
        return [*events, SlotSet(asked, None)]
    if asked in details:
        return [*events, SlotSet(asked, details[asked]), *_needs_no_safety(asked, details[asked])]
    if is_skip(turn):  # without a way to be reached the visitor gets a code to call with
        return [*events, SlotSet(asked, SKIPPED), *_needs_no_safety(asked, SKIPPED)]
    if asked == "contact_safe" and details:  # it answered the next question: this one is optional, so it is passed
        return [*events, SlotSet(asked, SKIPPED)]
    meant_as_answer = not events or re.search(r"\d|@", turn.text)  # else it corrected something asked before
    if meant_as_answer and asked in ("contact_value", "contact_zip"):
        say_response(dispatcher, turn, f"utter_ask_{asked}_invalid")
    return [*events, SlotSet(asked, None)]


def _is_blocked(value: str | None) -> bool:
    """Whether this number must not be called; the number that the visitor texts from is theirs, and never is."""
    if not value or not value.startswith("+"):
        return False
    with database().read() as session:
        return is_blocked(session, value)


def _needs_no_safety(asked: str, value: str) -> Events:
    """What is safe is a question about a phone number; without one it is not asked."""
    no_number = asked == "contact_value" and (value == SKIPPED or "@" in value)
    return [SlotSet("contact_safe", SKIPPED)] if no_number else []


def _safer(turn: Turn) -> Safe | None:
    """What is safe after a correction at the summary ("no texts"); None when the message holds none."""
    return changed(Safe.from_code(str(turn.slots.get("contact_safe") or "")), turn.text)


def _consent(turn: Turn, details: Details) -> Events:
    """Only a plain yes is consent; a correction shows the summary again."""
    again = SlotSet("handoff_consent", None)
    left_out = to_leave_out(turn.text)
    if left_out:
        return [*(SlotSet(name, SKIPPED) for name in left_out), again]
    wish = new_wish(turn.text)
    if wish:
        return [SlotSet("contact_wish", wish), again]
    corrected = {name: value for name, value in details.items() if name not in ("handoff_consent", "contact_safe")}
    if "contact_value" in corrected:  # what is safe at one number says nothing about another
        corrected["contact_safe"] = SKIPPED
    safer = _safer(turn)
    if safer and "contact_value" not in corrected:
        corrected["contact_safe"] = safer.code()
    if corrected:
        return [*(SlotSet(name, value) for name, value in corrected.items()), again]
    if wants_change(turn.text):
        named = to_change(turn.text)
        return [*([SlotSet(named, None)] if named and named in QUESTIONS else []), again]
    if turn.intent == "affirm":
        return [SlotSet("handoff_consent", True), SlotSet("handoff_outcome", "agreed")]
    if turn.intent == "deny" or is_skip(turn):
        return [SlotSet("handoff_consent", False), SlotSet("handoff_outcome", "declined")]
    return [SlotSet("handoff_consent", None)]

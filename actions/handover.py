"""A colleague who would take the visitor's request: what "yes" and "no" mean while that question is open.

The question itself comes from a worker, between two turns, so no slot knows of it. It is what a bare "yes" answers
when it was the last thing said; after anything else the assistant asks again, as its offer.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.replies import Events, say_all, say_response
from actions.requests import acts_for
from actions.turn import Turn
from bot.handoff import answer_question, ask_now, has_unsent, told_at, waiting_question
from bot.program import current_program
from bot.store import database, utcnow

OFFER = "handover"
READING = timedelta(seconds=3)
"""A "yes" that follows sooner was on its way before the question could be read, and answers something else."""


def answer_handover(dispatcher: CollectingDispatcher, turn: Turn, tracker: Tracker, yes: bool) -> Events | None:
    """Take the message as the answer to the open question; None when it answers something else."""
    if not _is_meant(turn, tracker):
        return None
    request = acts_for(turn)
    away = "sms" if request != turn.conversation_id else None  # asked in a chat, answered by text
    with database().write() as session:
        said = answer_question(session, request, yes, turn.message_id, utcnow(), away)
    if said is None:
        return None
    say_all(dispatcher, turn, said)
    return [SlotSet("offer", "none"), SlotSet("misunderstood", 0.0)]


def offer_handover(dispatcher: CollectingDispatcher, turn: Turn) -> Events | None:
    """Ask again in one sentence, or in full what could not be sent; None when no such question is open."""
    request = acts_for(turn)
    with database().read() as session:
        found, unsent = waiting_question(session, request), has_unsent(session, request)
        if found and request != turn.conversation_id and told_at(session, found, by_text=True) is None:
            return None  # its text waits for the day, and the chat's words were read elsewhere
        people = {person.id: person.name for person in current_program(session).professionals} if found else {}
    if unsent:
        with database().write() as session:
            question = ask_now(session, request, utcnow())
        if question is not None:
            say_all(dispatcher, turn, question)
            return [SlotSet("offer", OFFER)]
    if found is None or found.professional_id not in people:
        return None
    say_response(dispatcher, turn, f"utter_offer_{OFFER}", person=people[found.professional_id])
    return [SlotSet("offer", OFFER)]


def _is_meant(turn: Turn, tracker: Tracker) -> bool:
    """Whether the message answers the question that is open now: it, or our word on it, was the last thing said."""
    request = acts_for(turn)
    with database().read() as session:
        found = waiting_question(session, request)
        asked = told_at(session, found, by_text=request != turn.conversation_id) if found else None
    if found is None:  # or it was answered by this very message, before a crash: then it is answered alike
        return True
    spoken, heard = _last_times(tracker)
    if asked is None:
        return False
    if asked <= spoken:
        return bool(turn.slots.get("offer") == OFFER)
    return asked + READING <= heard


def _last_times(tracker: Tracker) -> tuple[datetime, datetime]:
    """When the assistant last said something before the latest message, and when that message came."""
    heard: datetime | None = None
    for event in reversed(tracker.events):
        moment = datetime.fromtimestamp(float(event.get("timestamp") or 0), UTC)
        if event["event"] == "user" and heard is None:
            heard = moment
        elif event["event"] == "bot" and heard is not None:
            return moment, heard
    return datetime.fromtimestamp(0, UTC), heard or utcnow()

"""Answers to information topics: composed from the program's data where it holds them, reviewed words otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.handover import offer_handover
from actions.replies import Events, offer_events, reviewed, say, say_response
from actions.spanish import answer_in_spanish
from actions.topics import offer_after, topics_to_answer, variant_of
from actions.turn import OUT_OF_SCOPE, Turn, read_turn
from bot.program import Wishes, answer
from bot.safety import after_text, medical_kind, stops_suddenly, sudden_stop_text, wants_to_hide
from bot.store import database, utcnow

REMEMBERED_TOPICS = 12
ABOUT_PAYING = frozenset({"ask_cost", "ask_financial_help", "ask_insurance"})
MEDICAL, DISTRESS = "ask_medical_advice", "express_distress"


class ActionAnswer(Action):
    """Answers up to three topics of the message, most urgent first, then makes one offer."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_answer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        """Answer, remember what was asked, offer the next step; inside the hand-off form no offer is made."""
        turn = read_turn(tracker)
        if turn.intent == OUT_OF_SCOPE:
            return answer_in_spanish(dispatcher, turn)
        topics = topics_to_answer(turn, last_answered(turn)) or (turn.intent,)
        if wants_to_hide(turn.text):
            topics = (MEDICAL,)
        return answer_topics(dispatcher, turn, topics)


def last_answered(turn: Turn) -> str | None:
    """The topic answered last in this conversation."""
    answered = turn.slots.get("answered") or []
    return answered[-1] if answered else None


def answer_topics(dispatcher: CollectingDispatcher, turn: Turn, topics: Sequence[str]) -> Events:
    """Say the answers and the offer; the events keep what a follow-up and a "yes" will need."""
    wishes = turn.wishes(with_last_question=turn.elliptical or turn.intent in ("affirm", "nlu_fallback"))
    for topic in topics:
        _answer_one(dispatcher, turn, topic, wishes)
    _care(dispatcher, turn, topics)
    answered = [topic for topic in turn.slots.get("answered") or [] if topic not in topics]
    events: Events = [
        SlotSet("answered", [*answered, *topics][-REMEMBERED_TOPICS:]),
        SlotSet("wishes", wishes),
        SlotSet("misunderstood", 0.0),
        SlotSet("language", turn.language),
    ]
    if turn.in_form:
        return events
    # Who asks an ordinary question after an emergency is back in the conversation, but is offered nothing with it.
    events += [SlotSet("safety_state", "none"), SlotSet("safety_seen", None)]
    if turn.after_emergency:
        return [*events, SlotSet("offer", "none")]
    asked_again = offer_handover(dispatcher, turn)
    if asked_again is not None:
        return events + asked_again
    offer = offer_after(
        topics,
        answered=answered,
        declined=turn.slots.get("declined") or [],
        previous=turn.slots.get("offer") or "none",
        has_lead=bool(turn.slots.get("lead_ref")),
        plan_known=any(wish["entity"] in ("insurer", "plan_type") for wish in wishes),
    )
    return events + offer_events(dispatcher, turn, offer)


def _care(dispatcher: CollectingDispatcher, turn: Turn, topics: Sequence[str]) -> None:
    """What safety adds to an ordinary answer: the warning of a sudden stop, and one line after an emergency."""
    said = turn.safety.get("category") == "withdrawal" or MEDICAL in topics
    if stops_suddenly(turn.text) and not said:
        say(dispatcher, turn, web=sudden_stop_text(turn.channel, turn.language))
    if turn.after_emergency:
        say(dispatcher, turn, web=after_text(turn.language))


def _answer_one(
    dispatcher: CollectingDispatcher,
    turn: Turn,
    topic: str,
    wishes: list[dict[str, Any]],
) -> None:
    leans_on_plan = turn.elliptical and last_answered(turn) in ABOUT_PAYING
    if topic == "ask_cost" and not leans_on_plan and not turn.has("insurer", "plan_type"):
        # A plan named earlier was answered then; a question on the price gets the price.
        wishes = [wish for wish in wishes if wish["entity"] not in ("insurer", "plan_type")]
    wished = Wishes.from_entities(wishes, turn.slots, text=turn.text)
    with database().read() as session:
        composed = answer(topic, session, wished, utcnow())
    groups = [{"entity": "population", "value": population} for population in wished.populations]
    response = variant_of(topic, [*wishes, *groups], reviewed())
    if topic == DISTRESS and DISTRESS in (turn.slots.get("answered") or [])[-2:]:
        response = "utter_express_distress_again"
    if topic == MEDICAL and f"{response}_{medical_kind(turn.text)}" in reviewed():
        response = f"{response}_{medical_kind(turn.text)}"
    if composed is None:
        say_response(dispatcher, turn, response)
        return
    say(dispatcher, turn, web=composed.web, sms=composed.sms)
    # The provider's own row says whether it serves this plan or group; the reviewed text says how such a thing works.
    if response != f"utter_{topic}" and not turn.is_sms:
        say_response(dispatcher, turn, response)

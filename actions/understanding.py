"""When the message was not understood: one question in plain words, and a person when that fails twice."""

from __future__ import annotations

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.answer import answer_topics, last_answered
from actions.person import offer_person
from actions.replies import Events, say, say_response
from actions.spanish import SPANISH, answer_in_spanish
from actions.topics import TOPICS, topics_to_answer
from actions.turn import Turn, read_turn
from bot.safety import stops_suddenly, sudden_stop_text

TRIES_BEFORE_A_PERSON = 2
CHOICES = 2


class ActionClarify(Action):
    """In doubt: a follow-up is answered from its context, else it asks which of the two likeliest topics is meant."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_clarify"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        """Answer, ask, or after the second failure in a row offer a person."""
        turn = read_turn(tracker)
        if turn.language == SPANISH:
            return _in_spanish(dispatcher, turn)
        _warn(dispatcher, turn)
        topics = topics_to_answer(turn, last_answered(turn)) if turn.elliptical else ()
        if topics:
            return answer_topics(dispatcher, turn, topics)
        return _ask_or_offer(dispatcher, turn)


class ActionOutOfScope(Action):
    """A question that is not ours: says so, says what it can do, and offers a person the second time."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_out_of_scope"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        """Count the failure and answer by its count."""
        turn = read_turn(tracker)
        if turn.language == SPANISH:
            return _in_spanish(dispatcher, turn)
        _warn(dispatcher, turn)
        failures = (turn.slots.get("misunderstood") or 0) + 1
        if failures >= TRIES_BEFORE_A_PERSON:
            return offer_person(dispatcher, turn)
        say_response(dispatcher, turn, "utter_out_of_scope")
        return [SlotSet("misunderstood", failures), SlotSet("offer", "none")]


class ActionDefaultFallback(ActionClarify):
    """Rasa's last resort when no rule fits; unlike Rasa's own it undoes nothing, so long sessions stay fast."""

    def name(self) -> str:
        """Overrides Rasa's action of the same name."""
        return "action_default_fallback"


def _warn(dispatcher: CollectingDispatcher, turn: Turn) -> None:
    """A sudden stop gets its warning also where nothing else was understood."""
    if stops_suddenly(turn.text) and turn.safety.get("category") != "withdrawal":
        say(dispatcher, turn, web=sudden_stop_text(turn.channel, turn.language))


def _in_spanish(dispatcher: CollectingDispatcher, turn: Turn) -> Events:
    _warn(dispatcher, turn)
    return answer_in_spanish(dispatcher, turn)


def _ask_or_offer(dispatcher: CollectingDispatcher, turn: Turn) -> Events:
    failures = (turn.slots.get("misunderstood") or 0) + 1
    if failures >= TRIES_BEFORE_A_PERSON:
        return offer_person(dispatcher, turn)
    likely = [topic for topic in turn.ranking if topic in TOPICS][:CHOICES]
    if len(likely) < CHOICES:
        say_response(dispatcher, turn, "utter_out_of_scope")
        return [SlotSet("misunderstood", failures), SlotSet("offer", "none")]
    first, second = (TOPICS[topic].name for topic in likely)
    say(
        dispatcher,
        turn,
        web=f"I want to get this right. Is it about {first}, or about {second}?",
        buttons=[
            {"title": TOPICS[topic].name[:1].upper() + TOPICS[topic].name[1:], "payload": f"/{topic}"}
            for topic in likely
        ],
    )
    return [SlotSet("misunderstood", failures), SlotSet("clarify_topics", likely), SlotSet("offer", "clarify")]

"""What "yes" and "no" mean: the slot `offer` holds the last offer made."""

from __future__ import annotations

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.answer import answer_topics
from actions.handover import answer_handover, offer_handover
from actions.news_by_text import take_texts
from actions.replies import Events, say, say_response
from actions.turn import read_turn
from bot.safety import spanish_no_call

NO_OFFER = SlotSet("offer", "none")


class ActionTakeOffer(Action):
    """A "yes": answers what was offered. Offers that start the hand-off have rules of their own."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_take_offer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        """Answer the offered topic; a "yes" to nothing gets the menu."""
        turn = read_turn(tracker)
        answered = answer_handover(dispatcher, turn, tracker, yes=True)
        if answered is not None:
            return answered
        offer = turn.slots.get("offer") or "none"
        if offer in ("none", "handover"):
            asked_again = offer_handover(dispatcher, turn)
            if asked_again is not None:
                return asked_again
        if offer == "updates":
            return take_texts(dispatcher, turn)
        if offer == "clarify":
            likeliest = (turn.slots.get("clarify_topics") or ["ask_what_is_iop"])[0]
            return answer_topics(dispatcher, turn, (likeliest,))
        if offer == "insurance" and not turn.has("insurer", "plan_type") and not _knows_plan(turn.slots):
            say_response(dispatcher, turn, "utter_ask_which_plan")
            return [NO_OFFER, SlotSet("answered", [*(turn.slots.get("answered") or []), "ask_insurance"])]
        if offer not in ("none", "handover"):
            return answer_topics(dispatcher, turn, (f"ask_{offer}",))
        say_response(dispatcher, turn, "utter_affirm_nothing")
        return [NO_OFFER]


class ActionDeclineOffer(Action):
    """A "no": accepted without a word of pressure, and the same is not offered again."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_decline_offer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        """Acknowledge, and remember the refusal."""
        turn = read_turn(tracker)
        answered = answer_handover(dispatcher, turn, tracker, yes=False)
        if answered is not None:
            return answered
        offer = turn.slots.get("offer") or "none"
        if turn.language == "es" and offer == "handoff":
            say(dispatcher, turn, web=spanish_no_call())
        else:
            say_response(
                dispatcher, turn, "utter_deny_nothing" if offer in ("none", "handover") else "utter_decline_offer"
            )
        declined = turn.slots.get("declined") or []
        events: Events = [NO_OFFER, SlotSet("handoff_suspended", False), SlotSet("updates_proposal", None)]
        if offer not in ("none", "clarify", "handover", "updates", *declined):
            events.append(SlotSet("declined", [*declined, offer]))
        return events


def _knows_plan(slots: dict) -> bool:
    return any(wish["entity"] in ("insurer", "plan_type") for wish in slots.get("wishes") or [])

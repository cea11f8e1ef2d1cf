"""The warm hand-off: disclosure first, then the form, then consent, and only then "I have passed it on"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.contact import SKIPPED, THIS_NUMBER, details_in
from actions.handoff_form import QUESTIONS
from actions.handover import offer_handover
from actions.news_by_text import offer_texts, stop_texting
from actions.replies import Events, choices, offer_events, say, say_all, say_response
from actions.requests import acts_for, own_number
from actions.spanish import answer_in_spanish
from actions.summary_lines import NAMES, wants_change, wants_out
from actions.topics import TOPICS
from actions.turn import OUT_OF_SCOPE, Turn, read_turn
from bot.handoff import (
    ConsentGiven,
    ConsentMismatchError,
    LeadDraft,
    LimitReachedError,
    NumberBlockedError,
    Safe,
    Withdrawal,
    agreed_text,
    disclosure_text,
    draft_of,
    has_request,
    lines,
    open_lead,
    open_lead_of,
    propose,
    status_for,
    unblock,
    withdraw,
    withdraw_number,
)
from bot.program import current_program
from bot.program.times import joined
from bot.safety import after_text
from bot.settings import settings
from bot.store import database, utcnow

NO_OFFER = SlotSet("offer", "none")
CONSENT_CHOICES = {
    "en": ("/affirm", "/deny", "change something", "leave something out"),
    "es": ("/affirm", "/deny", "cambiar algo", "quitar algo"),
}
TOPICS_IN_WISH = 3
FIELDS = ("substance", "population")
"""Entities that ask for somebody who knows the field; they steer the choice and are not passed on."""
ABOUT_CONSENT = re.compile(
    r"\b(agreed?|consent\w*|sign(?:ed)?|say yes|said yes|acept\w+|firm[eé]|dije que s[ií])(?!\w)", re.IGNORECASE
)
"""In a question about a request: they want to read what they agreed to."""
DETAILS = tuple(name for name in (*QUESTIONS, "contact_language", "contact_wish") if name != "handoff_consent")


@dataclass(frozen=True)
class _Answers:
    """The form's answers, without what was skipped."""

    slots: dict[str, Any]

    def get(self, name: str) -> str | None:
        value = self.slots.get(name)
        return None if value in (None, SKIPPED) else str(value)


def draft_from(turn: Turn, slots: dict[str, Any]) -> LeadDraft:
    """The lead as the form's slots describe it; "this number" becomes the number that the visitor texts from."""
    answers = _Answers(slots)
    spoken = "en" if slots.get("contact_language") == SKIPPED else turn.language
    contact = answers.get("contact_value")
    if contact == THIS_NUMBER:
        contact = own_number(turn)
    return LeadDraft(
        name=answers.get("contact_name"),
        contact=contact,
        best_time=answers.get("contact_time"),
        zip=answers.get("contact_zip"),
        for_whom=answers.get("contact_for"),
        wish=_wish(slots, turn.language),
        safe=Safe.from_code(answers.get("contact_safe") or ""),
        channel=turn.channel,
        locale=turn.language,
        language=spoken,
        specialties=tuple(sorted({wish["value"] for wish in slots.get("wishes") or [] if wish["entity"] in FIELDS})),
    )


def _wish(slots: dict[str, Any], language: str) -> str | None:
    """The visitor's own words where they gave some, else the topics that they asked about; None when left out.

    Topics are told in English, so who reads Spanish is shown none: nobody agrees to what they cannot read.
    """
    if slots.get("contact_wish"):
        return None if slots["contact_wish"] == SKIPPED else str(slots["contact_wish"])
    if language != "en":
        return None
    asked = [TOPICS[topic].name for topic in slots.get("answered") or [] if topic in TOPICS]
    return f"to know about {joined(asked[-TOPICS_IN_WISH:])}" if asked else None


class ActionStartHandoff(Action):
    """Says who gets the details, who pays and what else there is; takes up what the message already told.

    Who has an open request changes that one: what it holds is not asked again.
    """

    def name(self) -> str:
        """Its name in the domain."""
        return "action_start_handoff"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        """Disclose, and begin the form with a clean sheet but for what was just said."""
        turn = read_turn(tracker)
        if turn.after_emergency:  # a call back is no help in an emergency: the numbers stay in view
            say(dispatcher, turn, web=after_text(turn.language))
        with database().read() as session:
            disclosure = disclosure_text(current_program(session))
            lead = open_lead_of(session, acts_for(turn))
            known = _held(draft_of(lead)) if lead is not None else {}
        if known:
            say_response(dispatcher, turn, "utter_change_handoff")
        else:
            say_all(dispatcher, turn, disclosure)
        said = details_in(turn, None)
        if "contact_value" in said and known:  # what is safe at one number says nothing about another
            said.setdefault("contact_safe", SKIPPED)
        known = known | said
        earlier = {wish["entity"]: wish["value"] for wish in turn.slots.get("wishes") or []}
        if "contact_zip" not in known and earlier.get("zip"):
            known["contact_zip"] = str(earlier["zip"])
        if "contact_for" not in known and earlier.get("person"):
            known["contact_for"] = str(earlier["person"])
        return [
            *(SlotSet(name, known.get(name)) for name in (*DETAILS, "handoff_consent")),
            SlotSet("language", turn.language),
            SlotSet("handoff_outcome", None),
            SlotSet("handoff_suspended", False),
            SlotSet("misunderstood", 0.0),
            SlotSet("safety_state", "none"),
            SlotSet("safety_seen", None),
            NO_OFFER,
        ]


def _held(draft: LeadDraft) -> dict[str, str]:
    """What an open request holds, as the form's answers: what it lacks was left out, and is not asked for."""
    return {
        "contact_for": draft.for_whom or SKIPPED,
        "contact_name": draft.name or SKIPPED,
        "contact_value": draft.contact or SKIPPED,
        "contact_time": draft.best_time or SKIPPED,
        "contact_safe": draft.safe.code() or SKIPPED,
        "contact_zip": draft.zip or SKIPPED,
        "contact_wish": draft.wish or SKIPPED,
        **({} if draft.language == draft.locale else {"contact_language": SKIPPED}),
    }


class ActionResumeHandoff(Action):
    """Goes on with a suspended hand-off: what was answered stays answered."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_resume_handoff"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        """Clear the way for the form; consent is asked for anew."""
        return [
            SlotSet("handoff_suspended", False),
            SlotSet("handoff_consent", None),
            SlotSet("handoff_outcome", None),
            NO_OFFER,
        ]


class ActionAskHandoffConsent(Action):
    """Shows what would be shared and with whom, and asks; where nobody can be named, says where else to turn."""

    def name(self) -> str:
        """The form calls it for the slot handoff_consent."""
        return "action_ask_handoff_consent"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        """Keep the exact words in a slot: they are what the visitor agrees to."""
        turn = read_turn(tracker)
        unclear = turn.slots.get("requested_slot") == "handoff_consent" and not _was_changed(tracker)
        if unclear and wants_change(turn.text):
            say_response(dispatcher, turn, "utter_ask_change")
            return []
        draft = draft_from(turn, turn.slots)
        if unclear and wants_out(turn.text):
            names, begin = NAMES[turn.language], "quitar" if turn.language == "es" else "leave out the"
            listed = [{"title": line.label, "payload": f"{begin} {names[line.field]}"} for line in lines(draft)]
            say_response(dispatcher, turn, "utter_ask_leave_out", buttons=listed)
            return []
        own = own_number(turn)
        if (
            own and draft.contact == own
        ):  # whoever holds the number may be reached there, whatever was said of it before
            with database().write() as session:
                unblock(session, own)
        with database().read() as session:
            proposal = propose(session, acts_for(turn), draft, utcnow())
        if proposal.reason == "blocked":  # the form stays: another number, or none, and it goes on
            say_all(dispatcher, turn, proposal.say)
            return [SlotSet("contact_value", SKIPPED), SlotSet("contact_safe", SKIPPED)]
        if proposal.professional is None:
            say_all(dispatcher, turn, proposal.say)
            return [SlotSet("handoff_outcome", "nobody"), SlotSet("requested_slot", None)]
        buttons = choices("consent", turn.language, *CONSENT_CHOICES[turn.language])
        say_all(dispatcher, turn, proposal.say, buttons=buttons)
        return [SlotSet("handoff_proposal", proposal.given(turn.channel).as_slot())]


class ActionSubmitHandoff(Action):
    """The form's end: stores the lead and then says so, or accepts the visitor's no."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_submit_handoff"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        """Commit before any word of it; run again after a crash, it finds the lead and says the same."""
        turn = read_turn(tracker)
        outcome = turn.slots.get("handoff_outcome")
        if outcome == "agreed" and turn.slots.get("handoff_consent"):
            return self._open(dispatcher, turn)
        if outcome in ("declined", "cancelled"):
            say_response(dispatcher, turn, "utter_decline_handoff" if outcome == "declined" else "utter_cancel_handoff")
        return [*_forget(), SlotSet("declined", [*(turn.slots.get("declined") or []), "handoff"]), NO_OFFER]

    def _open(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        try:
            consent = ConsentGiven.from_slot(turn.slots.get("handoff_proposal") or {})
            draft, request = draft_from(turn, turn.slots), acts_for(turn)
            with database().write() as session:
                opened = open_lead(session, request, draft, consent, utcnow())
        except (ConsentMismatchError, LimitReachedError, NumberBlockedError):
            # What would be shared, or may be, changed since the visitor saw it (a professional left, a slot was
            # corrected, the number was blocked): shown anew, it says what is the matter.
            say_response(dispatcher, turn, "utter_ask_again_handoff")
            return [SlotSet("handoff_consent", None), *offer_events(dispatcher, turn, "resume_handoff")]
        say_all(dispatcher, turn, opened.say)
        return [*_forget(), SlotSet("lead_ref", opened.ref), *offer_texts(dispatcher, turn)]


class ActionCheckHandoffStatus(Action):
    """Answers "has anybody got my request?" from the record."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_check_handoff_status"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        """Say where the request stands, or show what was agreed to; offer a call when there is none."""
        turn = read_turn(tracker)
        own, request = own_number(turn), acts_for(turn)
        if ABOUT_CONSENT.search(turn.text):
            with database().read() as session:
                say_all(dispatcher, turn, agreed_text(session, request, settings().base_url))
            return [NO_OFFER]
        with database().read() as session:
            status = status_for(session, request, utcnow(), own)
            none_open = not has_request(session, request, own)
        if turn.in_form and none_open:
            say_response(dispatcher, turn, "utter_nothing_passed_on")
            return []
        say_all(dispatcher, turn, status)
        if none_open:
            return offer_events(dispatcher, turn, "handoff")
        asked_again = None if turn.in_form else offer_handover(dispatcher, turn)
        return [NO_OFFER] if asked_again is None else asked_again


class ActionWithdrawConsent(Action):
    """Withdrawing stops everything at once: a person who says "do not contact me" is not asked back."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_withdraw_consent"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        """Withdraw what is open, leave a form that is under way, and say how the chat itself is erased."""
        turn = read_turn(tracker)
        if turn.intent == OUT_OF_SCOPE:  # a guess takes nothing back
            return answer_in_spanish(dispatcher, turn)
        no_texts = stop_texting(dispatcher, turn)
        if no_texts is not None:
            return no_texts
        withdrawal, others = take_back(turn)
        if withdrawal.found or not others:
            say_all(dispatcher, turn, withdrawal.say)
        else:
            say_response(dispatcher, turn, "utter_withdrawn_by_number")
        say_response(dispatcher, turn, "utter_erase_chat")
        events = [*taken_back_slots(), NO_OFFER]
        return [*events, ActiveLoop(None), SlotSet("requested_slot", None)] if turn.in_form else events


def take_back(turn: Turn) -> tuple[Withdrawal, list[str]]:
    """Withdraw the conversation's request, and by text every one with this number; the codes of those others."""
    own = own_number(turn)
    with database().write() as session:
        withdrawal = withdraw(session, turn.conversation_id, utcnow())
        return withdrawal, withdraw_number(session, own, utcnow()) if own else []


def taken_back_slots() -> Events:
    """What the dialogue forgets once a request is taken back: nothing of it is left to be resumed."""
    return [*_forget(), SlotSet("lead_ref", None), SlotSet("handoff_suspended", False)]


def _was_changed(tracker: Tracker) -> bool:
    """Whether the latest message gave, changed or left out a detail."""
    for event in reversed(tracker.events):
        if event["event"] == "user":
            return False
        if event["event"] == "slot" and event["name"] in DETAILS and event["value"] is not None:
            return True
    return False


def _forget() -> Events:
    """The form's slots are emptied: what was given lives in the lead, or nowhere."""
    return [SlotSet(name, None) for name in (*DETAILS, "handoff_consent", "handoff_proposal", "handoff_outcome")]

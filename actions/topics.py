"""What the dialogue knows of each topic: its plain name, what is offered after it, and its reviewed variants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from actions.turn import Turn


@dataclass(frozen=True)
class Topic:
    """`name` completes "Is it about ...?"; `offers` are tried in order, the first not yet answered is made."""

    name: str
    offers: tuple[str, ...] = ("handoff",)
    variants: tuple[str, ...] = ()  # entities whose value picks utter_<topic>_<value>


TOPICS: dict[str, Topic] = {
    "ask_aftercare": Topic("what comes after the program", ("first_step", "handoff")),
    "ask_benefits": Topic("why people choose IOP", ("schedule", "cost", "handoff")),
    "ask_compare_levels": Topic("how IOP differs from other care", ("schedule", "handoff"), ("level_of_care",)),
    "ask_cost": Topic("what it costs", ("insurance", "handoff")),
    "ask_detox": Topic("whether detox comes first", ("handoff",)),
    "ask_dual_diagnosis": Topic("mental health beside substance use", ("handoff",)),
    "ask_duration": Topic("how many weeks it takes", ("schedule", "cost", "handoff")),
    "ask_effectiveness": Topic("how well it works", ("schedule", "handoff")),
    "ask_family_involvement": Topic("the family's part", ("schedule", "handoff")),
    "ask_financial_help": Topic("help with paying", ("handoff",)),
    "ask_first_step": Topic("how to get started", ("handoff",)),
    "ask_fit": Topic("whether it could be right for you", ("first_step", "handoff")),
    "ask_help_loved_one": Topic("helping someone you love", ("handoff",)),
    "ask_how_iop_works": Topic("what happens in it", ("schedule", "cost", "handoff")),
    "ask_insurance": Topic("insurance", ("handoff",), ("insurer", "plan_type")),
    "ask_location": Topic("where we are", ("schedule", "handoff")),
    "ask_medical_advice": Topic("a medical question", ("handoff",)),
    "ask_medication": Topic("medication during treatment", ("handoff",)),
    "ask_naloxone": Topic("naloxone (Narcan)", ()),
    "ask_privacy": Topic("privacy", ("handoff",)),
    "ask_relapse": Topic("what happens after a return to use", ("handoff",)),
    "ask_schedule": Topic("days and times", ("cost", "handoff")),
    "ask_special_population": Topic("programs for certain groups", ("handoff",), ("population",)),
    "ask_substances": Topic("which substances we treat", ("schedule", "handoff")),
    "ask_tailoring": Topic("a plan that fits you", ("schedule", "handoff")),
    "ask_telehealth": Topic("online or from home", ("schedule", "handoff")),
    "ask_what_is_iop": Topic("what IOP is", ("schedule", "cost", "handoff")),
    "ask_work_school": Topic("work or school", ("schedule", "handoff")),
    "disclose_use": Topic("what you told me", ("handoff",)),
    "express_distress": Topic("how you feel", ("handoff",)),
    "check_handoff_status": Topic("your request for a call"),
    "request_callback": Topic("a call from us"),
    "request_human": Topic("talking to a person"),
    "withdraw_consent": Topic("deleting your information"),
}

# Topics whose answer `action_answer` gives.
ANSWERED = frozenset(name for name in TOPICS if name.startswith("ask_")) | {"disclose_use", "express_distress"}

# A follow-up that names only such a thing stays with the topic before it, or goes to the topic the thing belongs to.
FOLLOW_UPS: dict[str, tuple[str, ...]] = {
    "insurer": ("ask_insurance", "ask_cost", "ask_financial_help"),
    "plan_type": ("ask_insurance", "ask_cost"),
    "substance": ("ask_substances", "ask_detox", "ask_medication", "ask_effectiveness"),
    "medication": ("ask_medication",),
    "level_of_care": ("ask_compare_levels", "ask_cost", "ask_insurance"),
    "day": ("ask_schedule", "ask_telehealth"),
    "time": ("ask_schedule", "ask_telehealth"),
    "format": ("ask_telehealth", "ask_schedule", "ask_cost"),
    "duration": ("ask_duration", "ask_cost"),
    "percent": ("ask_cost",),
    "money": ("ask_cost",),
    "zip": ("ask_location",),
    "population": ("ask_special_population",),
}
SURE = 0.7
# Values that share a reviewed variant.
SAME_VARIANT = {"spanish": "language", "other_languages": "language", "deaf": "disability"}


def topics_to_answer(turn: Turn, last_topic: str | None) -> tuple[str, ...]:
    """The topics of the message that `action_answer` answers, most urgent first.

    A follow-up without a topic of its own ("what about alcohol?", "how about my son?") gets the one before it.
    """
    own = tuple(topic for topic in turn.topics if topic in ANSWERED)
    if turn.elliptical and last_topic in ANSWERED and (turn.doubt or turn.confidence < SURE or not own):
        resolved = _follow_up(turn.entities, last_topic)
        if resolved:
            return (resolved,)
    return own


def _follow_up(entities: Sequence[dict[str, Any]], last_topic: str | None) -> str | None:
    for entity in entities:
        homes = FOLLOW_UPS.get(entity["entity"], ())
        if homes:
            return last_topic if last_topic in homes else homes[0]
    if any(entity["entity"] == "person" for entity in entities):
        return last_topic
    return None


def variant_of(topic: str, wishes: Sequence[dict[str, Any]], responses: frozenset[str]) -> str:
    """The reviewed response for a topic: the variant that an entity picks where one was written, else the plain one."""
    for name in TOPICS[topic].variants if topic in TOPICS else ():
        for wish in wishes:
            candidate = f"utter_{topic}_{SAME_VARIANT.get(str(wish['value']), wish['value'])}"
            if wish["entity"] == name and candidate in responses:
                return candidate
    return f"utter_{topic}"


def offer_after(
    topics: Sequence[str],
    *,
    answered: Sequence[str],
    declined: Sequence[str],
    previous: str,
    has_lead: bool,
    plan_known: bool = False,
) -> str:
    """What is offered after these topics, or "none".

    Never what was answered or declined already, never the same twice in a row, never a call that is already arranged,
    and no look at an insurance that this answer was already about (`plan_known`).
    """
    known = {topic.removeprefix("ask_") for topic in (*topics, *answered)}
    for offer in TOPICS[topics[-1]].offers if topics else ():
        arranged = (offer == "handoff" and has_lead) or (offer == "insurance" and plan_known)
        if offer not in known and offer not in declined and offer != previous and not arranged:
            return offer
    return "none"

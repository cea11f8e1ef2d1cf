"""The safety policy: an emergency alone, a gentle line after the answer, nothing otherwise."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.shared.core.events import ActionExecuted, ActionExecutionRejected, ActiveLoop, SlotSet, UserUttered
from rasa.shared.core.slots import AnySlot, TextSlot
from rasa.shared.core.trackers import DialogueStateTracker

from bot.engine.policy import next_safety_action

SLOTS = [TextSlot("safety_state", mappings=[{}]), AnySlot("safety_seen", mappings=[{}])]


def tracker(
    intent: str,
    level: str,
    *actions: str,
    form: bool = False,
    rejected: bool = False,
    ended: bool = False,
    text: str = "x",
    before: tuple[str, dict[str, Any] | None] = ("none", None),
    then: tuple[str, dict[str, Any] | None] | None = None,
) -> DialogueStateTracker:
    """`before`: safety_state and safety_seen when the message comes; `then`: after the actions."""
    parsed: dict[str, Any] = {"intent": {"name": intent}, "entities": [], "text": text, "safety": {"level": level}}
    events: list[Any] = [SlotSet("safety_state", before[0]), SlotSet("safety_seen", before[1])]
    events.append(ActionExecuted("action_listen"))
    if form:
        events.append(ActiveLoop("handoff_form"))
    events.append(UserUttered(text, {"name": intent}, parse_data=parsed))
    if rejected:
        events.append(ActionExecutionRejected("handoff_form"))
    events += [ActionExecuted(action) for action in actions]
    if ended:
        events.append(ActiveLoop(None))
    if then:
        events += [SlotSet("safety_state", then[0]), SlotSet("safety_seen", then[1])]
    made = DialogueStateTracker("c", SLOTS)
    for event in events:
        made.update(event)
    return made


@pytest.mark.parametrize("form", [False, True])
@pytest.mark.parametrize(("intent", "level"), [("crisis_overdose", "none"), ("ask_cost", "emergency")])
def test_an_emergency_is_answered_first_and_alone(intent: str, level: str, form: bool) -> None:
    assert next_safety_action(tracker(intent, level, form=form)) == "action_emergency"
    assert next_safety_action(tracker(intent, level, "action_emergency", form=form)) == "action_listen"


def test_in_doubt_the_answer_comes_first_then_the_line() -> None:
    assert next_safety_action(tracker("ask_cost", "check")) is None
    assert next_safety_action(tracker("ask_cost", "check", "action_answer")) == "action_check_in"
    assert next_safety_action(tracker("ask_cost", "check", "action_answer", "action_check_in")) == "action_listen"


def test_the_line_waits_for_the_second_half_of_a_turn() -> None:
    assert next_safety_action(tracker("request_callback", "check", "action_start_handoff")) is None


def test_the_line_waits_until_what_the_form_collected_is_stored() -> None:
    assert next_safety_action(tracker("affirm", "check", "handoff_form")) is None
    stored = tracker("affirm", "check", "handoff_form", "action_submit_handoff")
    assert next_safety_action(stored) == "action_check_in"
    still_asking = tracker("inform", "check", "handoff_form", form=True)
    assert next_safety_action(still_asking) == "action_check_in"


def test_a_form_that_stepped_aside_asks_again_after_the_line() -> None:
    aside = tracker("ask_cost", "check", "action_answer", "action_check_in", form=True, rejected=True)
    assert next_safety_action(aside) == "handoff_form"


def test_a_yes_to_the_consent_is_not_lost_to_a_line() -> None:
    over = tracker("affirm", "check", "handoff_form", form=True, ended=True)
    assert next_safety_action(over) is None
    told = tracker("affirm", "check", "handoff_form", "action_submit_handoff", form=True, ended=True)
    assert next_safety_action(told) == "action_check_in"
    assert next_safety_action(tracker("ask_cost", "check", "handoff_form", form=True)) == "action_check_in"


def test_a_kind_answer_to_distress_holds_the_line_already() -> None:
    assert next_safety_action(tracker("express_distress", "check", "action_answer")) is None


def test_an_ordinary_message_is_left_to_the_rules() -> None:
    assert next_safety_action(tracker("ask_cost", "none")) is None


SUICIDE = ("shown", {"category": "suicide", "subject": "self", "flags": [], "times": 0})
AT_HOME = ("shown", {"category": "violence", "subject": "self", "flags": ["partner_violence"], "times": 0})


@pytest.mark.parametrize(
    ("text", "intent", "before", "action"),
    [
        ("i'm safe now", "deny", SUICIDE, "action_safe"),
        ("i am not safe", "affirm", SUICIDE, "action_emergency"),
        ("i called", "check_handoff_status", SUICIDE, "action_stay_with"),
        ("what do i do", "what_can_you_do", SUICIDE, "action_stay_with"),
        ("person", "request_human", SUICIDE, "action_talk_to_person"),
        ("no", "deny", AT_HOME, "action_stay_with"),
        ("no", "deny", SUICIDE, None),
        ("qué horario tienen", "out_of_scope", SUICIDE, "action_out_of_scope"),
        ("how much does it cost", "ask_cost", SUICIDE, None),
    ],
)
def test_what_is_said_about_the_emergency_is_answered_as_such(
    text: str, intent: str, before: tuple[str, dict[str, Any]], action: str | None
) -> None:
    assert next_safety_action(tracker(intent, "none", text=text, before=before)) == action
    if action:
        over = tracker(intent, "check", action, text=text, before=before, then=("none", None))
        assert next_safety_action(over) == "action_listen"


def test_called_is_no_new_emergency_but_more_in_the_same_words_is() -> None:
    told = tracker("crisis_withdrawal", "emergency", text="ok i called 911", before=SUICIDE)
    assert next_safety_action(told) == "action_stay_with"
    more = "i called but now she is not breathing and her lips are blue"
    assert next_safety_action(tracker("crisis_overdose", "emergency", text=more, before=SUICIDE)) == "action_emergency"
    assert next_safety_action(tracker("crisis_overdose", "emergency", text="i called 911")) == "action_emergency"


def test_outside_an_emergency_the_same_words_are_ordinary() -> None:
    assert next_safety_action(tracker("check_handoff_status", "none", text="i called")) is None
    spanish = tracker("out_of_scope", "check", "action_out_of_scope", text="qué horario tienen")
    assert next_safety_action(spanish) == "action_check_in"


def test_no_line_behind_the_question_whether_they_are_safe() -> None:
    assert next_safety_action(tracker("nlu_fallback", "check", "action_ask_safe", before=SUICIDE)) is None

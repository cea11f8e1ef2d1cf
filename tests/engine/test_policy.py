"""The safety policy: an emergency alone, a gentle line after the answer, nothing otherwise."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.shared.core.events import ActionExecuted, ActionExecutionRejected, ActiveLoop, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.engine.policy import next_safety_action


def tracker(intent: str, level: str, *actions: str, form: bool = False, rejected: bool = False) -> DialogueStateTracker:
    parsed: dict[str, Any] = {"intent": {"name": intent}, "entities": [], "text": "x", "safety": {"level": level}}
    events: list[Any] = [ActionExecuted("action_listen")]
    if form:
        events.append(ActiveLoop("handoff_form"))
    events.append(UserUttered("x", {"name": intent}, parse_data=parsed))
    if rejected:
        events.append(ActionExecutionRejected("handoff_form"))
    events += [ActionExecuted(action) for action in actions]
    made = DialogueStateTracker("c", [])
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


def test_a_form_that_stepped_aside_asks_again_after_the_line() -> None:
    aside = tracker("ask_cost", "check", "action_answer", "action_check_in", form=True, rejected=True)
    assert next_safety_action(aside) == "handoff_form"


def test_a_kind_answer_to_distress_holds_the_line_already() -> None:
    assert next_safety_action(tracker("express_distress", "check", "action_answer")) is None


def test_an_ordinary_message_is_left_to_the_rules() -> None:
    assert next_safety_action(tracker("ask_cost", "none")) is None

"""What is answered although a person has the conversation."""

from typing import Any

import pytest

from bot.engine.attended import is_spoken_while_attended
from tests.engine.test_policy import SUICIDE, tracker

NOTHING = ("none", None)


@pytest.mark.parametrize(
    ("text", "intent", "level", "before", "spoken"),
    [
        ("i took all my pills", "crisis_overdose", "emergency", NOTHING, True),
        ("what do i do", "what_can_you_do", "none", SUICIDE, True),
        ("take my number off your list", "withdraw_consent", "none", NOTHING, True),
        ("i am not safe", "affirm", "none", SUICIDE, True),
        ("i'm safe now", "deny", "none", SUICIDE, False),
        ("everything is pointless", "express_distress", "check", NOTHING, False),
        ("how much does it cost", "ask_cost", "check", NOTHING, False),
        ("yes", "affirm", "none", NOTHING, False),
    ],
)
def test_only_danger_and_a_withdrawal_are_answered(
    text: str, intent: str, level: str, before: tuple[str, dict[str, Any] | None], spoken: bool
) -> None:
    assert is_spoken_while_attended(tracker(intent, level, text=text, before=before)) is spoken

"""What the engine answers although a person has the conversation; to everything else it only listens."""

from rasa.shared.core.trackers import DialogueStateTracker

from bot.engine.policy import ACTION_EMERGENCY, ACTION_STAY_WITH, next_safety_action

SPOKEN = frozenset({ACTION_EMERGENCY, ACTION_STAY_WITH})
"""An emergency, and what to do next in it."""
WITHDRAWAL = "withdraw_consent"


def is_spoken_while_attended(tracker: DialogueStateTracker) -> bool:
    """Whether the latest message is answered all the same: an emergency, what follows it, or a withdrawal.

    At level check it is not: the person sees the mark, and a line of the assistant would break in on them.
    """
    message = tracker.latest_message
    withdrawal = message is not None and message.intent_name == WITHDRAWAL
    return withdrawal or next_safety_action(tracker) in SPOKEN

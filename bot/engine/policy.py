"""The policy that lets an emergency beat every form, rule and story.

Two levels (DESIGN: behaviour 1). *emergency*: `action_emergency` answers, alone, whatever the dialogue was doing.
*check*: the ordinary answer stands, and `action_check_in` adds one gentle line after it.
"""

from __future__ import annotations

from typing import Any

from rasa.core.policies.policy import Policy, PolicyPrediction
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, UserUttered
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

ACTION_EMERGENCY = "action_emergency"
ACTION_CHECK_IN = "action_check_in"
CRISIS_PREFIX = "crisis_"
PRIORITY = 10  # Rasa's own policies end at 6

# Actions that are the first half of a turn: the gentle line waits for the second half.
OPENING_ACTIONS = frozenset({"action_start_handoff"})
# Its reviewed answer carries the line and the number already.
INTENTS_WITH_THE_LINE = frozenset({"express_distress"})


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class SafetyPolicy(Policy):
    """Reads the safety level of the latest message and overrules the other policies where it must.

    It learns nothing and has no threshold: what counts as an emergency is decided in bot.safety.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Only the priority, which stands above RulePolicy's."""
        return {"priority": PRIORITY}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SafetyPolicy:
        """Make the policy; a lower priority from config.yml is not accepted."""
        return cls({**config, "priority": PRIORITY}, model_storage, resource, execution_context)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SafetyPolicy:
        """Nothing is stored, so loading is making."""
        return cls.create(config, model_storage, resource, execution_context)

    def train(self, training_trackers: list[TrackerWithCachedStates], domain: Domain, **kwargs: Any) -> Resource:
        """Nothing to learn; Rasa trains every policy, so the empty resource is given back."""
        return self._resource

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """The action that safety demands now, or an abstention."""
        action = next_safety_action(tracker)
        if action is None or action not in domain.action_names_or_texts:
            return self._prediction([0.0] * domain.num_actions)
        probabilities = [0.0] * domain.num_actions
        probabilities[domain.index_for_action(action)] = 1.0
        return self._prediction(probabilities, is_no_user_prediction=True)


def safety_level(message: UserUttered | None) -> str:
    """The latest message's level: none, check or emergency. A crisis topic is an emergency by itself."""
    if message is None:
        return "none"
    intent = message.intent_name or ""
    if intent.startswith(CRISIS_PREFIX):
        return "emergency"
    level: str = ((message.parse_data or {}).get("safety") or {}).get("level", "none")
    return "none" if level == "check" and intent in INTENTS_WITH_THE_LINE else level


def next_safety_action(tracker: DialogueStateTracker) -> str | None:
    """What safety demands at this point of the turn; None leaves the choice to the other policies."""
    level = safety_level(tracker.latest_message)
    if level == "none":
        return None
    done = actions_of_turn(tracker)
    listen: str = ACTION_LISTEN_NAME
    if level == "emergency":
        return listen if ACTION_EMERGENCY in done else ACTION_EMERGENCY
    if not done or done[-1] in OPENING_ACTIONS:
        return None
    if ACTION_CHECK_IN not in done:
        return ACTION_CHECK_IN
    if done[-1] != ACTION_CHECK_IN:
        return listen
    # A form that stepped aside for a question still has to ask its own again.
    form: str | None = tracker.active_loop_name if tracker.is_active_loop_rejected else None
    return form or listen


def actions_of_turn(tracker: DialogueStateTracker) -> list[str]:
    """Names of the actions executed since the latest message, in order, without action_listen."""
    names: list[str] = []
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            break
        if isinstance(event, ActionExecuted) and event.action_name not in (None, ACTION_LISTEN_NAME):
            names.append(event.action_name)
    return names[::-1]

"""The policy that lets an emergency beat every form, rule and story.

Two levels (DESIGN: behaviour 1). *emergency*: `action_emergency` answers, alone, whatever the dialogue was doing.
*check*: the ordinary answer stands, and `action_check_in` adds one gentle line after it.

After an emergency, what the visitor says about it ("I'm safe now", "I called", "what do I do") is answered as such,
whatever topic the classifier takes it for.
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
from rasa.shared.core.events import ActionExecuted, Event, SlotSet, UserUttered
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

from bot.safety import asks_if_safe_to_talk, spanish_question, statement

ACTION_EMERGENCY = "action_emergency"
ACTION_CHECK_IN = "action_check_in"
ACTION_SAFE = "action_safe"
ACTION_STAY_WITH = "action_stay_with"
ACTION_PERSON = "action_talk_to_person"
ACTION_SPANISH = "action_out_of_scope"  # its answer in Spanish says what can be had in Spanish
CRISIS_PREFIX = "crisis_"
PRIORITY = 10  # Rasa's own policies end at 6
CALLED_UP_TO = 8  # words: a longer message may hold another emergency

# Actions that are the first half of a turn: the gentle line waits for the second half.
OPENING_ACTIONS = frozenset({"action_start_handoff"})
# A form that has just ended is not yet done: what was agreed has to be stored first (action_submit_handoff).
HANDOFF_FORM = "handoff_form"
# Its reviewed answer carries the line and the number already.
INTENTS_WITH_THE_LINE = frozenset({"express_distress"})
# These speak of the emergency themselves, or end it: no gentle line behind them.
ACTIONS_WITHOUT_A_LINE = frozenset({"action_ask_safe", ACTION_SAFE, ACTION_STAY_WITH})
AFTER_STATEMENT: dict[str, str] = {
    "safe": ACTION_SAFE,
    "unsafe": ACTION_EMERGENCY,
    "called": ACTION_STAY_WITH,
    "next": ACTION_STAY_WITH,
    "person": ACTION_PERSON,
}


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
    done = actions_of_turn(tracker)
    listen: str = ACTION_LISTEN_NAME
    if level == "emergency" and not _help_is_called(tracker):
        return listen if ACTION_EMERGENCY in done else ACTION_EMERGENCY
    if (after := after_emergency(tracker)) is not None:
        return listen if after in done else after
    if level == "none" or ACTIONS_WITHOUT_A_LINE & set(done):
        return None
    if not done or done[-1] in OPENING_ACTIONS or (done[-1] == HANDOFF_FORM and not tracker.active_loop_name):
        return None
    if ACTION_CHECK_IN not in done:
        return ACTION_CHECK_IN
    if done[-1] != ACTION_CHECK_IN:
        return listen
    # A form that stepped aside for a question still has to ask its own again.
    form: str | None = tracker.active_loop_name if tracker.is_active_loop_rejected else None
    return form or listen


def _help_is_called(tracker: DialogueStateTracker) -> bool:
    """Whether the message says no more than that help is called for the emergency that was just answered."""
    text = (tracker.latest_message.text if tracker.latest_message else None) or ""
    told = statement(text) == "called" and len(text.split()) <= CALLED_UP_TO
    return told and _slots_before(tracker).get("safety_state") in ("shown", "asked")


def after_emergency(tracker: DialogueStateTracker) -> str | None:
    """The action that answers what is said about the emergency before it; None when nothing of the kind is said."""
    message, slots = tracker.latest_message, _slots_before(tracker)
    if message is None or slots.get("safety_state") not in ("shown", "asked"):
        return None
    text = message.text or ""
    said = statement(text)
    if said is not None:
        return AFTER_STATEMENT[said]
    seen = slots.get("safety_seen") or {}
    if message.intent_name == "deny" and slots["safety_state"] == "shown" and not seen.get("cannot_talk"):
        flags = tuple(seen.get("flags") or ())
        return ACTION_STAY_WITH if asks_if_safe_to_talk(seen.get("category"), seen.get("subject"), flags) else None
    return ACTION_SPANISH if spanish_question(text) else None


def _slots_before(tracker: DialogueStateTracker) -> dict[str, Any]:
    """The emergency's slots as they stood when the latest message came: this turn's own actions change them."""
    slots = {name: tracker.get_slot(name) for name in ("safety_state", "safety_seen")}
    changed = [event for event in _events_of_turn(tracker) if isinstance(event, SlotSet) and event.key in slots]
    if not changed:
        return slots
    found: dict[str, Any] = {}
    events = list(tracker.events)[: -len(_events_of_turn(tracker))]
    for event in reversed(events):
        if isinstance(event, SlotSet) and event.key in slots and event.key not in found:
            found[event.key] = event.value
    return found


def _events_of_turn(tracker: DialogueStateTracker) -> list[Event]:
    """The events since the latest message, in order, with the message itself."""
    events: list[Event] = []
    for event in reversed(tracker.events):
        events.append(event)
        if isinstance(event, UserUttered):
            break
    return events[::-1]


def actions_of_turn(tracker: DialogueStateTracker) -> list[str]:
    """Names of the actions executed since the latest message, in order, without action_listen."""
    names: list[str] = []
    for event in _events_of_turn(tracker):
        if isinstance(event, ActionExecuted) and event.action_name not in (None, ACTION_LISTEN_NAME):
            names.append(event.action_name)
    return names

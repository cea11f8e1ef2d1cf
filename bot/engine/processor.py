"""Rasa's agent and processor, with what a turn over HTTP needs: once for each message, and whole or not at all.

Rasa itself swallows a failed action ("Bot will continue, but the actions events are lost") and saves the turn as if
nothing had been. Here a failed action ends the turn before anything is saved, so that the front may send it again.
"""

import logging
from pathlib import Path
from typing import Any

from rasa.core.actions.action import Action, ActionExecutionRejection
from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.nlg import NaturalLanguageGenerator, TemplatedNaturalLanguageGenerator
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import ClientResponseError

from bot.engine.attended import is_spoken_while_attended
from bot.engine.tracker_store import EncryptedTrackerStore
from bot.engine.turns import Turn, heard, turn_of
from bot.safety import Assessment, danger_after, joined, worse_together

logger = logging.getLogger(__name__)

CRISIS_PARTS = ("intent", "intent_ranking", "topics", "topic", "doubt")
"""What an emergency told in pieces takes over from the reading of the whole."""
LOCK_SECONDS = 0.05
LOCK_LIFE = 12.0
"""Seconds after which the lock of an engine that died in a turn is free; Redis keeps it, and Rasa would for 60.

A turn that takes longer is still processed once: the front sends one message of a conversation at a time, and the
store refuses a message that it has.
"""


def assessment_of(parsed: dict[str, Any]) -> Assessment:
    """The safety check's result in a parse result; none where a pipeline has no such check."""
    safety = parsed.get("safety") or {}
    return Assessment(
        level=safety.get("level", "none"),
        category=safety.get("category"),
        subject=safety.get("subject"),
        evidence=tuple(safety.get("evidence") or ()),
        flags=tuple(safety.get("flags") or ()),
        language=safety.get("language", "en"),
        danger=safety.get("danger"),
    )


def _named(found: Assessment) -> bool:
    """Whether a rule found the emergency: what only the classifier takes for one is named better by what was before."""
    return found.level == "emergency" and not any(sign.startswith("classifier:") for sign in found.evidence[:1])


def _new_danger(text: str, tracker: DialogueStateTracker | None) -> Assessment | None:
    """The emergency that the message tells where one was just answered; None anywhere else."""
    if tracker is None or text.startswith("/") or tracker.get_slot("safety_state") not in ("shown", "asked"):
        return None
    seen = tracker.get_slot("safety_seen") or {}
    return danger_after(text, seen.get("category"), seen.get("subject"), tuple(seen.get("flags") or ()))


class TurnFailed(Exception):
    """The turn could not be finished and nothing of it is stored; sending the message again is safe."""


class TurnBroken(TurnFailed):
    """The same, but an action ran and broke on this very message: sending it again for ever would not help."""


class _ActionFailed(BaseException):
    """Carries an action's failure past Rasa's `except Exception`; it never leaves this module.

    `answered` says whether the action server was there and answered with an error.
    """

    def __init__(self, words: str, answered: bool) -> None:
        super().__init__(words)
        self.answered = answered


class _WholeAction:
    """An action whose failure ends the turn; a rejection, which is Rasa's own signal, passes."""

    def __init__(self, action: Action) -> None:
        self._action = action

    def __getattr__(self, name: str) -> Any:
        return getattr(self._action, name)

    async def run(self, *args: Any, **kwargs: Any) -> list[Event]:
        """The action's events; raises _ActionFailed instead of whatever else went wrong."""
        try:
            events: list[Event] = await self._action.run(*args, **kwargs)
        except ActionExecutionRejection:
            raise
        except Exception as error:
            answered = isinstance(error.__cause__, ClientResponseError)
            raise _ActionFailed(f"{self._action.name()}: {error}", answered) from error
        return events


class TurnProcessor(MessageProcessor):
    """Processes a message once: a message known to the store is answered from it."""

    async def handle_turn(self, message: UserMessage) -> Turn:
        """The turn of this message. The caller holds the conversation's lock.

        While a person has the conversation (metadata `attended`) a message is understood and no more: nothing of it
        reaches the stored dialogue, so that an open form is found as it was left.

        Raises TurnFailed when an action or the store failed; nothing is stored then.
        """
        store = self.tracker_store
        if not isinstance(store, EncryptedTrackerStore):
            raise TurnFailed("the tracker store cannot tell which messages it holds")
        try:
            known = store.stored_turn(message.sender_id, message.message_id)
            if known is not None:
                return known
            tracker = await self.log_message(message, should_save_tracker=False)
            if (message.metadata or {}).get("attended") and not is_spoken_while_attended(tracker):
                return heard(tracker.latest_message.parse_data if tracker.latest_message else None)
            tracker = await self.run_action_extract_slots(message.output_channel, tracker)
            await self._run_prediction_loop(message.output_channel, tracker)
            await self.save_tracker(tracker)
        except _ActionFailed as failure:
            raise (TurnBroken if failure.answered else TurnFailed)(str(failure)) from failure
        except Exception as error:
            logger.exception("A turn failed")
            raise TurnFailed(type(error).__name__) from error
        turn = turn_of((event.as_dict() for event in tracker.events), message.message_id)
        if turn is None:
            raise TurnFailed("the tracker does not hold the message it was given")
        return turn

    async def parse_message(
        self,
        message: UserMessage,
        tracker: DialogueStateTracker | None = None,
        only_output_properties: bool = True,
    ) -> dict[str, Any]:
        """What is understood of the message; its safety is that of it and the short messages before it together.

        Behind an emergency it is also read as an answer to what was said of it: "no, i took them" is a new one.
        """
        parsed = await self._parse_together(message, tracker, only_output_properties)
        if not _named(assessment_of(parsed)) and (new := _new_danger(message.text or "", tracker)):
            others = [topic for topic in parsed.get("topics") or [] if topic["name"] != new.topic]
            intent = {"name": new.topic, "confidence": 1.0}
            parsed |= {
                "intent": intent,
                "intent_ranking": [intent, *(parsed.get("intent_ranking") or [])],
                "topics": [{**intent, "text": message.text}, *others],
                "topic": new.topic,
                "doubt": False,
                "safety": new.to_dict(),
            }
        return parsed

    async def _parse_together(
        self, message: UserMessage, tracker: DialogueStateTracker | None, only_output_properties: bool
    ) -> dict[str, Any]:
        parsed: dict[str, Any] = await super().parse_message(message, tracker, only_output_properties)
        before = (message.metadata or {}).get("before") or []
        alone = assessment_of(parsed)
        whole = joined(message.text or "", before) if alone.level != "emergency" else None
        if whole is None:
            return parsed
        again: dict[str, Any] = await super().parse_message(UserMessage(whole), tracker, only_output_properties)
        found = worse_together(alone, assessment_of(again), before)
        if found is alone:
            return parsed
        if found.level == "emergency":  # the crisis is the topic; what the message itself holds stays in its place
            parsed |= {name: again[name] for name in CRISIS_PARTS if name in again}
        return parsed | {"safety": found.to_dict()}

    async def _run_action(
        self,
        action: Action,
        tracker: DialogueStateTracker,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        prediction: PolicyPrediction,
    ) -> bool:
        return bool(await super()._run_action(_WholeAction(action), tracker, output_channel, nlg, prediction))


class TurnAgent(Agent):
    """An agent that answers turns and never hides a failing store behind one in memory."""

    @staticmethod
    def _create_tracker_store(store: TrackerStore | None, domain: Domain) -> TrackerStore:
        if store is None:
            raise ValueError("the engine needs a tracker store")
        store.domain = domain
        return store

    def load_model(self, model_path: str | Path, fingerprint: str | None = None) -> None:
        """Load this model with our processor in place of Rasa's. Raises rasa.exceptions.ModelNotFound."""
        self.processor = TurnProcessor(
            model_path=model_path,
            tracker_store=self.tracker_store,
            lock_store=self.lock_store,
            action_endpoint=self.action_endpoint,
            generator=self.nlg,
        )
        self.domain = self.processor.domain
        self._set_fingerprint(fingerprint)
        self.tracker_store.domain = self.domain
        if isinstance(self.nlg, TemplatedNaturalLanguageGenerator):
            self.nlg.responses = self.domain.responses

    async def handle_turn(self, message: UserMessage) -> Turn:
        """The turn of this message, one at a time for each conversation. Raises TurnFailed."""
        if not isinstance(self.processor, TurnProcessor):
            raise TurnFailed("no model is loaded")
        try:
            async with self.lock_store.lock(message.sender_id, LOCK_LIFE, LOCK_SECONDS):
                return await self.processor.handle_turn(message)
        except TurnFailed:
            raise
        except Exception as error:  # the lock store: Redis gone, or a lock that never came free
            raise TurnFailed(f"no lock: {type(error).__name__}") from error

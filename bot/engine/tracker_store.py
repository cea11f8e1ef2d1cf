"""Rasa's tracker store: events encrypted in SQL, with long sessions compacted so that a turn never gets slower.

Rasa replays all events of a session several times a turn; turn 300 costs fifty times turn 10. So once a session has
more than COMPACT_AFTER events beyond its last snapshot, a snapshot row is written: what a new session would begin with
(every slot that is set), as of KEEP_TURNS turns ago. Reading gives the snapshot and the rows after it: slots and the
last turns as they were, so that "yes" still has something to say yes to. Nothing is removed: the full history stays.
A snapshot is never taken at a point inside a form, or while an action is still owed.
"""

import copy
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SerializedTrackerAsText, TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.engine.events import SNAPSHOT, EngineEvent, events_url, open_events
from bot.engine.turns import Turn, turn_of
from bot.settings import settings

COMPACT_AFTER = 60
KEEP_TURNS = 4


@dataclass(frozen=True)
class _Stored:
    """A session as it lies in the database: events that stand for its past, and the rows after them."""

    prefix: list[dict[str, Any]]
    row_ids: list[int]
    rows: list[dict[str, Any]]

    @property
    def events(self) -> list[dict[str, Any]]:
        return self.prefix + self.rows


class EncryptedTrackerStore(TrackerStore, SerializedTrackerAsText):
    """Keeps trackers in `engine_events`. Its SQL is synchronous, as that of Rasa's own SQL store is."""

    def __init__(
        self,
        domain: Domain | None = None,
        host: str | None = None,
        event_broker: EventBroker | None = None,
        **kwargs: Any,
    ) -> None:
        """Open the store at `host`, an SQLAlchemy URL (`url` in endpoints.yml; Rasa renames it), or by the settings."""
        self.database = open_events(host or events_url(settings()))
        super().__init__(domain, event_broker, **kwargs)

    def twin(self) -> "EncryptedTrackerStore":
        """A store on the same database whose domain may be another, for an engine that changes its model."""
        return copy.copy(self)

    async def keys(self) -> Iterable[str]:
        """Ids of all conversations."""
        with self.database.read() as session:
            return list(session.execute(select(EngineEvent.sender_id).distinct()).scalars())

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The tracker of the latest session, compacted when it was long; None when there is nothing."""
        with self.database.read() as session:
            return self._tracker(sender_id, _load(session, sender_id).events)

    async def retrieve_full_tracker(self, conversation_id: str) -> DialogueStateTracker | None:
        """The tracker with every event of every session."""
        statement = select(EngineEvent.data).where(
            EngineEvent.sender_id == conversation_id, EngineEvent.type_name != SNAPSHOT
        )
        with self.database.read() as session:
            rows = session.execute(statement.order_by(EngineEvent.id)).scalars()
            return self._tracker(conversation_id, [json.loads(row) for row in rows])

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Append the tracker's new events, and a snapshot when the session got long, in one transaction.

        Raises sqlalchemy.exc.IntegrityError when a message of it has been processed before.
        """
        await self.stream_events(tracker)
        with self.database.write() as session:
            stored = _load(session, tracker.sender_id)
            known = len(stored.prefix) + len(stored.rows)
            added = [_row(tracker.sender_id, event) for event in list(tracker.events)[known:]]
            session.add_all(added)
            session.flush()
            row_ids = stored.row_ids + [row.id for row in added]
            if len(row_ids) > COMPACT_AFTER:
                self._compact(session, tracker, len(stored.prefix), row_ids)

    def stored_turn(self, sender_id: str, message_id: str) -> Turn | None:
        """The turn that this message had when it was processed before, however long ago; None when it was not."""
        with self.database.read() as session:
            first = session.execute(
                select(EngineEvent.id).where(EngineEvent.sender_id == sender_id, EngineEvent.message_id == message_id)
            ).scalar()
            if first is None:
                return None
            later = select(EngineEvent.id).where(
                EngineEvent.sender_id == sender_id,
                EngineEvent.type_name == UserUttered.type_name,
                EngineEvent.id > first,
            )
            end = session.execute(later.order_by(EngineEvent.id).limit(1)).scalar()
            rows = select(EngineEvent.data).where(
                EngineEvent.sender_id == sender_id, EngineEvent.id >= first, EngineEvent.type_name != SNAPSHOT
            )
            if end is not None:
                rows = rows.where(EngineEvent.id < end)
            data = session.execute(rows.order_by(EngineEvent.id)).scalars()
            return turn_of([json.loads(row) for row in data], message_id)

    def _tracker(self, sender_id: str, events: list[dict[str, Any]]) -> DialogueStateTracker | None:
        if not events:
            return None
        return DialogueStateTracker.from_dict(sender_id, events, self.domain.slots)

    def _compact(self, session: Session, tracker: DialogueStateTracker, prefix: int, row_ids: list[int]) -> None:
        events = list(tracker.events)
        cut = _start_of_kept_turns(events)
        if cut is None or cut <= prefix:
            return
        past = DialogueStateTracker.from_events(tracker.sender_id, events[:cut], self.domain.slots)
        if past.active_loop_name or past.followup_action not in (None, ACTION_LISTEN_NAME):
            return
        if past.latest_action_name != ACTION_LISTEN_NAME or past.is_paused():
            return
        moment = events[cut - 1].timestamp
        start = [
            ActionExecuted(ACTION_SESSION_START_NAME, timestamp=moment),
            SessionStarted(timestamp=moment),
            *(
                SlotSet(name, slot.value, timestamp=moment)
                for name, slot in past.slots.items()
                if slot.value != slot.initial_value
            ),
            ActionExecuted(ACTION_LISTEN_NAME, timestamp=moment),
        ]
        payload = {
            "event": SNAPSHOT,
            "after": row_ids[cut - prefix - 1],
            "events": [event.as_dict() for event in start],
        }
        session.add(
            EngineEvent(sender_id=tracker.sender_id, type_name=SNAPSHOT, timestamp=moment, data=json.dumps(payload))
        )


def _start_of_kept_turns(events: list[Event]) -> int | None:
    """Index just after the action_listen before which the past is compacted; None when the session is too young.

    Events between that action_listen and the visitor's message (none, or a session start) stay with the turn.
    """
    users = [index for index, event in enumerate(events) if isinstance(event, UserUttered)]
    if len(users) <= KEEP_TURNS:
        return None
    for index in range(users[-KEEP_TURNS] - 1, -1, -1):
        event = events[index]
        if isinstance(event, ActionExecuted) and event.action_name == ACTION_LISTEN_NAME:
            return index + 1
    return None


def _load(session: Session, sender_id: str) -> _Stored:
    """The latest session: from its start, or from the snapshot that stands for it."""
    base = session.execute(
        select(EngineEvent)
        .where(EngineEvent.sender_id == sender_id, EngineEvent.type_name.in_((SessionStarted.type_name, SNAPSHOT)))
        .order_by(EngineEvent.id.desc())
        .limit(1)
    ).scalar()
    statement = select(EngineEvent.id, EngineEvent.data).where(
        EngineEvent.sender_id == sender_id, EngineEvent.type_name != SNAPSHOT
    )
    prefix: list[dict[str, Any]] = []
    if base is not None and base.type_name == SNAPSHOT:
        snapshot = json.loads(base.data)
        prefix = snapshot["events"]
        statement = statement.where(EngineEvent.id > snapshot["after"])
    elif base is not None:
        statement = statement.where(EngineEvent.id >= base.id)
    rows = session.execute(statement.order_by(EngineEvent.id)).all()
    return _Stored(prefix, [row.id for row in rows], [json.loads(row.data) for row in rows])


def _row(sender_id: str, event: Event) -> EngineEvent:
    return EngineEvent(
        sender_id=sender_id,
        message_id=event.message_id if isinstance(event, UserUttered) else None,
        type_name=event.type_name,
        timestamp=event.timestamp,
        data=json.dumps(event.as_dict()),
    )

"""Dispatch: every received message goes to the engine once, in order, one at a time for each conversation.

Several fronts may run. A lease on the conversation's row says who is answering; it is renewed while the engine thinks
and ends by itself when its holder dies. Should two ever overlap, the engine answers the repeated message id alike and
the store keeps the first answer, so that a visitor never sees two. A sweeper picks up whatever a dead engine or a dead
front has left behind.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from sqlalchemy import or_, select, update

from bot.conversations.engine import EngineClient, EngineError, EngineUnavailable, Turn
from bot.conversations.guard import words_before
from bot.conversations.models import Conversation, Message, new_id
from bot.conversations.takeover import current
from bot.conversations.writing import answer, fail
from bot.store import Database, utcnow

log = logging.getLogger("firststep.dispatch")

LEASE = timedelta(seconds=6)
"""Shorter than a visitor waits: who sends again after their front has died still gets the answer, not an apology."""
RENEW_SECONDS = 2.0
SWEEP_SECONDS = 2.0
SWEEP_BATCH = 50
REFUSALS = 5
"""Times that the engine may break on one message before it is set aside as failed."""
POLL_SECONDS = 0.25


class Outcome(Enum):
    """How a wait for an answer ended."""

    ANSWERED = "answered"
    UNAVAILABLE = "unavailable"
    """The engine is known to be away: there is nothing to wait for now."""
    LATE = "late"


@dataclass(frozen=True)
class _Job:
    message_id: str
    text: str
    channel: str
    locale: str
    before: tuple[str, ...]
    attended: bool
    """A person has the conversation: the engine listens, and speaks only in an emergency."""


class Dispatcher:
    """Answers the messages of one process's visitors, and sweeps up what others left.

    `forget(conversation_id)` is called when a turn ends in a conversation that was erased meanwhile, so that the
    engine's memory of it goes too. `answered(channel, safety)` is called after each answered message (metrics).
    """

    def __init__(
        self,
        database: Database,
        engine: EngineClient,
        *,
        forget: Callable[[str], None] = lambda _conversation_id: None,
        answered: Callable[[str, str], None] = lambda _channel, _safety: None,
        sweep_seconds: float = SWEEP_SECONDS,
    ) -> None:
        self.id = new_id()
        self._database = database
        self._engine = engine
        self._forget = forget
        self._answered = answered
        self._sweep_seconds = sweep_seconds
        self._tasks: dict[str, asyncio.Task[bool]] = {}
        self._sweeper: asyncio.Task[None] | None = None
        self.changed = Bell()

    async def start(self) -> None:
        """Begin sweeping."""
        self._sweeper = asyncio.create_task(self._sweep_forever(), name="sweeper")

    async def stop(self) -> None:
        """End all work at once; messages under way stay received and are answered by whoever sweeps next."""
        tasks: list[asyncio.Task] = [*self._tasks.values()]
        if self._sweeper:
            tasks.append(self._sweeper)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        with contextlib.suppress(Exception):
            await asyncio.to_thread(self._release_all)

    async def wait(self, conversation_id: str, message_id: str, seconds: float) -> Outcome:
        """Have the message answered and wait for it, at most so long."""
        deadline = asyncio.get_running_loop().time() + seconds
        while True:
            task = self.submit(conversation_id)
            remaining = deadline - asyncio.get_running_loop().time()
            done, _ = await asyncio.wait({task}, timeout=max(0.0, min(remaining, POLL_SECONDS)))
            if await asyncio.to_thread(self._is_settled, message_id):
                return Outcome.ANSWERED
            if done and not task.cancelled() and task.exception() is None and not task.result():
                return Outcome.UNAVAILABLE
            if asyncio.get_running_loop().time() >= deadline:
                return Outcome.LATE
            if done:  # another front holds the lease: look again shortly
                await asyncio.sleep(min(POLL_SECONDS, max(0.0, remaining)))

    def submit(self, conversation_id: str) -> asyncio.Task[bool]:
        """Have a conversation's received messages answered; the task gives False when the engine is away."""
        task = self._tasks.get(conversation_id)
        if task is None or task.done():
            task = asyncio.create_task(self._work(conversation_id), name=f"dispatch {conversation_id}")
            self._tasks[conversation_id] = task
            task.add_done_callback(lambda done: self._finished(conversation_id, done))
        return task

    def _finished(self, conversation_id: str, task: asyncio.Task[bool]) -> None:
        if self._tasks.get(conversation_id) is task:
            del self._tasks[conversation_id]
        if not task.cancelled() and task.exception() is not None:
            log.error("dispatch failed: %s", type(task.exception()).__name__, exc_info=task.exception())

    async def _work(self, conversation_id: str) -> bool:
        """Answer until nothing is left. True also when another front holds the lease: it is being answered."""
        while await asyncio.to_thread(self._next, conversation_id):
            if not await asyncio.to_thread(self._lease, conversation_id):
                return True
            renewer = asyncio.create_task(self._renew(conversation_id))
            try:
                while (job := await asyncio.to_thread(self._next, conversation_id)) is not None:
                    if not await self._answer(conversation_id, job):
                        return False
            finally:
                renewer.cancel()
                await asyncio.shield(asyncio.to_thread(self._release, conversation_id))
            # A message that arrived between the last look and the release is seen by the loop's condition.
        return True

    async def _answer(self, conversation_id: str, job: _Job) -> bool:
        """One turn. False when the engine is away, or when it broke on the message and may be tried again later."""
        try:
            turn = await self._engine.turn(
                conversation_id, job.message_id, job.text, job.channel, job.locale, job.before, job.attended
            )
        except EngineUnavailable as error:
            log.warning("engine away: %s", error)
            return False
        except EngineError as error:
            log.error("message %s: %s", job.message_id, error)
            return await asyncio.to_thread(self._refused, job.message_id)
        await asyncio.to_thread(self._store, conversation_id, job, turn)
        self.changed.ring(conversation_id)
        return True

    def _store(self, conversation_id: str, job: _Job, turn: Turn) -> None:
        with self._database.write() as session:
            stored = answer(session, job.message_id, turn.messages, turn.understanding, job.attended)
        if stored is None:
            self._forget(conversation_id)
        else:
            safety = turn.understanding.get("safety") or {}
            self._answered(job.channel, str(safety.get("level") or "none"))

    def _refused(self, message_id: str) -> bool:
        with self._database.write() as session:
            return fail(session, message_id, REFUSALS)

    def _is_settled(self, message_id: str) -> bool:
        with self._database.read() as session:
            status = session.execute(select(Message.status).where(Message.id == message_id)).scalar_one_or_none()
        return bool(status != "received")

    def _next(self, conversation_id: str) -> _Job | None:
        with self._database.read() as session:
            row = session.execute(
                select(Message, Conversation.locale, Conversation.channel)
                .join(Conversation, Conversation.id == Message.conversation_id)
                .where(Message.conversation_id == conversation_id, Message.status == "received")
                .order_by(Message.seq)
                .limit(1)
            ).first()
            if row is None:
                return None
            message, locale, channel = row
            before = () if message.command else tuple(words_before(session, message))
            # Also what came before the person did, while the engine was away: it is theirs to answer now.
            attended = message.attended or current(session, conversation_id) is not None
            return _Job(message.id, message.command or message.text, channel, locale, before, attended)

    def _lease(self, conversation_id: str) -> bool:
        now = utcnow()
        free = or_(
            Conversation.lease_until.is_(None), Conversation.lease_until < now, Conversation.lease_owner == self.id
        )
        with self._database.write() as session:
            result = session.execute(
                update(Conversation)
                .where(Conversation.id == conversation_id, Conversation.erased_at.is_(None), free)
                .values(lease_owner=self.id, lease_until=now + LEASE)
                .execution_options(synchronize_session=False)
            )
            taken: int = result.rowcount
        return taken > 0

    async def _renew(self, conversation_id: str) -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            with contextlib.suppress(Exception):  # a store that is away for a moment must not end the turn
                await asyncio.to_thread(self._lease, conversation_id)

    def _release(self, conversation_id: str) -> None:
        with self._database.write() as session:
            session.execute(
                update(Conversation)
                .where(Conversation.id == conversation_id, Conversation.lease_owner == self.id)
                .values(lease_owner=None, lease_until=None)
                .execution_options(synchronize_session=False)
            )

    def _release_all(self) -> None:
        with self._database.write() as session:
            session.execute(
                update(Conversation)
                .where(Conversation.lease_owner == self.id)
                .values(lease_owner=None, lease_until=None)
                .execution_options(synchronize_session=False)
            )

    async def _sweep_forever(self) -> None:
        while True:
            await asyncio.sleep(self._sweep_seconds)
            try:
                await self.sweep()
            except Exception:
                log.exception("sweep failed; the next one comes in %s s", self._sweep_seconds)

    async def sweep(self) -> int:
        """Answer what waits and nobody holds, the oldest first; gives the number of conversations tried.

        Stops at the first sign that the engine is away, so that an outage costs one attempt a sweep.
        """
        tried = 0
        for conversation_id in await asyncio.to_thread(self._waiting):
            tried += 1
            if not await self.submit(conversation_id) and not await self._engine.is_ready():
                break
        return tried

    def _waiting(self) -> list[str]:
        now = utcnow()
        with self._database.read() as session:
            rows = session.execute(
                select(Message.conversation_id)
                .join(Conversation, Conversation.id == Message.conversation_id)
                .where(
                    Message.status == "received",
                    Message.at < now - timedelta(seconds=self._sweep_seconds / 2),
                    or_(Conversation.lease_until.is_(None), Conversation.lease_until < now),
                )
                .order_by(Message.at)
                .limit(SWEEP_BATCH)
            ).scalars()
            return list(dict.fromkeys(rows))


class Bell:
    """Wakes those in this process who wait for news of a conversation; other processes' news is found by polling."""

    def __init__(self) -> None:
        self._waiters: dict[str, set[asyncio.Event]] = {}

    def ring(self, conversation_id: str) -> None:
        """Something was stored."""
        for event in self._waiters.get(conversation_id, ()):
            event.set()

    async def wait(self, conversation_id: str, seconds: float) -> None:
        """Until the next ring, at most so long."""
        event = asyncio.Event()
        waiters = self._waiters.setdefault(conversation_id, set())
        waiters.add(event)
        try:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(event.wait(), seconds)
        finally:
            waiters.discard(event)
            if not waiters:
                self._waiters.pop(conversation_id, None)


__all__ = ["Bell", "Dispatcher", "Outcome"]

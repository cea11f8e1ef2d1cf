"""The worker's loop: claim what is due, deliver it, write down how it went; until it is told to stop."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event

from prometheus_client import Counter, start_http_server
from sqlalchemy.orm import Session

from bot.conversations import purge
from bot.handoff import outbox, purge_leads
from bot.handoff.escalation import escalate_due
from bot.handoff.expiry import end_expired
from bot.handoff.ladder import supervisors
from bot.handoff.outbox import Item, RejectedForGood
from bot.handoff.staff import StaffNotice, notify_staff
from bot.program import current_program
from bot.program.transfer import NoProgramError
from bot.reconciliation import is_due, reconcile
from bot.settings import Settings, settings
from bot.store import Database, database, utcnow
from bot.worker.alarm import tell_due
from bot.worker.attending import attend_due
from bot.worker.claims import give_back_of_dead, new_name
from bot.worker.delivery import Deliver, VisitorGateway, conversation_gateway, deliverer

log = logging.getLogger(__name__)

PAUSE_SECONDS = 0.5
"""Between two looks at an empty outbox; half of it is what the median e-mail waits."""
ESCALATE_EVERY = timedelta(seconds=10)
PURGE_EVERY = timedelta(hours=1)
BALANCE_EVERY = timedelta(minutes=10)
"""Between two looks whether the daily reconciliation is due; when it ran last stands in the store."""
UNDELIVERED = "undelivered"
DELIVERIES = Counter("firststep_deliveries_total", "Delivery attempts by kind and outcome.", ["kind", "outcome"])

Forget = Callable[[list[str]], None]
"""Erases the engine's memory of these conversations."""


class Worker:
    """One worker; any number may run at once, in one process or many."""

    def __init__(
        self,
        store: Database,
        config: Settings,
        deliver: Deliver,
        *,
        clock: Callable[[], datetime] = utcnow,
        forget: Forget | None = None,
    ) -> None:
        self.store, self.config, self.deliver, self.clock, self.forget = store, config, deliver, clock, forget
        self.name = new_name()
        self._escalate_at = self._purge_at = self._balance_at = clock()

    def step(self) -> int:
        """One round: ladder and purge when it is their time, then the due deliveries; gives how many."""
        now = self.clock()
        if now >= self._escalate_at:
            self._escalate_at = now + ESCALATE_EVERY
            with self.store.write() as session:
                give_back_of_dead(session, self.name)
                escalate_due(session, now)
        if now >= self._purge_at:
            self._purge_at = now + PURGE_EVERY
            self._purge(now)
        if now >= self._balance_at:
            self._balance_at = now + BALANCE_EVERY
            self._reconcile(now)
        with self.store.write() as session:
            tell_due(session, self.config, now)
        attend_due(self.store, self.config, now)
        # One at a time: a slow server must not eat the leases of the items behind it.
        items = outbox.claim_due(self.store, self.name, now, limit=1)
        for item in items:
            self._deliver(item)
        return len(items)

    def _deliver(self, item: Item) -> None:
        if not outbox.still_wanted(self.store, item, self.name):
            return
        try:
            where = self.deliver(item)
        except Exception as error:  # whatever fails, the item must be given back
            self._failed(item, error)
            return
        with self.store.write() as session:
            outbox.mark_sent(session, item, self.name, self.clock())
        DELIVERIES.labels(item.kind, "sent").inc()
        log.info("delivered %s (attempt %d): %s", item.kind, item.attempt, where)

    def _failed(self, item: Item, error: Exception) -> None:
        # The class and the item only: a server's answer may quote an address.
        with self.store.write() as session:
            now, said = self.clock(), f"{type(error).__name__}: {error}"
            for_good = isinstance(error, RejectedForGood)
            state = outbox.mark_failed(session, item, self.name, now, said, for_good=for_good)
            if state == "dead":
                path = f"/console/leads/{item.lead_id}" if item.lead_id else "/console/leads"
                _alarm(session, item, path, now)
        DELIVERIES.labels(item.kind, "dead" if state == "dead" else "failed").inc()
        if state == "dead":
            log.error("gave up %s %s after %d attempts: %s", item.kind, item.id, item.attempt, type(error).__name__)
        else:
            log.warning("%s %s failed (attempt %d): %s", item.kind, item.id, item.attempt, type(error).__name__)

    def _purge(self, now: datetime) -> None:
        while True:
            with self.store.write() as session:
                gone = purge(session, self.config.retention_days, now)
            if not gone:
                break
            if self.forget:
                self.forget(gone)
        with self.store.write() as session:
            end_expired(session, now)
        with self.store.write() as session:
            purge_leads(session, self.config.retention_days, now)

    def _reconcile(self, now: datetime) -> None:
        with self.store.read() as session:
            due = is_due(session, now)
        if not due:
            return
        try:
            reconcile(self.store, self.config.retention_days, now, f"daily:{now.date()}")
        except Exception:  # deliveries go on; that it was missed shows in its age
            log.exception("the daily reconciliation could not be made")


def _alarm(session: Session, item: Item, path: str, now: datetime) -> None:
    """Tell open consoles, and the supervisors by e-mail, unless it is such an e-mail that could not be delivered."""
    key = f"dead:{item.id}:{now.isoformat()}"
    notify_staff(session, StaffNotice("console", "read_leads", UNDELIVERED, path), key, now, item.lead_id)
    if item.payload.get("about") == UNDELIVERED:
        return
    try:
        program = current_program(session)
    except NoProgramError:
        return
    fields = {"provider": program.provider.name}
    for person in supervisors(program):
        notice = StaffNotice("email", person.email, UNDELIVERED, path, fields)
        notify_staff(session, notice, f"{key}:{person.id}", now)


def run(stop: Event, *, gateway: VisitorGateway | None = None, forget: Forget | None = None) -> None:
    """Work until `stop` is set; the delivery under way is finished first. A store that is away is waited for."""
    store, config = database(), settings()
    if not config.smtp_url:
        log.info("no FIRSTSTEP_SMTP_URL: e-mail goes to the folder %s", config.data_dir / "mail")
    worker = Worker(store, config, deliverer(config, gateway or conversation_gateway(store)), forget=forget)
    if config.worker_metrics_port:
        try:
            start_http_server(config.worker_metrics_port, "127.0.0.1")
        except OSError as error:  # another worker of this machine has it: metrics are no reason not to deliver
            log.warning("no metrics on port %d: %s", config.worker_metrics_port, error.strerror)
    log.info("worker started")
    while not stop.is_set():
        try:
            busy = worker.step() > 0
        except Exception:  # the store may come back; leases keep what was claimed
            log.exception("a round of the worker failed; trying again")
            stop.wait(5)
            continue
        if not busy:
            stop.wait(PAUSE_SECONDS)
    log.info("worker stopped")

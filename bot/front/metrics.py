"""Prometheus metrics of the front. No label holds anything about a person."""

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest
from sqlalchemy import func, select
from starlette.responses import Response

from bot.conversations import Message
from bot.handoff import outbox
from bot.store import Database, utcnow

REQUESTS = Counter("firststep_http_requests_total", "HTTP requests answered.", ["method", "endpoint", "status"])
SECONDS = Histogram(
    "firststep_http_request_seconds",
    "Time to the first byte of an answer.",
    ["endpoint"],
    buckets=(0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15),
)
ANSWERED = Counter("firststep_messages_answered_total", "Visitors' messages answered.", ["channel", "safety"])
WAITING = Gauge("firststep_messages_waiting", "Visitors' messages that the engine has not answered yet.")
OLDEST = Gauge("firststep_oldest_waiting_seconds", "Age of the oldest message that waits; 0 when none does.")
SMS_DUE = Gauge("firststep_sms_due", "Texts that are due and not sent yet.")


OUTBOX = Gauge("firststep_outbox_items", "Messages of the hand-off by state; dead ones were given up.", ["state"])
OUTBOX_OLDEST = Gauge("firststep_outbox_oldest_due_seconds", "How long the outbox's oldest due message has waited.")


def answered(channel: str, safety: str) -> None:
    """Count one answered message."""
    ANSWERED.labels(channel, safety).inc()


def exposition(database: Database) -> Response:
    """All metrics in Prometheus' text format; what is stored is counted now."""
    now = utcnow()
    with database.read() as session:
        count, oldest = session.execute(
            select(func.count(Message.id), func.min(Message.at)).where(Message.status == "received")
        ).one()
        due = session.execute(
            select(func.count(Message.id)).where(Message.delivery.in_(("pending", "claimed")), Message.due_at <= now)
        ).scalar_one()
        outbox_counts, oldest_due = outbox.counts(session), outbox.oldest_due(session, now)
    for state, number in outbox_counts.items():
        OUTBOX.labels(state).set(number)
    OUTBOX_OLDEST.set((now - oldest_due).total_seconds() if oldest_due else 0)
    WAITING.set(count)
    OLDEST.set((now - oldest).total_seconds() if oldest else 0)
    SMS_DUE.set(due)
    return Response(generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

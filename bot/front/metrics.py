"""Prometheus metrics of the front. No label holds anything about a person."""

from datetime import datetime
from math import nan

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest
from sqlalchemy import func, select
from starlette.responses import Response

from bot.conversations import Message, referrals
from bot.conversations.alerts import open_count
from bot.handoff import outbox, speed
from bot.reconciliation import latest
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


REFERRALS = Gauge(
    "firststep_crisis_referrals", "Messages that were answered with numbers, ever.", ["channel", "level", "category"]
)
ALERTS = Gauge("firststep_alerts_open", "Emergencies that nobody has acknowledged.")
OUTBOX = Gauge("firststep_outbox_items", "Messages of the hand-off by state; dead ones were given up.", ["state"])
OUTBOX_OLDEST = Gauge("firststep_outbox_oldest_due_seconds", "How long the outbox's oldest due message has waited.")

LEAD_SECONDS = Gauge(
    "firststep_lead_seconds",
    "Time from a stored request to its claim and first contact, requests of the last 30 days.",
    ["step", "channel", "quantile"],
)
LEADS_IN_TIME = Gauge(
    "firststep_leads_in_time_ratio", "Share of requests that came to this step by their due time.", ["step", "channel"]
)
UNCLAIMED = Gauge("firststep_leads_unclaimed", "Requests that nobody has now.", ["channel"])
UNCLAIMED_OLDEST = Gauge("firststep_leads_oldest_unclaimed_seconds", "Age of the oldest of them; 0: none.", ["channel"])
LEADS_GIVEN_UP = Gauge("firststep_leads_dead_letters", "Messages about requests that were given up.", ["channel"])
BALANCE_FOUND = Gauge("firststep_reconciliation_findings", "What did not fit in the last reconciliation.")
BALANCE_AT = Gauge("firststep_reconciliation_timestamp_seconds", "When the last reconciliation was made; 0: never.")


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
        kinds, alerts = referrals.by_kind(session), open_count(session)
        outbox_counts, oldest_due = outbox.counts(session), outbox.oldest_due(session, now)
        _leads(speed.figures(session, now), now)
        balance = latest(session)
    BALANCE_FOUND.set(balance.found if balance else 0)
    BALANCE_AT.set(balance.at.timestamp() if balance else 0)
    for channel, level, category, number in kinds:
        REFERRALS.labels(channel, level, category).set(number)
    ALERTS.set(alerts)
    for state, number in outbox_counts.items():
        OUTBOX.labels(state).set(number)
    OUTBOX_OLDEST.set((now - oldest_due).total_seconds() if oldest_due else 0)
    WAITING.set(count)
    OLDEST.set((now - oldest).total_seconds() if oldest else 0)
    SMS_DUE.set(due)
    return Response(generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})


def _leads(figures: dict[str, speed.Figures], now: datetime) -> None:
    for channel, of in figures.items():
        for step, times in (("claim", of.claim), ("contact", of.contact)):
            for quantile, value in (("0.5", times.p50), ("0.9", times.p90)):
                LEAD_SECONDS.labels(step, channel, quantile).set(nan if value is None else value)
            share = times.share_in_time
            LEADS_IN_TIME.labels(step, channel).set(nan if share is None else share)
        UNCLAIMED.labels(channel).set(of.unclaimed)
        UNCLAIMED_OLDEST.labels(channel).set((now - of.oldest).total_seconds() if of.oldest else 0)
        LEADS_GIVEN_UP.labels(channel).set(of.given_up)

"""The check itself: reads, compares, changes nothing.

Retention and erasing are part of the rules: a transcript that is gone promises nothing any more, and a delivered
message is asked for only as long as it is kept. What is still owed is never deleted, so it is asked for at any age.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversations import Conversation, Message
from bot.handoff import Consent, Lead, LeadEvent, OutboxItem, State
from bot.handoff.models import LeadLink
from bot.handoff.outbox import VISITOR_MESSAGE
from bot.handoff.retention import outbox_kept_since
from bot.reconciliation.findings import Finding, Report

PROMISE = re.compile(r"\bcode (?:is )?([A-HJKMNP-Z2-9]{6})\b")
"""How the assistant names a stored request (bot.handoff.wording, bot.handoff.status)."""
GRACE = timedelta(minutes=15)
"""A turn that is under way, or waits for an engine that starts, is no finding yet."""
OVERDUE = timedelta(hours=6)
"""Longer than all attempts on a message together take."""
MARGIN = timedelta(hours=3)
"""The purge runs every hour; what it is about to delete is not asked for any more."""
EVER = datetime.min.replace(tzinfo=UTC)
BATCH = 500
LEADS_TO = {state.value: state for state in State} | {"declined": State.NEW}
"""The state that an event of this kind leaves a lead in; other kinds change none."""
TOLD = {"claimed": "claimed", "declined": "declined"}
"""Steps of a professional that the visitor hears of, and how the message's key begins."""


@dataclass(frozen=True)
class _Promise:
    ref: str
    conversation_id: str
    message_id: str


def check(session: Session, retention_days: int, now: datetime) -> Report:
    """Hold the three witnesses against each other."""
    since = max(now - timedelta(days=retention_days), outbox_kept_since(session) or EVER) + MARGIN
    promises = list(_promises(session))
    leads = {
        row.id: row
        for row in session.execute(
            select(
                Lead.id,
                Lead.ref,
                Lead.conversation_id,
                Lead.state,
                Lead.offer,
                Lead.professional_id,
                Lead.created_at,
                Lead.channel,
                Lead.safe_text,
                Lead.test,
            )
        )
    }
    history: dict[str, list[Any]] = defaultdict(list)
    for event in session.execute(
        select(LeadEvent.lead_id, LeadEvent.kind, LeadEvent.at)
        .where(LeadEvent.kind.in_(LEADS_TO))
        .order_by(LeadEvent.id)
    ):
        history[event.lead_id].append(event)
    outbox = {
        row.idempotency_key: row
        for row in session.execute(
            select(
                OutboxItem.id,
                OutboxItem.idempotency_key,
                OutboxItem.kind,
                OutboxItem.lead_id,
                OutboxItem.state,
                OutboxItem.due_at,
            )
        )
    }
    findings = [
        *_said_and_stored(session, promises, leads, now),
        *_whole(session, leads, history),
        *_delivered(leads, history, outbox, since),
        *_outcome(session, leads, outbox, now),
    ]
    offers = [row.state for key, row in outbox.items() if key.startswith("offer:")]
    return Report(
        len({promise.ref for promise in promises}),
        len(leads),
        offers.count("sent"),
        offers.count("pending"),
        tuple(findings),
    )


def _promises(session: Session) -> Iterator[_Promise]:
    """Every code that the assistant has named in a transcript that is still there."""
    seen: set[tuple[str, str]] = set()
    rows = session.execute(
        select(Message.id, Message.conversation_id, Message.text)
        .where(Message.author == "assistant", Message.in_reply_to.is_not(None), Message.kind == "turn")
        .execution_options(yield_per=BATCH)
    )
    for row in rows:
        for ref in PROMISE.findall(row.text):
            if (ref, row.conversation_id) not in seen:
                seen.add((ref, row.conversation_id))
                yield _Promise(ref, row.conversation_id, row.id)


def _said_and_stored(
    session: Session, promises: list[_Promise], leads: dict[str, Any], now: datetime
) -> Iterator[Finding]:
    links = session.execute(select(LeadLink.lead_id, LeadLink.ref, LeadLink.conversation_id, LeadLink.at)).all()
    stored = {row.ref for row in (*leads.values(), *links)}
    for promise in promises:
        if promise.ref not in stored:
            yield Finding(
                "promise_without_lead",
                ref=promise.ref,
                conversation_id=promise.conversation_id,
                message_id=promise.message_id,
            )
    said = {promise.ref for promise in promises}
    requests = [
        *((lead.id, lead.ref, lead.conversation_id, lead.created_at) for lead in leads.values()),
        *((link.lead_id, link.ref, link.conversation_id, link.at) for link in links),
    ]
    silent = [request for request in requests if request[1] not in said and request[3] < now - GRACE]
    there = _transcripts(session, [conversation_id for _, _, conversation_id, _ in silent])
    for lead_id, ref, conversation_id, _ in silent:
        if conversation_id in there:
            yield Finding("lead_without_promise", lead_id, ref, conversation_id)


def _transcripts(session: Session, conversation_ids: list[str]) -> set[str]:
    """Those of these conversations whose transcript is there: neither erased nor past its time."""
    there: set[str] = set()
    for start in range(0, len(conversation_ids), BATCH):
        there |= set(
            session.execute(
                select(Conversation.id).where(
                    Conversation.id.in_(conversation_ids[start : start + BATCH]), Conversation.erased_at.is_(None)
                )
            ).scalars()
        )
    return there


def _whole(session: Session, leads: dict[str, Any], history: dict[str, list[Any]]) -> Iterator[Finding]:
    """Nothing of a lead is there without the lead; its state and its recipient are those of its records."""
    recipients: dict[str, set[str]] = defaultdict(set)
    for consent in session.execute(select(Consent.lead_id, Consent.recipient_id)):
        recipients[consent.lead_id].add(consent.recipient_id)
    traces = set(recipients)
    for column in (LeadEvent.lead_id, OutboxItem.lead_id, LeadLink.lead_id):
        traces |= set(session.execute(select(column).where(column.is_not(None)).distinct()).scalars())
    yield from (Finding("trace_without_lead", lead_id) for lead_id in sorted(traces - set(leads)))
    for lead in leads.values():
        events = history[lead.id]
        if not events or LEADS_TO[events[-1].kind] != lead.state:
            yield Finding("state_not_in_history", lead.id, lead.ref)
        if lead.offer and lead.professional_id not in recipients[lead.id]:
            yield Finding("offer_without_consent", lead.id, lead.ref)


def _delivered(
    leads: dict[str, Any], history: dict[str, list[Any]], outbox: dict[str, Any], since: datetime
) -> Iterator[Finding]:
    """The latest offer, and each step that a visitor hears of, has its message: sent, owed, given up or cancelled."""
    for lead in leads.values():
        offer, offered_at = 0, None
        told = lead.channel != "sms" or lead.safe_text is not False
        for event in history[lead.id]:
            if event.kind == State.OFFERED:
                offer, offered_at = offer + 1, event.at
            elif event.kind in TOLD and told and event.at != offered_at:  # else the visitor's own yes, said in the chat
                missing = f"{TOLD[event.kind]}:{lead.id}:{offer}" not in outbox
                if missing and event.at > since:
                    yield Finding("step_without_message", lead.id, lead.ref)
        if offered_at and offered_at > since and not lead.test and f"offer:{lead.id}:{offer}" not in outbox:
            yield Finding("offer_without_message", lead.id, lead.ref)


def _outcome(session: Session, leads: dict[str, Any], outbox: dict[str, Any], now: datetime) -> Iterator[Finding]:
    """What is owed is not forgotten; what counts as delivered to a visitor is in the conversation."""
    keys = set(session.execute(select(Message.client_id).where(Message.kind == "post")).scalars())
    for row in outbox.values():
        ref = leads[row.lead_id].ref if row.lead_id in leads else None
        if row.state == "dead":
            yield Finding("message_given_up", row.lead_id, ref, message_id=row.id)
        elif row.state == "pending" and row.due_at < now - OVERDUE:
            yield Finding("message_overdue", row.lead_id, ref, message_id=row.id)
        elif row.kind == VISITOR_MESSAGE and row.state == "sent" and f"p:{row.idempotency_key}:0" not in keys:
            conversation = _conversation_of(session, row.id)
            if conversation:  # an erased chat gets no messages, and that is right
                yield Finding("message_not_in_chat", row.lead_id, ref, conversation, row.id)


def _conversation_of(session: Session, item_id: str) -> str | None:
    """Where a message to the visitor belongs; None when that conversation is not there any more."""
    item = session.get(OutboxItem, item_id)
    conversation = session.get(Conversation, item.payload["conversation_id"]) if item else None
    return None if conversation is None or conversation.erased_at is not None else str(conversation.id)

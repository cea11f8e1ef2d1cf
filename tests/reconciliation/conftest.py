"""Stores with a request that went its whole way, as the product itself writes it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import time_machine

from bot.conversations import answer, open_conversation, receive
from bot.handoff.links import Link
from bot.settings import settings
from bot.store import Database
from bot.worker import Worker
from bot.worker.delivery import conversation_gateway, deliverer
from tests.handoff.conftest import MONDAY, any_store, opened, own_settings, program, store

__all__ = ["any_store", "own_settings", "program", "store"]


@dataclass(frozen=True)
class Case:
    """One visitor's request."""

    conversation_id: str
    lead_id: str
    ref: str
    link: Link


def case(database: Database, now: datetime = MONDAY, *, told: bool = True, contact: str = "") -> Case:
    """A conversation, its stored request, and (when `told`) the words in which the visitor hears of it.

    Without `contact` the visitor has an address of their own.
    """
    with time_machine.travel(now, tick=False):
        with database.write() as session:
            conversation_id = str(open_conversation(session, "web")[0].id)
        lead = opened(database, conversation_id, now, contact=contact or f"{conversation_id[:8]}@example.org")
        with database.write() as session:
            received = receive(session, conversation_id, "yes", "yes")
            assert received is not None
            replies = [{"text": lead.say.web}] if told else [{"text": "One moment please."}]
            answer(session, str(received.message.id), replies, {"topic": "affirm"})
    return Case(conversation_id, lead.lead_id, lead.ref, Link(lead.lead_id, lead.professional.id, 1))


def deliver(database: Database, now: datetime = MONDAY) -> None:
    """Everything that is due, by the worker's own code."""
    with time_machine.travel(now, tick=False):
        done = Worker(database, settings(), deliverer(settings(), conversation_gateway(database)), clock=lambda: now)
        while done.step():
            pass


LATER = MONDAY + timedelta(hours=1)
"""When the check looks: nothing is under way any more."""

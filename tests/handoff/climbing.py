"""What the tests of the ladder share: steps at a moment, and what they left behind."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from bot.handoff import Lead, LeadEvent, OutboxItem
from bot.handoff.escalation import escalate_due
from bot.handoff.handover import Answer, question_key, volunteer, waiting_path
from bot.handoff.handover_answer import answer_question
from bot.handoff.links import Link, read_waiting
from bot.handoff.models import HandoverRequest
from bot.handoff.outbox import EMAIL_PROFESSIONAL, VISITOR_MESSAGE
from bot.handoff.reading import person_of
from bot.handoff.wording import Say
from bot.program import Profile
from bot.store import Database
from tests.handoff.conftest import MONDAY


def after(minutes: float) -> datetime:
    """So many minutes after Monday noon."""
    return MONDAY + timedelta(minutes=minutes)


def step(database: Database, now: datetime) -> int:
    with database.write() as session:
        return escalate_due(session, now)


def steps(database: Database, until: datetime) -> list[datetime]:
    """Take every step at its own moment until then, as a worker that never sleeps would; gives the moments."""
    moments: list[datetime] = []
    while True:
        with database.read() as session:
            due = session.execute(select(Lead.next_rung_at).where(Lead.next_rung_at <= until)).scalar_one_or_none()
        if due is None:
            return moments
        assert step(database, due) == 1
        moments.append(due)
        assert len(moments) < 50, "it never ends"


def the_lead(database: Database) -> Lead:
    with database.read() as session:
        return session.execute(select(Lead)).scalar_one()


def events(database: Database, *kinds: str) -> list[tuple[str, str | None]]:
    """The lead's events as kind and note; only of these kinds when some are given."""
    with database.read() as session:
        found = session.execute(select(LeadEvent).order_by(LeadEvent.id)).scalars().all()
    return [(event.kind, event.note) for event in found if not kinds or event.kind in kinds]


def mails(database: Database) -> list[tuple[str, str]]:
    """E-mails to staff, in order: what about, and who."""
    with database.read() as session:
        items = session.execute(
            select(OutboxItem).where(OutboxItem.kind == EMAIL_PROFESSIONAL).order_by(OutboxItem.created_at)
        ).scalars()
        return [(item.payload["about"], item.payload["to"].partition("@")[0]) for item in items]


def payloads(database: Database) -> list[dict[str, Any]]:
    with database.read() as session:
        return [item.payload for item in session.execute(select(OutboxItem)).scalars() if item.kind != VISITOR_MESSAGE]


def told(database: Database) -> list[str]:
    """What visitors were told, in order."""
    with database.read() as session:
        items = session.execute(
            select(OutboxItem).where(OutboxItem.kind == VISITOR_MESSAGE).order_by(OutboxItem.created_at)
        ).scalars()
        return [item.payload["text"] for item in items]


def waiting_link(database: Database, program: Profile, person_id: str) -> Link:
    """The link that the ladder has sent, or would have sent, to this person."""
    person = person_of(program, person_id)
    assert person is not None
    return read_waiting(waiting_path(the_lead(database), person).rpartition("/")[2])


def offers(database: Database, program: Profile, person_id: str, now: datetime) -> Answer:
    """This person says "I can take it"."""
    with database.write() as session:
        return volunteer(session, waiting_link(database, program, person_id), now)


def posted(database: Database, now: datetime) -> None:
    """A worker has brought the open question to the visitor."""
    with database.write() as session:
        question = session.execute(select(HandoverRequest).where(HandoverRequest.state == "asked")).scalar_one()
        item = session.execute(
            select(OutboxItem).where(OutboxItem.idempotency_key == question_key(question))
        ).scalar_one()
        item.state, item.sent_at = "sent", now


def says(database: Database, yes: bool, now: datetime, message: str = "m1") -> Say | None:
    """The visitor answers."""
    with database.write() as session:
        return answer_question(session, "c1", yes, message, now)

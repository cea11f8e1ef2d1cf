"""What happens when nobody says "I have it": one reminder to the person whom the consent names, once the time is up.

The reminder is a row of the outbox and `reminded_at` of the lead, written together, so that it survives any restart.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.handoff.history import record
from bot.handoff.models import Lead
from bot.handoff.notices import mail
from bot.handoff.reading import person_of
from bot.handoff.states import State
from bot.program.transfer import current_program


def remind_due(session: Session, now: datetime, limit: int = 50) -> int:
    """Queue a reminder for each lead that is past its due time and unanswered; gives how many."""
    leads = (
        session.execute(
            select(Lead)
            .where(Lead.state == State.OFFERED.value, Lead.due_at <= now, Lead.reminded_at.is_(None))
            .order_by(Lead.due_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        .scalars()
        .all()
    )
    if not leads:
        return 0
    program = current_program(session)
    for lead in leads:
        lead.reminded_at = now
        person = person_of(program, lead.professional_id)
        if person is None:
            record(session, lead, "worker", "overdue", now, "the profile no longer names this professional")
            continue
        mail(session, lead, person, program, "reminder", f"reminder:{lead.id}:{lead.offer}", now)
        record(session, lead, "worker", "reminded", now, f"to {person.id}")
    return len(leads)

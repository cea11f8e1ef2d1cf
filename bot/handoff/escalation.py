"""What happens when nobody says "I have it", and when whoever has it does not get in touch.

A worker takes the step that is due: everything that it decides (who was told, the messages in the outbox, the events,
the time of the next step) is written in one transaction, so a restart finds the ladder where it stood and goes on.
Rows are claimed with SKIP LOCKED and every lead has a version: of several workers one takes a step.

Only the owner is named in the visitor's consent. Whoever is told beyond them learns that a request waits and since
when, and gets a link on which they can say "I can take it" (bot.handoff.handover).
"""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.handoff import ladder_words as words
from bot.handoff.handover import MOST_QUESTIONS, open_question, refusals, waiting_path
from bot.handoff.history import record
from bot.handoff.hours import due
from bot.handoff.ladder import Rung, next_at_work, rungs, supervisors
from bot.handoff.models import LadderNotice, Lead
from bot.handoff.notices import mail, tell_person, tell_visitor
from bot.handoff.proposals import declined_by
from bot.handoff.reading import person_of
from bot.handoff.states import State
from bot.program.calendar import schedule_of
from bot.program.profile import Professional, Profile
from bot.program.transfer import current_program

WAITING = (State.NEW.value, State.OFFERED.value)


def escalate_due(session: Session, now: datetime, limit: int = 50) -> int:
    """Take the step that is due for each lead whose time has come; gives how many leads."""
    leads = (
        session.execute(
            select(Lead)
            .where(Lead.next_rung_at <= now, Lead.state.in_((*WAITING, State.CLAIMED.value)))
            .order_by(Lead.next_rung_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        )
        .scalars()
        .all()
    )
    if not leads:
        return 0
    program = current_program(session)
    for lead in leads:
        if lead.state in WAITING:
            _climb(session, lead, program, now)
        else:
            _press(session, lead, program, now)
    session.flush()
    return len(leads)


def _climb(session: Session, lead: Lead, program: Profile, now: datetime) -> None:
    """The next person of the ladder who can help now is told; without one, the visitor is told the truth."""
    ladder = rungs(program, lead.professional_id)
    if lead.state == State.OFFERED and lead.reminded_at is None:
        _remind(session, lead, program, now)
    opens = next_at_work(program, ladder, now)
    if opens is not None and opens > now:
        _wait(session, lead, program, opens, now)
        return
    asking_helps = refusals(session, lead) < MOST_QUESTIONS
    for number in range(int(lead.rung) + 1, len(ladder) if asking_helps else 0):
        rung, person = ladder[number], person_of(program, ladder[number].person_id)
        skipped = _cannot(session, lead, program, rung, person, now)
        if person is None or skipped:
            record(session, lead, "worker", "rung_skipped", now, f"{rung}: {skipped}")
            continue
        _tell(session, lead, program, rung, person, now)
        lead.rung, lead.next_rung_at = number, now + timedelta(minutes=rung.minutes)
        return
    _end(session, lead, program, len(ladder), asking_helps, now)


def _remind(session: Session, lead: Lead, program: Profile, now: datetime) -> None:
    lead.reminded_at = now
    person = person_of(program, lead.professional_id)
    if person is None:
        record(session, lead, "worker", "overdue", now, "the profile no longer names this professional")
        return
    mail(session, lead, person, program, "reminder", f"reminder:{lead.id}:{lead.climb}", now)
    record(session, lead, "worker", "reminded", now, f"owner {person.id}")


def _cannot(
    session: Session, lead: Lead, program: Profile, rung: Rung, person: Professional | None, now: datetime
) -> str:
    """Why this rung is passed over; empty when it is not."""
    if person is None:
        return "not in the profile"
    if person.id in declined_by(session, lead):
        return "cannot take it"
    if rung.role != "on_call" and not schedule_of(program, person).is_open(now):
        return "not at work"
    return ""


def _tell(session: Session, lead: Lead, program: Profile, rung: Rung, person: Professional, now: datetime) -> None:
    session.add(LadderNotice(lead_id=lead.id, climb=lead.climb, professional_id=person.id, role=rung.role, at=now))
    about = "waiting" if lead.state == State.OFFERED else "given_back"
    key = f"rung:{lead.id}:{lead.climb}:{person.id}"
    tell_person(session, lead, person, program, about, waiting_path(lead, person), key, now)
    record(session, lead, "worker", "escalated", now, str(rung))


def _wait(session: Session, lead: Lead, program: Profile, opens: datetime, now: datetime) -> None:
    """Nobody of the ladder is at work: the visitor hears when somebody is, and the ladder begins anew then."""
    if open_question(session, lead) is None:  # else the visitor knows who can take it, and only has to answer
        say = words.nobody_now(program, opens, lead.zip, now)
        tell_visitor(session, lead, program, say, f"waits:{lead.id}:{lead.climb}", now)
    record(session, lead, "worker", "ladder_waits", now, f"until {opens.isoformat(timespec='minutes')}")
    lead.climb, lead.rung, lead.reminded_at = lead.climb + 1, 0, None
    lead.next_rung_at = opens
    if lead.state == State.OFFERED:
        lead.due_at = lead.next_rung_at = opens + timedelta(minutes=program.hand_off.claim_minutes)


def _end(session: Session, lead: Lead, program: Profile, rung: int, tell: bool, now: datetime) -> None:
    """Nobody is left to ask. `tell` the visitor, unless they have just heard it: a second no is answered with that."""
    lead.rung, lead.next_rung_at = rung, None
    owner = person_of(program, lead.professional_id) if lead.state == State.OFFERED else None
    question = open_question(session, lead)
    offers = person_of(program, question.professional_id) if question else None
    if tell:
        say = words.nobody_answered(program, owner, offers, now)
        tell_visitor(session, lead, program, say, f"unanswered:{lead.id}:{lead.climb}", now)
    record(session, lead, "worker", "ladder_ended", now)
    for person in supervisors(program):
        key = f"unanswered:{lead.id}:{lead.climb}:{person.id}"
        tell_person(session, lead, person, program, "unanswered", f"/console/leads/{lead.id}", key, now)


def _press(session: Session, lead: Lead, program: Profile, now: datetime) -> None:
    """Claimed and not contacted in time: the owner is reminded once, then a supervisor and the visitor are told."""
    owner = person_of(program, lead.professional_id)
    path, key = f"/console/leads/{lead.id}", f"{lead.id}:{lead.offer}:{lead.climb}"
    if lead.rung == 0 and owner is not None:
        mail(session, lead, owner, program, "contact_reminder", f"contact_reminder:{key}", now)
        record(session, lead, "worker", "contact_reminded", now, f"owner {owner.id}")
        rules = program.hand_off
        later = due(schedule_of(program, owner), now, rules.contact_minutes, rules.opening_minutes)
        lead.rung, lead.next_rung_at = 1, later.at
        return
    told = supervisors(program, but=lead.professional_id)
    for person in told:
        tell_person(session, lead, person, program, "not_contacted", path, f"not_contacted:{key}:{person.id}", now)
    note = f"supervisor {', '.join(person.id for person in told)}" if told else "nobody to tell"
    record(session, lead, "worker", "contact_overdue", now, note)
    if owner is not None:
        tell_visitor(session, lead, program, words.late(program, owner), f"late:{key}", now, linked=False)
    lead.rung, lead.next_rung_at = 2, None

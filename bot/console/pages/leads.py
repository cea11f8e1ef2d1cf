"""The list of leads and one lead: where it stands, what was agreed to, and what was sent."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from bot.console import sessions
from bot.console.masking import Mask, Open
from bot.console.pages.joined import joined_requests, names_of
from bot.console.pages.unmasking import checked_reason
from bot.console.paging import Pager, page_number
from bot.console.visit import Visit
from bot.conversations import Conversation
from bot.handoff.models import CONTACT, SHARING, TEXTS, Lead, LeadLink, OutboxItem
from bot.handoff.reading import lead_consents, lead_history, view
from bot.handoff.redisclosure import ADVICE, NOTICE
from bot.handoff.states import OPEN, State
from bot.handoff.withdrawal import take_back_for
from bot.program.models import ProfessionalRow
from bot.program.transfer import current_program
from bot.store import utcnow

PATH = f"{sessions.PATH}/leads"
ROWS = 25
STATES = {
    State.NEW: "New: nobody has it",
    State.OFFERED: "Offered: waiting for an answer",
    State.CLAIMED: "Claimed",
    State.CONTACTED: "Contacted",
    State.SCHEDULED: "Scheduled",
    State.UNREACHABLE: "Not reached",
    State.CLOSED: "Closed",
    State.WITHDRAWN: "Withdrawn",
}
WAITING = (State.NEW, State.OFFERED)
DETAILS = {
    "name": "Name",
    "contact": "Contact",
    "best_time": "Best time",
    "zip": "ZIP",
    "for_whom": "Help is for",
    "wish": "Wish",
    "language": "Language",
}
KINDS = {SHARING: "To pass details on", CONTACT: "To be contacted", TEXTS: "To get news by text"}
"""Kinds of consent."""
OUTBOX = {
    "email_professional": "E-mail to the professional",
    "sms_staff": "Text to the professional",
    "webhook": "Webhook to the CRM",
    "visitor_message": "Message to the visitor",
    "email_visitor": "E-mail to the visitor",
    "pending": "waiting to be sent",
    "sent": "sent",
    "dead": "given up",
    "cancelled": "cancelled",
}


@dataclass(frozen=True)
class Row:
    """One line of the list."""

    lead: Lead
    details: dict[str, Any]
    professional: str
    state: str
    late: bool
    due: datetime | None
    """Until when it is to be claimed, or once it is, the visitor contacted."""


def index(visit: Visit) -> Response:
    """GET leads: those that wait for somebody first, the most overdue on top; the filter stands in the address."""
    found = _by_code(visit)
    if found:
        return RedirectResponse(f"{PATH}/{found}", 303)
    asked = visit.query.get("state", "open")
    chosen = asked if asked == "all" or asked in set(State) else "open"
    wanted = {"open": tuple(OPEN), "all": tuple(State)}.get(chosen, (chosen,))
    number = page_number(visit.query)
    due = case((Lead.state == State.CLAIMED, Lead.contact_due_at), else_=Lead.due_at)
    with visit.database.read() as session:
        by_state = session.execute(select(Lead.state, func.count()).group_by(Lead.state))
        counts: dict[str, int] = {row[0]: row[1] for row in by_state}
        leads = session.execute(
            select(Lead)
            .where(Lead.state.in_(wanted))
            .order_by(
                case((Lead.state.in_(WAITING), 0), (Lead.state.in_(tuple(OPEN)), 1), else_=2),
                case((due.is_(None), 1), else_=0),
                due,
                Lead.created_at.desc(),
                Lead.id,
            )
            .limit(ROWS)
            .offset((number - 1) * ROWS)
        ).scalars()
        people = _people(session)
        rows = [_row(lead, people, visit.host.clock.now) for lead in leads]
    visit.record("list_leads", {"page": number, "shown": len(rows), "state": chosen})
    total = sum(counts.get(state, 0) for state in wanted)
    return visit.page(
        "leads.html",
        rows=rows,
        chosen=chosen,
        states=STATES,
        counts=counts,
        open_count=sum(counts.get(state, 0) for state in OPEN),
        pager=Pager(number, ROWS, total, PATH, {"state": chosen}),
        code=visit.query.get("code", ""),
    )


def _by_code(visit: Visit) -> str | None:
    """The lead with the code that a visitor says on the phone, their own or that of a request that joined it."""
    code = "".join(visit.query.get("code", "").split()).upper()
    if not code:
        return None
    with visit.database.read() as session:
        own: str | None = session.execute(select(Lead.id).where(Lead.ref == code)).scalar_one_or_none()
        joined: str | None = session.execute(select(LeadLink.lead_id).where(LeadLink.ref == code)).scalar_one_or_none()
    return own or joined


def show(visit: Visit, problem: str = "", take_back_problem: str = "") -> Response:
    """GET leads/{id}: one lead with its history; contact details stay masked until they are unmasked."""
    lead_id = visit.path["id"]
    with visit.database.read() as session:
        lead = session.get(Lead, lead_id)
        if lead is None:
            return visit.missing("lead")
        until = sessions.unmasked_until(session, visit.user.session_id, "lead", lead_id, visit.host.clock.now)
        mask = Open() if until else Mask([lead.name, lead.contact, *names_of(session, lead)])
        people = _people(session)
        row = _row(lead, people, visit.host.clock.now, masked=until is None)
        consents = [
            _dated(consent) | {"text": mask.text(consent["text"])} for consent in lead_consents(session, lead_id)
        ]
        history = [_dated(event) | {"note": mask.text(event["note"] or "")} for event in lead_history(session, lead_id)]
        outbox = [
            {
                "what": OUTBOX.get(item.kind, item.kind),
                "state": OUTBOX.get(item.state, item.state),
                "failed": item.state == "dead",
                "attempts": item.attempts,
                "created_at": item.created_at,
                "due_at": item.due_at if item.state == "pending" else None,
                "sent_at": item.sent_at,
                "error": mask.text(item.last_error or ""),
            }
            for item in session.execute(
                select(OutboxItem).where(OutboxItem.lead_id == lead_id).order_by(OutboxItem.created_at)
            ).scalars()
        ]
        joined = joined_requests(session, lead, people, until is not None)
        conversation = session.get(Conversation, lead.conversation_id)
        has_transcript = conversation is not None and conversation.erased_at is None
    visit.record("read_lead", {"unmasked": until is not None}, "lead", lead_id)
    return visit.page(
        "lead.html",
        422 if problem or take_back_problem else 200,
        row=row,
        labels=DETAILS,
        joined=joined,
        consents=consents,
        kinds=KINDS,
        notice=NOTICE,
        advice=ADVICE,
        history=history,
        outbox=outbox,
        has_transcript=has_transcript,
        until=until,
        problem=problem,
        take_back_problem=take_back_problem,
    )


def unmask(visit: Visit) -> Response:
    """POST leads/{id}/unmask: with a reason, show the contact details for a while."""
    lead_id = visit.path["id"]
    reason, problem = checked_reason(visit.form)
    if problem:
        return show(visit, problem)
    with visit.database.read() as session:
        if session.get(Lead, lead_id) is None:
            return visit.missing("lead")
    visit.record("unmask_lead", {"reason": reason}, "lead", lead_id)
    with visit.database.write() as session:
        sessions.unmask(session, visit.user.session_id, "lead", lead_id, utcnow())
    return RedirectResponse(f"{PATH}/{lead_id}", 303)


def take_back(visit: Visit) -> Response:
    """POST leads/{id}/withdraw: the visitor has told or written to the office that they take it back."""
    lead_id = visit.path["id"]
    reason, problem = checked_reason(visit.form, "Write a few words on how they took it back.")
    if problem:
        return show(visit, take_back_problem=problem)
    with visit.database.write() as session:
        lead = session.get(Lead, lead_id, with_for_update=True, populate_existing=True)
        if lead is None or lead.open_key is None:
            return visit.missing("open lead")
        take_back_for(session, lead, current_program(session), f"staff:{visit.user.email}", visit.host.clock.now)
    visit.record("withdraw_lead", {"reason": reason}, "lead", lead_id)
    return RedirectResponse(f"{PATH}/{lead_id}", 303)


def _row(lead: Lead, people: dict[str, str], now: datetime, masked: bool = True) -> Row:
    return Row(
        lead,
        view(lead, masked),
        people.get(lead.professional_id or "", lead.professional_id or ""),
        STATES[State(lead.state)],
        is_late(lead, now),
        lead.contact_due_at if lead.state == State.CLAIMED else lead.due_at,
    )


def is_late(lead: Lead, now: datetime) -> bool:
    """Whether nobody has taken it in time, or whoever has it was not in touch in time."""
    if lead.state in WAITING:
        return lead.due_at is None or lead.due_at < now  # none: it was given back, and nobody has it
    return lead.state == State.CLAIMED and lead.contact_due_at is not None and lead.contact_due_at < now


def _people(session: Session) -> dict[str, str]:
    return {row.id: row.name for row in session.execute(select(ProfessionalRow.id, ProfessionalRow.name))}


def _dated(row: dict[str, Any]) -> dict[str, Any]:
    """The row with its times as datetimes again."""
    return {
        name: datetime.fromisoformat(value) if value and (name == "at" or name.endswith("_at")) else value
        for name, value in row.items()
    }

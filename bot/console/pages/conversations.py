"""The list of conversations and the transcript."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from bot.console import sessions
from bot.console.attending import attending
from bot.console.clock import Clock
from bot.console.masking import Open
from bot.console.pages.unmasking import checked_reason
from bot.console.paging import Pager, last_page, page_number, with_query
from bot.console.roles import Permission
from bot.console.shown import mask_of, shown_lines
from bot.console.topics import topics
from bot.console.visit import Visit
from bot.conversations import corrections, review
from bot.conversations.redaction import mask_phone
from bot.handoff.models import Lead
from bot.store import utcnow

PATH = f"{sessions.PATH}/conversations"
ROWS = 25
LINES = 200
"""Messages a page of a transcript."""
CHANNELS = {"web": "Web chat", "sms": "Text message"}
LEVELS = {"emergency": "Emergency", "check": "Check"}
RECENT = timedelta(days=7)
FIRST_ROWS = 5


def index(visit: Visit) -> Response:
    """GET conversations: the list, what needs eyes first on top; the filters stand in the address."""
    chosen, filters, problem = _filters(visit.query, visit.host.clock)
    number = page_number(visit.query)
    narrowed = any(chosen.values())
    with visit.database.read() as session:
        rows, total = review.conversations(session, filters, limit=ROWS, offset=(number - 1) * ROWS)
        urgent: list[review.Row] = []
        urgent_total = 0
        if not narrowed and number == 1:
            recent = review.Filters(safety="emergency", since=visit.host.clock.now - RECENT)
            urgent, urgent_total = review.conversations(session, recent, limit=FIRST_ROWS)
        queues = _queues(session)
    given = {name: value for name, value in chosen.items() if value}
    visit.record("list_conversations", {"page": number, "shown": len(rows), **given})
    return visit.page(
        "conversations.html",
        chosen=chosen,
        problem=problem,
        narrowed=narrowed,
        rows=rows,
        urgent=urgent,
        urgent_total=urgent_total,
        queues=queues,
        pager=Pager(number, ROWS, total, PATH, chosen),
        channels=CHANNELS,
        levels=LEVELS,
    )


def transcript(
    visit: Visit, problem: str = "", correcting: str = "", wrong: str = "", naming: str = "", writing: str = ""
) -> Response:
    """GET conversations/{id}: what was said and what was understood; masked until it is unmasked.

    `correcting` is the message whose topic is being corrected (in the address: correct=ID), `wrong` what is wrong
    with what was given; `naming` why it was not taken over, `writing` why a message of staff was not sent.
    """
    correcting = correcting or visit.query.get("correct", "")
    conversation_id = visit.path["id"]
    with visit.database.read() as session:
        found = review.transcript(session, conversation_id, masked=False)
        if found is None:
            return visit.missing("conversation")
        until = sessions.unmasked_until(
            session, visit.user.session_id, "conversation", conversation_id, visit.host.clock.now
        )
        leads = leads_of(session, conversation_id)
        corrected = corrections.latest_of(session, conversation_id)
        attended = attending(session, visit, found)
    total = len(found.lines)
    number = last_page(total, LINES) if naming or writing else page_number(visit.query)
    mask = Open() if until else mask_of(found.lines, leads)
    first = (number - 1) * LINES
    lines = found.lines[first : first + LINES]
    visit.record("read_transcript", {"unmasked": bool(until), "page": number}, "conversation", conversation_id)
    return visit.page(
        "transcript.html",
        422 if problem or wrong or naming or writing else 200,
        conversation=found,
        phone=found.phone if until else mask_phone(found.phone),
        lines=shown_lines(lines, mask, visit.host.clock, corrected, found.channel),
        topics=topics() if visit.user.may(Permission.CORRECT_TOPICS) else (),
        correcting=correcting,
        wrong=wrong,
        given=visit.form,
        leads=leads if visit.user.may(Permission.READ_LEADS) else [],
        until=until,
        problem=problem,
        attended=attended,
        naming=naming,
        writing=writing,
        page_number=number,
        pager=Pager(number, LINES, total, f"{PATH}/{conversation_id}", {}),
        channels=CHANNELS,
    )


def unmask(visit: Visit) -> Response:
    """POST conversations/{id}/unmask: with a reason, show it as it is for a while."""
    conversation_id = visit.path["id"]
    reason, problem = checked_reason(visit.form)
    if problem:
        return transcript(visit, problem)
    with visit.database.read() as session:
        if review.transcript(session, conversation_id) is None:
            return visit.missing("conversation")
    visit.record("unmask_conversation", {"reason": reason}, "conversation", conversation_id)
    with visit.database.write() as session:
        sessions.unmask(session, visit.user.session_id, "conversation", conversation_id, utcnow())
    return RedirectResponse(f"{PATH}/{conversation_id}", 303)


def leads_of(session: Session, conversation_id: str) -> list[Lead]:
    """The leads that this conversation opened."""
    return list(session.execute(select(Lead).where(Lead.conversation_id == conversation_id)).scalars())


def _filters(query: Any, clock: Clock) -> tuple[dict[str, str], review.Filters, str]:
    """What was chosen (as it stands in the address), the filters, and what was wrong with it."""
    chosen = {
        "channel": query.get("channel", "") if query.get("channel") in CHANNELS else "",
        "safety": query.get("safety", "") if query.get("safety") in LEVELS else "",
        "low": "1" if query.get("low") == "1" else "",
        "unanswered": "1" if query.get("unanswered") == "1" else "",
        "attended": "1" if query.get("attended") == "1" else "",
        "since": query.get("since", "")[:10],
        "until": query.get("until", "")[:10],
    }
    days: dict[str, date] = {}
    problem = ""
    for name in ("since", "until"):
        try:
            if chosen[name]:
                days[name] = date.fromisoformat(chosen[name])
        except ValueError:
            chosen[name] = ""
            problem = "A date is not valid, so it was left out. Write it like 2026-11-23."
    if "since" in days and "until" in days and days["since"] > days["until"]:
        problem = "The first day is after the last day, so the list is empty."
    return (
        chosen,
        review.Filters(
            channel=chosen["channel"] or None,
            safety=chosen["safety"] or None,
            low_confidence=bool(chosen["low"]),
            unanswered=bool(chosen["unanswered"]),
            attended=bool(chosen["attended"]),
            since=clock.midnight(days["since"]) if "since" in days else None,
            until=clock.midnight(days["until"] + timedelta(days=1)) if "until" in days else None,
        ),
        problem,
    )


def _queues(session: Session) -> list[tuple[str, int, str]]:
    """What may need eyes: name, how many, and the address of its list."""
    kinds = (
        ("Emergency", review.Filters(safety="emergency"), {"safety": "emergency"}),
        ("Check", review.Filters(safety="check"), {"safety": "check"}),
        ("Not answered", review.Filters(unanswered=True), {"unanswered": "1"}),
        ("With a person", review.Filters(attended=True), {"attended": "1"}),
        ("Low confidence", review.Filters(low_confidence=True), {"low": "1"}),
    )
    return [
        (name, review.conversations(session, filters, limit=0)[1], with_query(PATH, query))
        for name, filters, query in kinds
    ]

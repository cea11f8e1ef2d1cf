"""The list of conversations and the transcript."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from bot.console import sessions
from bot.console.clock import Clock
from bot.console.masking import Mask, Open, names_in
from bot.console.pages.unmasking import checked_reason
from bot.console.paging import Pager, page_number, with_query
from bot.console.roles import Permission
from bot.console.topics import topics
from bot.console.visit import Visit
from bot.conversations import corrections, review
from bot.conversations.models import Correction
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
DELIVERY = {
    "pending": "waiting to be sent",
    "claimed": "being sent",
    "twiml": "sent in answer",
    "accepted": "accepted by the carrier",
    "scheduled": "accepted by the carrier",
    "queued": "accepted by the carrier",
    "sending": "being sent",
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "canceled": "cancelled",
    "undelivered": "not delivered",
    "failed": "failed",
    "blocked": "blocked: opted out",
}
STATUS = {"received": "not answered yet", "failed": "could not be answered"}
KINDS = {"unavailable": "fixed text: the assistant was not reachable", "post": "sent later", "notice": "notice"}


@dataclass(frozen=True)
class Shown:
    """One message of a transcript, ready to be shown: everything in it is masked or meant to be seen."""

    line: review.Line
    text: str
    author: str
    new_day: bool
    replies: list[str]
    ranking: list[dict[str, Any]]
    topics: list[dict[str, Any]]
    entities: list[tuple[str, str]]
    safety: dict[str, Any]
    repaired: str
    notes: list[str]
    correction: Correction | None
    """The last one made of this message's topic."""
    correctable: bool


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


def transcript(visit: Visit, problem: str = "", correcting: str = "", wrong: str = "") -> Response:
    """GET conversations/{id}: what was said and what was understood; masked until it is unmasked.

    `correcting` is the message whose topic is being corrected (in the address: correct=ID), `wrong` what is wrong
    with what was given.
    """
    correcting = correcting or visit.query.get("correct", "")
    conversation_id = visit.path["id"]
    number = page_number(visit.query)
    with visit.database.read() as session:
        found = review.transcript(session, conversation_id, masked=False)
        if found is None:
            return visit.missing("conversation")
        until = sessions.unmasked_until(
            session, visit.user.session_id, "conversation", conversation_id, visit.host.clock.now
        )
        leads = list(session.execute(select(Lead).where(Lead.conversation_id == conversation_id)).scalars())
        corrected = corrections.latest_of(session, conversation_id)
    mask = Open() if until else mask_of(found.lines, leads)
    first = (number - 1) * LINES
    lines = found.lines[first : first + LINES]
    visit.record("read_transcript", {"unmasked": bool(until), "page": number}, "conversation", conversation_id)
    return visit.page(
        "transcript.html",
        422 if problem or wrong else 200,
        conversation=found,
        phone=found.phone if until else mask_phone(found.phone),
        lines=_shown(lines, mask, visit.host.clock, corrected),
        topics=topics() if visit.user.may(Permission.CORRECT_TOPICS) else (),
        correcting=correcting,
        wrong=wrong,
        given=visit.form,
        leads=leads if visit.user.may(Permission.READ_LEADS) else [],
        until=until,
        problem=problem,
        pager=Pager(number, LINES, len(found.lines), f"{PATH}/{conversation_id}", {}),
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


def _filters(query: Any, clock: Clock) -> tuple[dict[str, str], review.Filters, str]:
    """What was chosen (as it stands in the address), the filters, and what was wrong with it."""
    chosen = {
        "channel": query.get("channel", "") if query.get("channel") in CHANNELS else "",
        "safety": query.get("safety", "") if query.get("safety") in LEVELS else "",
        "low": "1" if query.get("low") == "1" else "",
        "unanswered": "1" if query.get("unanswered") == "1" else "",
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
        ("Low confidence", review.Filters(low_confidence=True), {"low": "1"}),
    )
    return [
        (name, review.conversations(session, filters, limit=0)[1], with_query(PATH, query))
        for name, filters, query in kinds
    ]


def mask_of(lines: list[review.Line], leads: list[Lead]) -> Mask:
    """What hides the person of a conversation: the names given in these lines (all of them) and in its leads."""
    known: list[str | None] = [*names_in((line.author, line.text) for line in lines)]
    for lead in leads:
        known += [lead.name, lead.contact]
    return Mask(known)


def _shown(lines: list[review.Line], mask: Mask, clock: Clock, corrected: Mapping[str, Correction]) -> list[Shown]:
    shown, day = [], ""
    for line in lines:
        understood = line.understanding if line.author == "visitor" else {}
        safety = understood.get("safety") or {}
        repaired = understood.get("repaired") or ""
        notes = [
            STATUS.get(line.status or "", ""),
            KINDS.get(line.kind, ""),
            DELIVERY.get(line.delivery, line.delivery) if line.delivery else "",
        ]
        shown.append(
            Shown(
                line=line,
                text=mask.text(line.text),
                author={"visitor": "Visitor", "staff": "Staff"}.get(line.author, "Assistant"),
                new_day=clock.day(line.at) != day,
                replies=[mask.text(reply.get("title", "")) for reply in line.quick_replies],
                ranking=(understood.get("ranking") or [])[:3],
                topics=[
                    {**topic, "text": mask.text(topic.get("text") or "")}
                    for topic in (understood.get("topics") or [])
                    if len(understood["topics"]) > 1
                ],
                entities=[
                    (str(entity.get("entity")), mask.entity(entity)) for entity in understood.get("entities") or []
                ],
                safety={**safety, "evidence": [mask.text(str(item)) for item in safety.get("evidence") or []]},
                repaired=mask.text(repaired) if _differs(repaired, line.text) else "",
                notes=[note for note in notes if note],
                correction=corrected.get(line.id),
                correctable=line.author == "visitor" and bool(line.topic) and not line.chosen,
            )
        )
        day = clock.day(line.at)
    return shown


def _differs(repaired: str, text: str) -> bool:
    return bool(repaired) and repaired.casefold().split() != text.casefold().split()

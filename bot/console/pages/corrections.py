"""Correcting the topic of a message, and deciding on what a colleague has corrected."""

from sqlalchemy import select
from starlette.responses import RedirectResponse, Response

from bot.console import sessions
from bot.console.masking import Mask
from bot.console.pages import conversations
from bot.console.paging import Pager, page_number
from bot.console.shown import mask_of
from bot.console.topics import topics
from bot.console.visit import Visit
from bot.conversations import corrections, review
from bot.conversations.models import Message
from bot.handoff.models import Lead
from bot.store import utcnow

PATH = f"{sessions.PATH}/corrections"
ROWS = 25


def propose(visit: Visit) -> Response:
    """POST conversations/{id}/messages/{message}/topic: this is what it was about; a colleague has to confirm it."""
    conversation_id, message_id = visit.path["id"], visit.path["message"]
    topic = visit.form.get("topic", "")
    if topic not in topics():
        return conversations.transcript(visit, correcting=message_id, wrong="Choose a topic from the list.")
    try:
        with visit.database.write() as session:
            message = session.get(Message, message_id)
            if message is None or message.conversation_id != conversation_id:
                return visit.missing("message")
            seq = message.seq
            note = visit.form.get("note", "")
            row = corrections.propose(session, message_id, topic, visit.user.email, note, utcnow())
            detail = {"message": message_id, "understood_as": row.predicted, "corrected_to": topic}
    except corrections.CorrectionError as error:
        return conversations.transcript(visit, correcting=message_id, wrong=str(error))
    visit.record("correct_topic", detail, "conversation", conversation_id)
    page = (seq - 1) // conversations.LINES + 1
    number = f"?page={page}" if page > 1 else ""
    return RedirectResponse(f"{conversations.PATH}/{conversation_id}{number}#m{seq}", 303)


def index(visit: Visit, problem: str = "") -> Response:
    """GET corrections: those that wait for a second person, the oldest first; personal details are hidden."""
    number = page_number(visit.query)
    with visit.database.read() as session:
        rows, total = corrections.waiting(session, limit=ROWS, offset=(number - 1) * ROWS)
        masks: dict[str, Mask] = {}
        for row in rows:
            if row.conversation_id not in masks:
                found = review.transcript(session, row.conversation_id, masked=False)
                leads = session.execute(select(Lead).where(Lead.conversation_id == row.conversation_id)).scalars()
                masks[row.conversation_id] = mask_of(found.lines if found else [], list(leads))
        items = [(row, masks[row.conversation_id].text(row.text)) for row in rows]
    visit.record("list_corrections", {"shown": len(items)})
    return visit.page(
        "corrections.html",
        422 if problem else 200,
        items=items,
        problem=problem,
        pager=Pager(number, ROWS, total, PATH, {}),
    )


def approve(visit: Visit) -> Response:
    """POST corrections/{id}/approve: a colleague's correction is right, and may be learned."""
    return _decide(visit, approve=True)


def reject(visit: Visit) -> Response:
    """POST corrections/{id}/reject: a colleague's correction is not right; nothing is learned from it."""
    return _decide(visit, approve=False)


def _decide(visit: Visit, approve: bool) -> Response:
    correction_id = visit.path["id"]
    try:
        with visit.database.write() as session:
            row = corrections.decide(session, correction_id, approve, visit.user.email, utcnow())
            detail = {"message": row.message_id, "corrected_to": row.topic, "author": row.author}
            conversation_id = row.conversation_id
    except corrections.CorrectionError as error:
        return index(visit, str(error))
    visit.record("approve_correction" if approve else "reject_correction", detail, "conversation", conversation_id)
    return RedirectResponse(PATH, 303)

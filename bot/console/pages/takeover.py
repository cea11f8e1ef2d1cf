"""Taking over a conversation: writing to the visitor in the assistant's place, and handing it back.

What an open transcript asks for every few seconds is here too: asking does not keep a session alive, and what it shows
is recorded as any look is.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from bot.console import rendering, sessions, users
from bot.console.attending import state_for
from bot.console.clock import host
from bot.console.masking import Open
from bot.console.models import ConsoleUser
from bot.console.pages import conversations
from bot.console.paging import last_page
from bot.console.roles import Permission
from bot.console.shown import mask_of, shown_lines
from bot.console.topics import topics
from bot.console.visit import Visit, address_of
from bot.conversations import corrections, review, takeover
from bot.conversations.models import Conversation
from bot.conversations.takeover_words import NotSendable
from bot.handoff.quiet import text_from
from bot.store import Database, utcnow

MOVING = timedelta(minutes=2)
"""So long after it was written a message may still change on the screen: what was understood, its delivery."""
ON_ITS_WAY = frozenset(("pending", "claimed", "twiml", "accepted", "scheduled", "queued", "sending", "sent"))


def begin(visit: Visit) -> Response:
    """POST conversations/{id}/takeover: from now on this person answers, under the name given."""
    conversation_id = visit.path["id"]
    try:
        name = users.checked_name(visit.form.get("name", ""))
    except users.UserError as error:
        return conversations.transcript(visit, naming=f"{str(error).capitalize()}.")
    staff = takeover.Staff(visit.user.user_id, visit.user.email, name)
    try:
        with visit.database.write() as session:
            takeover.begin(session, conversation_id, staff, visit.host.name, _texts_from(session, conversation_id))
            user = session.get(ConsoleUser, visit.user.user_id)
            if user is not None:
                user.name = name
            visit.record_in(session, "take_over", {"name": name}, "conversation", conversation_id)
    except takeover.Refused as error:
        visit.record("take_over", {"refused": True}, "conversation", conversation_id)
        return conversations.transcript(visit, naming=str(error))
    return _to_the_end(visit, conversation_id)


def write(visit: Visit) -> Response:
    """POST conversations/{id}/messages: what the person who has it wrote; from a script the answer is JSON."""
    conversation_id = visit.path["id"]
    by_script = visit.form.get("script") == "1"
    try:
        with visit.database.write() as session:
            sent = takeover.write(
                session,
                conversation_id,
                visit.user.user_id,
                visit.form.get("text", ""),
                visit.form.get("key", "")[:64] or str(uuid4()),
                _texts_from(session, conversation_id),
            )
            visit.record_in(session, "write_message", {"message": sent.id}, "conversation", conversation_id)
    except (takeover.Refused, NotSendable) as error:
        if by_script:
            return JSONResponse({"problem": str(error)}, 422)
        return conversations.transcript(visit, writing=str(error))
    return JSONResponse({"key": str(uuid4())}) if by_script else _to_the_end(visit, conversation_id)


def hand_back(visit: Visit) -> Response:
    """POST conversations/{id}/handback: the assistant answers again."""
    conversation_id = visit.path["id"]
    with visit.database.write() as session:
        done = takeover.hand_back(session, conversation_id, visit.user.user_id, _texts_from(session, conversation_id))
        visit.record_in(session, "hand_back", {} if done else {"refused": True}, "conversation", conversation_id)
    return _to_the_end(visit, conversation_id)


def live(database: Database) -> Callable[[Request], Any]:
    """GET conversations/{id}/live?after=N&seen=M: messages beyond number N, as they look now, and who has it.

    N is where everything before is final, M the last number that this page has shown: what lies beyond is a new look.
    """

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(_live, database, request)

    return endpoint


def _live(database: Database, request: Request) -> Response:
    conversation_id = request.path_params["id"]
    with database.read() as session:
        user = sessions.find(session, request.cookies.get(sessions.COOKIE), utcnow())
        if user is None:
            return JSONResponse({"error": "signed out"}, 401)
        if not user.may(Permission.READ_CONVERSATIONS):
            return JSONResponse({"error": "not allowed"}, 403)
        visit = Visit(database, user, host(session), request.path_params, {}, {}, address_of(request))
        after, seen = (_number(request, name) for name in ("after", "seen"))
        conversation = session.get(Conversation, conversation_id)
        if conversation is None or conversation.erased_at is not None:
            return JSONResponse({"error": "erased"}, 404)
        state = {"state": state_for(takeover.current(session, conversation_id), user.user_id)}
        if conversation.last_seq <= after:
            return JSONResponse({"after": after, "html": "", **state})
        found = review.transcript(session, conversation_id, masked=False)
        if found is None:
            return JSONResponse({"error": "erased"}, 404)
        until = sessions.unmasked_until(session, user.session_id, "conversation", conversation_id, utcnow())
        mask = Open() if until else mask_of(found.lines, conversations.leads_of(session, conversation_id))
        corrected = corrections.latest_of(session, conversation_id)
    lines = [line for line in found.lines if line.seq > after]
    if lines[-1].seq > seen:
        detail = {"unmasked": bool(until), "live": sum(line.seq > seen for line in lines)}
        visit.record("read_transcript", detail, "conversation", conversation_id)
    page = rendering.text(
        "live.html",
        visit=visit,
        host=visit.host,
        conversation=found,
        lines=shown_lines(lines, mask, visit.host.clock, corrected, found.channel),
        topics=topics() if user.may(Permission.CORRECT_TOPICS) else (),
        page_number=last_page(len(found.lines), conversations.LINES),
    )
    final = next((line.seq - 1 for line in lines if _may_change(line)), lines[-1].seq)
    return JSONResponse({"after": final, "html": page, **state})


def _may_change(line: review.Line) -> bool:
    if utcnow() - line.at > MOVING:
        return False
    return line.status == "received" or line.delivery in ON_ITS_WAY


def _number(request: Request, name: str) -> int:
    given = request.query_params.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0


def _texts_from(session: Session, conversation_id: str) -> datetime:
    conversation = session.get(Conversation, conversation_id)
    return text_from(session, utcnow(), conversation_id, conversation.phone if conversation else None)


def _to_the_end(visit: Visit, conversation_id: str) -> Response:
    with visit.database.read() as session:
        conversation = session.get(Conversation, conversation_id)
        last = last_page(conversation.last_seq if conversation else 0, conversations.LINES)
    return RedirectResponse(f"{conversations.PATH}/{conversation_id}?page={last}#write", 303)

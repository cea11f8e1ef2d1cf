"""What an open page asks for every few seconds: new messages to staff. Asking does not keep a session alive."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.console import sessions
from bot.handoff.models import StaffNoticeRow
from bot.handoff.staff import notices_after
from bot.store import Database, utcnow


def endpoint(database: Database) -> Callable[[Request], Any]:
    """GET news?after=ID -> {"after", "items": [{"id", "text", "path"}]}; without `after` only where to begin."""

    async def news(request: Request) -> Response:
        return await run_in_threadpool(_news, database, request)

    return news


def _news(database: Database, request: Request) -> Response:
    given = request.query_params.get("after", "")
    with database.read() as session:
        user = sessions.find(session, request.cookies.get(sessions.COOKIE), utcnow())
        if user is None:
            return JSONResponse({"error": "signed out"}, 401)
        if not (given.isascii() and given.isdigit() and len(given) < 16):
            latest = session.execute(select(func.max(StaffNoticeRow.id))).scalar_one() or 0
            return JSONResponse({"after": latest, "items": []})
        permissions = frozenset(permission.value for permission in user.permissions)
        rows = notices_after(session, int(given), permissions)
        items = [{"id": row.id, "text": row.text, "path": row.path} for row in rows]
    return JSONResponse({"after": items[-1]["id"] if items else int(given), "items": items})

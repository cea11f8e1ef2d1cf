"""The record of who saw and did what."""

from starlette.responses import Response

from bot.console import sessions
from bot.console.audit import ACTIONS, entries
from bot.console.paging import Pager, page_number
from bot.console.visit import Visit

PATH = f"{sessions.PATH}/audit"
ROWS = 50


def index(visit: Visit) -> Response:
    """GET audit: the record, the latest first. Reading it is recorded too."""
    number = page_number(visit.query)
    chosen = {
        "action": visit.query.get("action", "") if visit.query.get("action") in ACTIONS else "",
        "email": visit.query.get("email", "").strip()[:254],
    }
    with visit.database.read() as session:
        rows, total = entries(
            session,
            action=chosen["action"] or None,
            email=chosen["email"] or None,
            limit=ROWS,
            offset=(number - 1) * ROWS,
        )
    visit.record("read_audit", {"page": number, **{name: value for name, value in chosen.items() if value}})
    return visit.page(
        "audit.html", rows=rows, chosen=chosen, actions=ACTIONS, pager=Pager(number, ROWS, total, PATH, chosen)
    )

"""Messages that were given up: what they were, why, and a button to try again."""

from starlette.responses import RedirectResponse, Response

from bot.console import sessions
from bot.console.masking import Mask
from bot.console.pages.leads import OUTBOX
from bot.console.visit import Visit
from bot.handoff.models import Lead
from bot.handoff.outbox import NotDead, dead_letters, retry
from bot.store import utcnow

PATH = f"{sessions.PATH}/deliveries"


def index(visit: Visit) -> Response:
    """GET deliveries: the dead letters, the latest first."""
    with visit.database.read() as session:
        items = []
        for row in dead_letters(session):
            lead = session.get(Lead, row.lead_id) if row.lead_id else None
            mask = Mask([lead.name, lead.contact] if lead else [])
            items.append(
                {
                    "id": row.id,
                    "what": OUTBOX.get(row.kind, row.kind),
                    "lead_id": row.lead_id,
                    "ref": lead.ref if lead else None,
                    "created_at": row.created_at,
                    "attempts": row.attempts,
                    "error": mask.text(row.last_error or ""),
                }
            )
    visit.record("list_deliveries", {"shown": len(items)})
    return visit.page("deliveries.html", items=items)


def again(visit: Visit) -> Response:
    """POST deliveries/{id}/retry: try it again now."""
    item_id = visit.path["id"]
    try:
        with visit.database.write() as session:
            retry(session, item_id, utcnow())
    except NotDead:
        return visit.missing("message")
    visit.record("retry_delivery", {}, "delivery", item_id)
    return RedirectResponse(PATH, 303)

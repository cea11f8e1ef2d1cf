"""Alerts: emergencies that a named person has to look at, and "I have it"."""

from starlette.responses import RedirectResponse, Response

from bot.console import sessions
from bot.console.visit import Visit
from bot.conversations import alerts
from bot.store import utcnow

PATH = f"{sessions.PATH}/alerts"
CHANNELS = {"web": "Web chat", "sms": "Text message"}


def index(visit: Visit) -> Response:
    """GET alerts: the open ones first."""
    with visit.database.read() as session:
        rows = alerts.latest(session)
    visit.record("list_alerts", {"shown": len(rows)})
    return visit.page("alerts.html", rows=rows, channels=CHANNELS)


def acknowledge(visit: Visit) -> Response:
    """POST alerts/{id}/acknowledge: it is this person's now; then on to the conversation."""
    alert_id = visit.path["id"]
    visit.record("acknowledge_alert", {}, "alert", alert_id)
    with visit.database.write() as session:
        alerts.acknowledge(session, alert_id, visit.user.email, utcnow())
    return RedirectResponse(PATH, 303)

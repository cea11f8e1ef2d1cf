"""Tells the on-call list of open alerts: one person at a time, the next one when nobody has answered in time."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.conversations.alerts import due_alerts, was_told
from bot.handoff.ladder import on_call
from bot.handoff.staff import StaffNotice, notify_staff
from bot.program import current_program
from bot.program.transfer import NoProgramError
from bot.settings import Settings

PATH = "/console/alerts"
WHO_SEES_IT = "read_conversations"
LONGEST_WAIT = timedelta(hours=1)
"""Once everybody has been told and nobody has answered, the rounds go on, but more slowly."""


def tell_due(session: Session, config: Settings, now: datetime) -> int:
    """Queue a message to the next person for each alert that is due; gives how many alerts."""
    alerts = due_alerts(session, now)
    if not alerts:
        return 0
    try:
        program = current_program(session)
    except NoProgramError:
        return 0
    people, wait = on_call(program), timedelta(minutes=program.on_call.minutes)
    for alert in alerts:
        number = alert.told
        person = people[number % len(people)]
        key, fields = f"alert:{alert.id}:{number}", {"provider": program.provider.name}
        notify_staff(session, StaffNotice("email", person.email, "emergency", PATH, fields), f"{key}:email", now)
        if person.phone and config.twilio_account_sid and config.sms_number:
            notify_staff(session, StaffNotice("sms", person.phone, "emergency", PATH, fields), f"{key}:sms", now)
        notify_staff(session, StaffNotice("console", WHO_SEES_IT, "emergency", PATH, fields), f"{key}:console", now)
        was_told(alert, now, wait if number + 1 < len(people) else max(wait, LONGEST_WAIT))
    return len(alerts)

"""What goes into the outbox for a lead: e-mail to the professional, messages to the visitor.

An e-mail's payload holds an address and ids, never anything about the visitor: mail is read by many eyes.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from bot.handoff.hours import text_time
from bot.handoff.models import Lead
from bot.handoff.outbox import EMAIL_PROFESSIONAL, VISITOR_MESSAGE, enqueue
from bot.handoff.wording import Say
from bot.program.profile import Professional, Profile


def mail(
    session: Session, lead: Lead, person: Professional, program: Profile, about: str, key: str, now: datetime
) -> bool:
    """Put an e-mail to the professional into the outbox. `about`: offer, reminder, update or withdrawn."""
    payload = {
        "about": about,
        "to": person.email,
        "professional_id": person.id,
        "lead_id": lead.id,
        "offer": lead.offer,
        "ref": lead.ref,
        "due_at": lead.due_at.isoformat() if lead.due_at else None,
        "time_zone": program.provider.time_zone,
        "provider": program.provider.name,
    }
    return enqueue(session, key, EMAIL_PROFESSIONAL, payload, now, lead.id)


def tell_visitor(session: Session, lead: Lead, program: Profile, what: Say, key: str, now: datetime) -> bool:
    """Put a message to the visitor into the outbox; a text waits for texting hours, since it was not just asked for."""
    zone = ZoneInfo(program.provider.time_zone)
    payload = {"conversation_id": lead.conversation_id, "channel": lead.channel, "text": what.web, "sms": what.sms}
    due = text_time(now, zone) if lead.channel == "sms" else now
    return enqueue(session, key, VISITOR_MESSAGE, payload, due, lead.id)

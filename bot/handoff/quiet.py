"""When a text that nobody has just asked for may go out: in texting hours, by the clock of the place where it arrives.

Whoever writes such a text (bot.handoff.notices, bot.handoff.texts), brings it into its conversation (bot.worker) or
hands it to the carrier (bot.front) asks here, so that all three know one zone.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from bot.handoff.hours import text_time
from bot.handoff.joining import link_of
from bot.handoff.models import Lead
from bot.handoff.promise import visitor_zone
from bot.handoff.reading import lead_of_number, open_lead_of
from bot.handoff.summary import zip_in
from bot.program.transfer import current_program


def text_from(session: Session, now: datetime, conversation_id: str, phone: str | None = None) -> datetime:
    """The first moment from `now` on when this conversation's visitor may be texted (UTC)."""
    return text_time(now, visitor_zone(current_program(session), _zip(session, conversation_id, phone)))


def text_lead_from(session: Session, now: datetime, lead: Lead) -> datetime:
    """The same for the visitor of this lead, wherever they wrote."""
    return text_time(now, visitor_zone(current_program(session), lead.zip))


def _zip(session: Session, conversation_id: str, phone: str | None) -> str | None:
    """The ZIP of the request that was made here, that has joined another one, or that is answered at this number."""
    lead = open_lead_of(session, conversation_id)
    if lead is None:
        link = link_of(session, conversation_id)
        if link is not None:
            return zip_in(link.details or [])
        lead = lead_of_number(session, phone) if phone else None
    return lead.zip if lead is not None else None

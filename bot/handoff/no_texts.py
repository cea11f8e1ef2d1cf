"""No texts any more, said in the chat: by text itself the carriers' words do it (bot.channels.keywords)."""

from datetime import datetime

from sqlalchemy.orm import Session

from bot.handoff.history import end_consents, record
from bot.handoff.models import TEXTS
from bot.handoff.notices import mail
from bot.handoff.reading import open_lead_of, person_of
from bot.handoff.states import State
from bot.handoff.wording import Say, told
from bot.program.transfer import current_program


def stop_texts(session: Session, conversation_id: str, now: datetime) -> Say | None:
    """The visitor wants no texts: the consent to them ends, and nobody may text that number; the request goes on.

    None without an open request. Works however often somebody changed things today: stopping has no limit.
    """
    lead = open_lead_of(session, conversation_id, lock=True)
    if lead is None:
        return None
    end_consents(session, lead, now, "consent_withdrawn", conversation_id=lead.conversation_id, kinds=(TEXTS,))
    if lead.contact_kind == "phone":
        lead.safe_text = False
        lead.updated_at = now
        record(session, lead, "visitor", "texts_stopped", now)
        session.flush()
        program = current_program(session)
        person = person_of(program, lead.professional_id)
        if person is not None and lead.state != State.NEW:
            mail(session, lead, person, program, "update", f"update:{lead.id}:{lead.version}:texts", now)
    return told("texts.stopped", ref=lead.ref)

"""News of a request by text, for somebody who asked on the web: only on a consent of its own, stopped at any time.

Typing in a number is no consent to texts. So the visitor is asked once the request is stored, with the sender, what it
is about, how many, that messages may cost, and the words HELP and STOP; no call depends on the answer.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.handoff.consent import LASTS
from bot.handoff.history import record
from bot.handoff.models import TEXTS, Consent, Lead
from bot.handoff.numbers import index_of, is_blocked
from bot.handoff.outbox import VISITOR_MESSAGE, enqueue
from bot.handoff.phrases import ENGLISH, language, text_of
from bot.handoff.quiet import text_lead_from
from bot.handoff.reading import open_lead_of
from bot.handoff.wording import Say, national, told
from bot.program.profile import Profile
from bot.program.transfer import current_program

ROLE = "the provider of this assistant"


@dataclass(frozen=True)
class TextsOffer:
    """The question as it is asked, in one language: the exact words on this channel are the consent."""

    say: Say
    version: str

    def shown(self, channel: str) -> str:
        """The words as the visitor saw them."""
        return "\n".join(self.say.sms) if channel == "sms" else self.say.web


def brand(program: Profile) -> str:
    """Who texts, in words that tell a bystander as little as the carriers' rules allow."""
    return program.provider.discreet_name or program.provider.name


def texts_offer(
    session: Session, conversation_id: str, own_number: str | None, locale: str = ENGLISH
) -> TextsOffer | None:
    """The question, when it makes sense: a text is wanted at a number that the visitor does not text from now."""
    lead = open_lead_of(session, conversation_id)
    if lead is None or lead.contact_kind != "phone" or lead.contact == own_number or not _may_text(session, lead):
        return None
    if _consent(session, lead) is not None:
        return None
    asked = told("texts.offer", brand=brand(current_program(session)), number=national(str(lead.contact)))
    return TextsOffer(asked.into(locale), text_of("texts.version", language(locale)))


def agree_to_texts(
    session: Session,
    conversation_id: str,
    text: str,
    version: str,
    channel: str,
    now: datetime,
    locale: str = ENGLISH,
) -> Say:
    """Store the consent with the words that were shown, and put the confirmation that carriers ask for on its way."""
    program = current_program(session)
    lead = open_lead_of(session, conversation_id, lock=True)
    if lead is None or not _may_text(session, lead):
        return told("texts.changed")
    if _consent(session, lead) is None:
        consent = Consent(
            lead_id=lead.id,
            conversation_id=lead.conversation_id,
            kind=TEXTS,
            discloser=program.provider.name,
            recipient_id="provider",
            recipient_name=program.provider.name,
            recipient_role=ROLE,
            text=text,
            version=version,
            locale=locale,
            channel=channel,
            shared=[],
            purpose=text_of("texts.purpose", language(locale)),
            given_at=now,
            expires_at=now + LASTS,
        )
        session.add(consent)
        session.flush()
        record(session, lead, "visitor", "texts_agreed", now, version)
        text_news(session, lead, program, confirmation(program, str(lead.ref)), f"texts:{consent.id}", now)
    return told("texts.done")


def confirmation(program: Profile, ref: str) -> Say:
    """The first text: who writes, about what, how often, what it may cost, how to get help and how to stop."""
    return told("texts.confirmation", brand=brand(program), ref=ref)


def neutral(program: Profile, what: Say) -> list[str]:
    """The texts of something that is sent unasked: a bystander who reads them sees the `brand` only."""
    return [part.replace(program.provider.name, brand(program)) for part in what.sms]


def text_news(session: Session, lead: Lead, program: Profile, what: Say, key: str, now: datetime) -> bool:
    """Put news for the lead's number into the outbox, where the visitor agreed to that; it names the `brand` only.

    The number itself is looked up when it is sent: what was withdrawn or changed meanwhile is not sent there.
    """
    if lead.test or _consent(session, lead) is None or not _may_text(session, lead):
        return False
    texts = neutral(program, what.into(lead.locale))
    payload = {"conversation_id": "", "channel": "sms", "text": texts[0], "sms": texts, "to_lead": lead.id}
    return enqueue(session, f"{key}:text", VISITOR_MESSAGE, payload, text_lead_from(session, now, lead), lead.id)


def number_for_news(session: Session, lead_id: str) -> str | None:
    """Where news of this lead is texted to right now; None when it is not wanted (any more)."""
    lead = session.get(Lead, lead_id)
    if lead is None or lead.open_key is None or _consent(session, lead) is None or not _may_text(session, lead):
        return None
    return str(lead.contact)


def conversation_of_number(session: Session, phone: str) -> str | None:
    """The conversation whose request goes on by text from this number (E.164), since its visitor agreed to that."""
    leads = session.execute(
        select(Lead)
        .where(Lead.phone_index == index_of(phone), Lead.open_key.is_not(None))
        .order_by(Lead.created_at.desc(), Lead.id)
    ).scalars()
    return next((str(lead.conversation_id) for lead in leads if _consent(session, lead) is not None), None)


def _may_text(session: Session, lead: Lead) -> bool:
    return bool(lead.contact and lead.contact_kind == "phone" and lead.safe_text) and not is_blocked(
        session, lead.contact
    )


def _consent(session: Session, lead: Lead) -> Consent | None:
    consent: Consent | None = session.execute(
        select(Consent)
        .where(Consent.lead_id == lead.id, Consent.kind == TEXTS, Consent.withdrawn_at.is_(None))
        .order_by(Consent.given_at.desc())
        .limit(1)
    ).scalar_one_or_none()
    return consent

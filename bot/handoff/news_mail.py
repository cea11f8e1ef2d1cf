"""News of a request by e-mail, for somebody who gave an address: the fact and a link to their own page, nothing else.

Mailboxes are read by families and employers. So the words are the same for every piece of news, the sender is the
`brand`, and what the news is stands on a page behind a signed link (bot.handoff.visitor_page). The consent to be
contacted says that such mail comes; the address is looked up when it is sent, so that nothing leaves after a
withdrawal, and a corrected address gets it.
"""

from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import formataddr, parseaddr

from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.handoff.history import end_consents, record
from bot.handoff.mail import digest
from bot.handoff.models import CONTACT, Consent, Lead
from bot.handoff.numbers import block, index_of, is_blocked
from bot.handoff.outbox import EMAIL_VISITOR, enqueue
from bot.handoff.phrases import ENGLISH, phrase
from bot.handoff.texts import brand
from bot.handoff.timers import reach_nowhere
from bot.program.transfer import current_program
from bot.settings import Settings
from bot.store import load_keys

COVERING = frozenset({"contact-en-3", "contact-es-1", "handover-contact-en-1", "handover-contact-es-1"})
"""Versions of the consent to be contacted that say that news comes by e-mail; who agreed to other words gets none."""
LINK_DAYS = 30
UNFOLDED = policy.default.clone(max_line_length=900)
"""A longer header is encoded word by word, and then no mail program finds the address to unsubscribe at (RFC 2369)."""
ROOT = "/handoff/yours"


class NoPageError(LookupError):
    """The link is not ours, too old, or for a request or an address that is not there any more."""


@dataclass(frozen=True)
class NewsMail:
    """What is needed to send one: to whom, from whom, and the page below the public address."""

    to: str
    brand: str
    path: str
    locale: str = ENGLISH


def mail_news(session: Session, lead: Lead, key: str, now: datetime) -> bool:
    """Put a mail that there is news into the outbox, where the visitor is reached by e-mail and agreed to it."""
    if lead.test or _address(session, lead) is None:
        return False
    return enqueue(session, f"{key}:mail", EMAIL_VISITOR, {"to_lead": lead.id}, now, lead.id)


def news_mail_for(session: Session, lead_id: str) -> NewsMail | None:
    """What to send about this lead right now; None when no mail is wanted (any more)."""
    lead = session.get(Lead, lead_id)
    address = _address(session, lead) if lead is not None else None
    if lead is None or address is None:
        return None
    return NewsMail(address, brand(current_program(session)), visitor_path(lead), str(lead.locale))


def compose_news(news: NewsMail, key: str, settings: Settings) -> EmailMessage:
    """The e-mail; a mail program's own "unsubscribe" (RFC 8058) stops it like the button on the page."""
    link = settings.base_url + news.path
    message = EmailMessage(policy=UNFOLDED)
    sender = parseaddr(settings.news_from or settings.mail_from)[1]
    message["Subject"], message["To"] = phrase("news_mail.subject").into(news.locale), news.to
    message["From"] = formataddr((news.brand, sender))
    message["Message-ID"] = f"<{digest(key)}@{sender.rpartition('@')[2] or 'localhost'}>"
    message["Auto-Submitted"] = "auto-generated"
    if link.startswith("https:"):
        message["List-Unsubscribe"] = f"<{link}/stop>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    body = phrase("news_mail.body", link=link, brand=news.brand, days=LINK_DAYS)
    message.set_content(f"{body.into(news.locale)}\n")
    return message


def stop_mail(session: Session, lead: Lead, now: datetime, not_theirs: bool = False) -> None:
    """No mail to this address any more, from nobody: the consent to be contacted ends, and the address is forgotten.

    `not_theirs`: whoever reads it never asked; nobody can leave it again. Works however often somebody changed things
    today: stopping has no limit.
    """
    if not_theirs and lead.contact:
        block(session, index_of(lead.contact), "wrong_person", now)
    end_consents(session, lead, now, "consent_withdrawn", conversation_id=lead.conversation_id, kinds=(CONTACT,))
    lead.contact = lead.contact_kind = None
    reach_nowhere(lead)
    lead.updated_at = now
    record(session, lead, "visitor", "mail_stopped", now)
    session.flush()


def visitor_path(lead: Lead) -> str:
    """The visitor's own page, below the public address: holds an id, and works for the address of today only."""
    return f"{ROOT}/{_signer().dumps([lead.id, _mark(lead)])}"


def lead_of_page(session: Session, token: str, lock: bool = False) -> Lead:
    """The open lead that a visitor's link is for. Raises NoPageError."""
    try:
        lead_id, mark = _signer().loads(token, max_age=LINK_DAYS * 24 * 3600)
    except (BadSignature, ValueError, TypeError):
        raise NoPageError from None
    query = select(Lead).where(Lead.id == lead_id, Lead.open_key.is_not(None))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    lead: Lead | None = session.execute(query).scalar_one_or_none()
    if lead is None or lead.contact is None or _mark(lead) != mark:
        raise NoPageError
    return lead


def _address(session: Session, lead: Lead) -> str | None:
    if lead.open_key is None or not lead.contact or lead.contact_kind != "email" or is_blocked(session, lead.contact):
        return None
    covered = session.execute(
        select(Consent.id).where(
            Consent.lead_id == lead.id,
            Consent.conversation_id == lead.conversation_id,
            Consent.kind == CONTACT,
            Consent.version.in_(COVERING),
            Consent.withdrawn_at.is_(None),
        )
    ).first()
    return str(lead.contact) if covered is not None else None


def _mark(lead: Lead) -> str:
    return index_of(str(lead.contact))[:16]


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(load_keys().token("handoff"), salt="visitor-page")

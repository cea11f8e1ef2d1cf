"""Tables of the hand-off: leads, their history, the consents behind them, and the outbox.

Personal details are encrypted; what is looked up or sorted by (state, times, ids) is not.
"""

from typing import Any
from uuid import uuid4

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Text, UniqueConstraint, event

from bot.store import Base, EncryptedJSON, EncryptedText, UTCDateTime, utcnow


def new_id() -> str:
    """A fresh random id (UUID 4 as text)."""
    return str(uuid4())


class Lead(Base):
    """One visitor's request to be reached by a professional.

    `open_key` is the conversation's id while the lead is open and NULL afterwards: its unique index is what makes a
    second open lead of one conversation impossible, whatever two processes do at the same time.
    `version` is raised by every UPDATE and compared in its WHERE clause, so that of two writers one fails.
    """

    __tablename__ = "leads"

    id = Column(String(36), primary_key=True, default=new_id)
    ref = Column(String(8), nullable=False, unique=True)
    conversation_id = Column(String(64), nullable=False, index=True)
    open_key = Column(String(64), unique=True)
    channel = Column(String(8), nullable=False)
    locale = Column(String(16), nullable=False, default="en")
    """The language that we speak to the visitor, and that their consents are in."""
    language = Column(String(16), nullable=False, default="en")
    """The language that they want to be called back in, unless they left that out."""
    state = Column(String(16), nullable=False)
    closed_reason = Column(String(40))

    name = Column(EncryptedText)
    contact = Column(EncryptedText)
    contact_kind = Column(String(8))
    best_time = Column(EncryptedText)
    zip = Column(EncryptedText)
    for_whom = Column(EncryptedText)
    wish = Column(EncryptedText)
    safe_call = Column(Boolean)
    """Whether a call is safe for the visitor; NULL: not said (bot.handoff.safe reads it with care)."""
    safe_voicemail = Column(Boolean)
    safe_text = Column(Boolean)
    phone_index = Column(String(64), index=True)
    phone_key = Column(String(64))
    """The number's blind index while the lead is open and the one that further requests with this number join."""
    test = Column(Boolean, nullable=False, default=False)
    """With a number made for examples (555-01xx) at a real provider: nobody is told of it outside the console."""

    professional_id = Column(String(40))
    offer = Column(Integer, nullable=False, default=0)
    """Counts the recipients it was offered to; a link of an earlier offer is void."""
    due_at = Column(UTCDateTime)
    """Until when somebody should say "I have it"."""
    contact_due_at = Column(UTCDateTime)
    """Until when the visitor should be contacted for the first time; none when they left no way to reach them."""
    climb = Column(Integer, nullable=False, default=0)
    """Counts the times that the ladder was begun from its first rung."""
    rung = Column(Integer, nullable=False, default=0)
    """Where it stands: on the ladder of people while unclaimed, of the first contact afterwards."""
    next_rung_at = Column(UTCDateTime, index=True)
    """When it goes on; none when it has ended or nothing waits."""
    reminded_at = Column(UTCDateTime)
    offered_at = Column(UTCDateTime)
    claimed_at = Column(UTCDateTime)
    scheduled_for = Column(UTCDateTime)
    place = Column(EncryptedText)
    """Where the appointment is, in words for the visitor."""
    try_again_at = Column(UTCDateTime)
    """When the professional means to call again after no answer."""
    closed_at = Column(UTCDateTime)
    erased_at = Column(UTCDateTime)
    created_at = Column(UTCDateTime, nullable=False, default=utcnow)
    updated_at = Column(UTCDateTime, nullable=False, default=utcnow)
    version = Column(Integer, nullable=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  (SQLAlchemy's own way)
    __table_args__ = (
        Index("ix_leads_state_due", "state", "due_at"),
        Index("ix_leads_phone_key", "phone_key", unique=True),
    )


class LeadLink(Base):
    """A request from another conversation with the same number, which joined this lead instead of making a second.

    It has details and a code of its own: whoever types a number in learns nothing of the lead that was there before.
    """

    __tablename__ = "lead_links"

    id = Column(String(36), primary_key=True, default=new_id)
    lead_id = Column(String(36), ForeignKey("leads.id", ondelete="CASCADE"), nullable=False, index=True)
    conversation_id = Column(String(64), nullable=False, index=True)
    open_key = Column(String(64), unique=True)
    """The conversation's id until the request ends: a conversation has one."""
    ref = Column(String(8), nullable=False, unique=True)
    channel = Column(String(8), nullable=False)
    locale = Column(String(16), nullable=False, default="en")
    professional_id = Column(String(40), nullable=False)
    """Whom its consent names; nobody else sees the details."""
    details = Column(EncryptedJSON)
    """The summary's lines."""
    at = Column(UTCDateTime, nullable=False, default=utcnow)
    ended_at = Column(UTCDateTime)


class BlockedNumber(Base):
    """A number whose owner is somebody else than the visitor, or wants no contact: it is not called or texted."""

    __tablename__ = "blocked_numbers"

    phone_index = Column(String(64), primary_key=True)
    reason = Column(String(16), nullable=False)
    at = Column(UTCDateTime, nullable=False, default=utcnow)


class RequestMark(Base):
    """That a conversation asked, and with which number (blind index): for the limits of one day, then deleted."""

    __tablename__ = "request_marks"

    id = Column(Integer, primary_key=True, autoincrement=True)
    conversation_id = Column(String(64), nullable=False, index=True)
    phone_index = Column(String(64), index=True)
    new = Column(Boolean, nullable=False)
    """A new request; else a change of one."""
    at = Column(UTCDateTime, nullable=False, default=utcnow, index=True)


class LeadEvent(Base):
    """One thing that happened to a lead; rows are added and never changed."""

    __tablename__ = "lead_events"

    id = Column(Integer, primary_key=True, autoincrement=True)
    lead_id = Column(String(36), ForeignKey("leads.id", ondelete="CASCADE"), nullable=False, index=True)
    actor = Column(String(60), nullable=False)
    """visitor, assistant, worker, professional:<id> or staff:<name>."""
    kind = Column(String(24), nullable=False)
    note = Column(EncryptedText)
    at = Column(UTCDateTime, nullable=False, default=utcnow)


SHARING, CONTACT, TEXTS = "sharing", "contact", "texts"
"""Kinds of consent: passing details on, being contacted by that person, news by text. Each is a row of its own."""


class Consent(Base):
    """One thing that a visitor agreed to, in the exact words that they saw; outlives the contact details."""

    __tablename__ = "consents"

    id = Column(String(36), primary_key=True, default=new_id)
    lead_id = Column(String(36), ForeignKey("leads.id", ondelete="CASCADE"), nullable=False, index=True)
    conversation_id = Column(String(64), index=True)
    """Where it was given."""
    act = Column(String(36))
    """The yes by which it was given (ConsentGiven.act); its unique index makes that yes count once."""
    kind = Column(String(12), nullable=False, default=SHARING)
    discloser = Column(String(200), nullable=False)
    recipient_id = Column(String(40), nullable=False)
    recipient_name = Column(String(200), nullable=False)
    recipient_role = Column(String(200), nullable=False)
    text = Column(EncryptedText, nullable=False)
    version = Column(String(24), nullable=False)
    locale = Column(String(16), nullable=False)
    channel = Column(String(8), nullable=False)
    shared = Column(EncryptedJSON, nullable=False)
    """The kinds of details, such as "phone number"; never their values, which are erased on withdrawal."""
    purpose = Column(Text, nullable=False)
    given_at = Column(UTCDateTime, nullable=False)
    expires_at = Column(UTCDateTime, nullable=False)
    withdrawn_at = Column(UTCDateTime)

    __table_args__ = (Index("ix_consents_act_kind", "act", "kind", unique=True),)


class LadderNotice(Base):
    """Somebody beyond the owner who was told that a request waits, without any word on whose it is."""

    __tablename__ = "ladder_notices"

    id = Column(Integer, primary_key=True, autoincrement=True)
    lead_id = Column(String(36), ForeignKey("leads.id", ondelete="CASCADE"), nullable=False)
    climb = Column(Integer, nullable=False)
    professional_id = Column(String(40), nullable=False)
    role = Column(String(12), nullable=False)
    at = Column(UTCDateTime, nullable=False)

    __table_args__ = (UniqueConstraint("lead_id", "climb", "professional_id"),)


class HandoverRequest(Base):
    """The question to a visitor whether a colleague who said "I can take it" may have their request.

    `open_key` is the id of the lead, or of the request that has joined it, while it is unanswered and NULL afterwards:
    one open question for each at most.
    """

    __tablename__ = "handover_requests"

    id = Column(String(36), primary_key=True, default=new_id)
    lead_id = Column(String(36), ForeignKey("leads.id", ondelete="CASCADE"), nullable=False, index=True)
    open_key = Column(String(36), unique=True)
    link_id = Column(String(36), ForeignKey("lead_links.id", ondelete="CASCADE"), index=True)
    """Of the request that has joined the lead, when it is that one's visitor who is asked."""
    professional_id = Column(String(40), nullable=False)
    state = Column(String(12), nullable=False, default="asked")
    """asked, agreed, refused or void (claimed, withdrawn, or another question took its place)."""
    given = Column(EncryptedJSON)
    """The consent in the words that the visitor saw (ConsentGiven), by where they are asked: here, text, away.

    Forgotten with the answer: a yes keeps the words that it was said to."""
    asked_at = Column(UTCDateTime, nullable=False)
    told_at = Column(UTCDateTime)
    """When it was said in the conversation itself; of one that a worker posts, the outbox knows."""
    answered_at = Column(UTCDateTime)
    answered_in = Column(String(64))
    """The visitor's message that answered it: the same message again is answered alike."""


class OutboxItem(Base):
    """Something to be delivered, written in the transaction that decided it, delivered by a worker afterwards."""

    __tablename__ = "outbox_items"

    id = Column(String(36), primary_key=True, default=new_id)
    idempotency_key = Column(String(120), nullable=False, unique=True)
    kind = Column(String(24), nullable=False)
    lead_id = Column(String(36), ForeignKey("leads.id", ondelete="CASCADE"), index=True)
    payload = Column(EncryptedJSON, nullable=False)
    state = Column(String(12), nullable=False, default="pending")
    """pending, sent, dead (given up) or cancelled (withdrawn before it was sent)."""
    attempts = Column(Integer, nullable=False, default=0)
    due_at = Column(UTCDateTime, nullable=False)
    last_error = Column(Text)
    claimed_by = Column(String(80))
    claimed_until = Column(UTCDateTime)
    created_at = Column(UTCDateTime, nullable=False, default=utcnow)
    sent_at = Column(UTCDateTime)

    __table_args__ = (Index("ix_outbox_items_state_due", "state", "due_at"),)


class RetentionMark(Base):
    """Up to when something has been deleted for its age: what is older is missing by right, whatever is set today."""

    __tablename__ = "retention_marks"

    what = Column(String(20), primary_key=True)
    """outbox."""
    before = Column(UTCDateTime, nullable=False)


class StaffNoticeRow(Base):
    """A message to staff in the console: the fact and the link; open pages show it as a browser notification."""

    __tablename__ = "staff_notices"

    id = Column(Integer, primary_key=True, autoincrement=True)
    key = Column(String(120), nullable=False, unique=True)
    permission = Column(String(40), nullable=False)
    text = Column(String(300), nullable=False)
    path = Column(String(300), nullable=False)
    lead_id = Column(String(36), ForeignKey("leads.id", ondelete="CASCADE"), index=True)
    at = Column(UTCDateTime, nullable=False, default=utcnow)


class AppendOnlyError(RuntimeError):
    """Somebody tried to change a lead's history."""


@event.listens_for(LeadEvent, "before_update")
def _history_stays(_mapper: Any, _connection: Any, target: LeadEvent) -> None:
    raise AppendOnlyError(f"event {target.id} of lead {target.lead_id} cannot be changed")

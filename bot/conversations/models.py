"""Tables of the conversations.

A conversation's row is locked by whoever writes into it, so that `seq` has no gap and no double, on any database.
Texts, phone numbers and what was understood are encrypted; what lists and counts need (topic, confidence, safety) is
not.
"""

import uuid

from sqlalchemy import Boolean, Column, Date, Float, ForeignKey, Index, Integer, String, UniqueConstraint, false

from bot.store import Base, EncryptedJSON, EncryptedText, UTCDateTime, utcnow


def new_id() -> str:
    """A random UUID (version 4) as text."""
    return str(uuid.uuid4())


class Conversation(Base):
    """One visitor on one channel: a chat session on the web, or a phone number on SMS."""

    __tablename__ = "conversations"

    id = Column(String(36), primary_key=True, default=new_id)
    channel = Column(String(8), nullable=False)
    """web or sms."""
    locale = Column(String(16), nullable=False, default="en")
    token_hash = Column(String(64))
    """SHA-256 (hex) of the web visitor's bearer token; the token itself is never stored."""
    phone_index = Column(String(64), unique=True)
    """Blind index of the SMS visitor's number: one live conversation a number."""
    phone = Column(EncryptedText)
    created_at = Column(UTCDateTime, nullable=False, default=utcnow)
    last_at = Column(UTCDateTime, nullable=False, default=utcnow, index=True)
    last_seq = Column(Integer, nullable=False, default=0)
    state = Column(String(12), nullable=False, default="open")
    """open or erased."""
    erased_at = Column(UTCDateTime)
    lease_owner = Column(String(36))
    """The dispatcher that is answering now; nobody else does until `lease_until`."""
    lease_until = Column(UTCDateTime)


class Message(Base):
    """One message. Visitor's ones are received, then answered; replies point back with `in_reply_to`."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("conversation_id", "seq", name="uq_messages_conversation_id_seq"),
        UniqueConstraint("conversation_id", "client_id", name="uq_messages_conversation_id_client_id"),
        Index("ix_messages_status_at", "status", "at"),
        Index("ix_messages_delivery_due_at", "delivery", "due_at"),
    )

    id = Column(String(36), primary_key=True, default=new_id)
    conversation_id = Column(String(36), ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False)
    seq = Column(Integer, nullable=False)
    author = Column(String(10), nullable=False)
    """visitor, assistant or staff."""
    author_name = Column(String(60))
    """Who of the staff wrote it, as the visitor sees them."""
    kind = Column(String(12), nullable=False, default="turn")
    """turn, greeting, unavailable (the fixed text of an outage), post (pushed later), notice (SMS keywords), joined and
    left (both ends of a take-over), silence (asked whether to go on waiting for a person)."""
    text = Column(EncryptedText, nullable=False)
    """What the visitor sees: for a chosen quick reply its title."""
    command = Column(EncryptedText)
    """What the engine gets instead of `text`: the payload of a quick reply that was offered in this conversation."""
    quick_replies = Column(EncryptedJSON)
    client_id = Column(String(80))
    """Idempotency key, unique in the conversation."""
    in_reply_to = Column(String(36), index=True)
    status = Column(String(10))
    """Visitor's messages: received, answered, failed."""
    attended = Column(Boolean, nullable=False, default=False, server_default=false())
    """Whether a person had the conversation when the visitor wrote it: the assistant only listens."""
    attempts = Column(Integer, nullable=False, default=0)
    """How often the engine refused this very message; for SMS replies, how often a sender took it."""
    topic = Column(String(48))
    confidence = Column(Float)
    doubt = Column(Boolean, nullable=False, default=False)
    safety = Column(String(10))
    """none, check or emergency."""
    understanding = Column(EncryptedJSON)
    delivery = Column(String(16))
    """SMS replies: pending, claimed, twiml, then Twilio's states; blocked after an opt-out."""
    due_at = Column(UTCDateTime)
    """When a pending SMS goes out by the REST API; when a claimed one may be looked into again."""
    provider_id = Column(String(40))
    """Twilio's message SID."""
    at = Column(UTCDateTime, nullable=False, default=utcnow)


class Alert(Base):
    """An emergency that a named person has to look at. `open_key` is the conversation's id until somebody has it."""

    __tablename__ = "alerts"

    id = Column(String(36), primary_key=True, default=new_id)
    conversation_id = Column(String(36), ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True)
    open_key = Column(String(36), unique=True)
    """The unique index makes a second open alert of one conversation impossible."""
    message_id = Column(String(36))
    channel = Column(String(8), nullable=False)
    raised_at = Column(UTCDateTime, nullable=False, default=utcnow)
    due_at = Column(UTCDateTime, nullable=False, index=True)
    """When the next person of the on-call list is told."""
    told = Column(Integer, nullable=False, default=0)
    acknowledged_by = Column(String(254))
    acknowledged_at = Column(UTCDateTime)


class Takeover(Base):
    """A member of staff who writes in the assistant's place. `open_key` is the conversation's id until it ends."""

    __tablename__ = "takeovers"

    id = Column(String(36), primary_key=True, default=new_id)
    conversation_id = Column(String(36), ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True)
    open_key = Column(String(36), unique=True)
    """The unique index makes a second open take-over of one conversation impossible."""
    user_id = Column(String(36), nullable=False)
    email = Column(String(254), nullable=False)
    """Of the account, kept as it was then: the row outlives the account."""
    name = Column(String(60), nullable=False)
    """As the visitor sees it."""
    started_at = Column(UTCDateTime, nullable=False, default=utcnow)
    started_seq = Column(Integer, nullable=False)
    """Number of the last message before it."""
    staff_at = Column(UTCDateTime, nullable=False, default=utcnow)
    """When the person last did something here."""
    waiting_since = Column(UTCDateTime)
    """Since when the visitor waits for the person's word; None when the person wrote last."""
    asked_at = Column(UTCDateTime)
    """When the visitor, who waits, was asked whether to go on waiting."""
    ended_at = Column(UTCDateTime)
    ended_by = Column(String(10))
    """staff, visitor, silence (nobody answered) or optout."""


class Correction(Base):
    """What a visitor's message was really about, as staff say; learned only after a second person has approved it."""

    __tablename__ = "corrections"
    __table_args__ = (Index("ix_corrections_state_at", "state", "at"),)

    id = Column(String(36), primary_key=True, default=new_id)
    conversation_id = Column(String(36), ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True)
    message_id = Column(String(36), ForeignKey("messages.id", ondelete="CASCADE"), nullable=False, index=True)
    open_key = Column(String(36), unique=True)
    """The message's id while the correction waits: the unique index makes a second waiting one impossible."""
    predicted = Column(String(48))
    topic = Column(String(48), nullable=False)
    note = Column(EncryptedText, nullable=False, default="")
    author = Column(String(254), nullable=False)
    at = Column(UTCDateTime, nullable=False, default=utcnow)
    state = Column(String(10), nullable=False, default="waiting")
    """waiting, approved or rejected."""
    decided_by = Column(String(254))
    """Never the author."""
    decided_at = Column(UTCDateTime)
    learned_in = Column(String(80))
    """Name of the first model that was trained with it."""


class Referral(Base):
    """How many messages of one day, channel, level and category were answered with numbers; about nobody."""

    __tablename__ = "referrals"

    day = Column(Date, primary_key=True)
    channel = Column(String(8), primary_key=True)
    level = Column(String(10), primary_key=True)
    """check or emergency."""
    category = Column(String(12), primary_key=True)
    number = Column(Integer, nullable=False)


class OptOut(Base):
    """A phone number that wants no texts. Outlives the conversation: erasing a chat must not undo a STOP."""

    __tablename__ = "opt_outs"

    phone_index = Column(String(64), primary_key=True)
    at = Column(UTCDateTime, nullable=False, default=utcnow)
    how = Column(String(16), nullable=False)
    """keyword, words (said in other words) or carrier (Twilio told us)."""

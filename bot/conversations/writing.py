"""Writing into conversations: open, receive, answer, apologise for an outage, push.

Every function locks the conversation's row first; on SQLite the write transaction itself is that lock.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversations import referrals, takeover
from bot.conversations.alerts import EMERGENCY, raise_alert, take_back
from bot.conversations.appending import WEBHOOK_GRACE, append, locked, sms_delivery
from bot.conversations.guard import guard
from bot.conversations.models import Conversation, Message
from bot.conversations.reading import QuickReply, by_client_id, hash_token, offered, phone_index, replies_to
from bot.conversations.takeover_words import FOR_THE_ENGINE
from bot.store import utcnow


class Conflict(Exception):
    """The client id was used before, for another text."""


@dataclass(frozen=True)
class Received:
    """A stored message; `new` is false when the same client id had stored it before."""

    message: Message
    new: bool


def open_conversation(
    session: Session, channel: str, *, locale: str = "en", phone: str | None = None
) -> tuple[Conversation, str]:
    """A new conversation and its bearer token (256 random bits; empty on SMS: Twilio's signature is the proof)."""
    token = secrets.token_urlsafe(32) if channel == "web" else ""
    conversation = Conversation(
        channel=channel,
        locale=locale[:16] or "en",
        token_hash=hash_token(token) if token else None,
        phone=phone,
        phone_index=phone_index(phone) if phone else None,
        last_seq=0,
    )
    session.add(conversation)
    session.flush()
    return conversation, token


def receive(session: Session, conversation_id: str, client_id: str, text: str) -> Received | None:
    """Store a visitor's message once; None when the conversation is erased or unknown.

    A payload that was offered in this conversation becomes a command and shows as its title. Any other text loses its
    leading slashes: nobody can call an intent that was not offered. The rules look at it at once (`safety` of the
    message). While a person has the conversation it is theirs to answer (bot.conversations.takeover). Raises Conflict
    for a client id with another text.
    """
    conversation = locked(session, conversation_id)
    if conversation is None:
        return None
    shown, payload = _as_offered(text, offered(session, conversation_id) if text.startswith("/") else ())
    command = FOR_THE_ENGINE.get(payload, payload) if payload else None
    key = f"v:{client_id}"
    known = by_client_id(session, conversation_id, key)
    if known is not None:
        if known.text != shown or known.command != command:
            raise Conflict(client_id)
        return Received(known, new=False)
    message = append(session, conversation, "visitor", shown, client_id=key, command=command, status="received")
    guard(session, conversation, message)
    taken = takeover.current(session, conversation_id)
    takeover.visitor_wrote(session, conversation, message, taken, takeover.choice_in(taken, payload, shown))
    return Received(message, new=True)


def _as_offered(text: str, choices: Iterable[QuickReply]) -> tuple[str, str | None]:
    for choice in choices:
        if choice["payload"] == text:
            return choice["title"], text
    return text.lstrip("/ ") or "?", None


def answer(
    session: Session,
    message_id: str,
    replies: Iterable[Mapping[str, Any]],
    understanding: Mapping[str, Any] | None = None,
    attended: bool = False,
) -> list[Message] | None:
    """Store the engine's replies to a visitor's message, once. `attended`: the engine only listened.

    None when the conversation was erased meanwhile (the engine's memory of this turn has to go too). A message that is
    answered already keeps its replies: they are given back and nothing is stored.
    """
    conversation_id = session.execute(
        select(Message.conversation_id).where(Message.id == message_id)
    ).scalar_one_or_none()
    conversation = locked(session, conversation_id) if conversation_id else None
    message = session.get(Message, message_id, populate_existing=True) if conversation else None
    if conversation is None or message is None:
        return None
    if message.status != "received":
        return replies_to(session, message_id)
    given = replies_to(session, message_id)
    replies = list(replies)
    message.attended = message.attended or attended
    told = bool(given) and message.safety == EMERGENCY
    message.status = "answered"
    _understood(message, understanding or {})
    if told:  # what the visitor was told in the engine's place stands, whatever the engine thinks of it later
        message.safety = EMERGENCY
    if message.safety == EMERGENCY:
        raise_alert(session, conversation.id, message.id, conversation.channel)
    else:
        take_back(session, message.id)
    if replies and not told:  # what was told in the engine's place was counted then; who only listens tells nothing
        category = ((understanding or {}).get("safety") or {}).get("category")
        referrals.count(session, conversation.channel, message.safety, category)
    said = "\n\n".join(reply.text for reply in given)
    stored = [
        append(
            session,
            conversation,
            "assistant",
            str(reply["text"]),
            quick_replies=list(reply.get("quick_replies") or ()) or None,
            in_reply_to=message_id,
            **sms_delivery(session, conversation, utcnow() if given else utcnow() + WEBHOOK_GRACE),
        )
        for reply in replies
        # A late answer does not repeat what was said in its place.
        if reply.get("text") and str(reply["text"]).strip() not in said
    ]
    return stored


def fail(session: Session, message_id: str, limit: int) -> bool:
    """Count a refusal by the engine; after `limit` the message is failed, so that it holds up no other. True if so."""
    message = session.get(Message, message_id, with_for_update=True)
    if message is None or message.status != "received":
        return True
    message.attempts += 1
    if message.attempts >= limit:
        message.status = "failed"
    return bool(message.status == "failed")


def apologise(
    session: Session,
    message_id: str,
    texts: Iterable[str],
    safety: str | None = None,
    category: str | None = None,
) -> list[Message]:
    """Store the fixed texts of an outage as replies, unless there are replies already or a person answers.

    `safety` and `category` are what the rules see in the message. Gives all replies that it has now. On SMS they belong
    to the open webhook.
    """
    conversation_id = session.execute(
        select(Message.conversation_id).where(Message.id == message_id)
    ).scalar_one_or_none()
    conversation = locked(session, conversation_id) if conversation_id else None
    message = session.get(Message, message_id, populate_existing=True) if conversation else None
    if conversation is None or message is None:
        return []
    already = replies_to(session, message_id)
    if already:
        return already
    if message.attended and (message.status != "received" or safety != EMERGENCY):
        return []  # a person answers
    message.safety = message.safety or safety
    if message.safety == EMERGENCY:
        raise_alert(session, conversation.id, message.id, conversation.channel)
        referrals.count(session, conversation.channel, EMERGENCY, category)
    for text in texts:
        append(
            session,
            conversation,
            "assistant",
            text,
            kind="unavailable",
            in_reply_to=message_id,
            **sms_delivery(session, conversation, utcnow() + WEBHOOK_GRACE),
        )
    return replies_to(session, message_id)


def note(
    session: Session,
    conversation_id: str,
    author: str,
    text: str,
    *,
    kind: str,
    client_id: str | None = None,
    in_reply_to: str | None = None,
    quick_replies: list[QuickReply] | None = None,
    delivery: str | None = None,
) -> Message | None:
    """Store a message that the engine has no part in (a greeting, an SMS keyword, its answer); once per client id."""
    conversation = locked(session, conversation_id)
    if conversation is None:
        return None
    known = by_client_id(session, conversation_id, client_id) if client_id else None
    return known or append(
        session,
        conversation,
        author,
        text,
        kind=kind,
        client_id=client_id,
        in_reply_to=in_reply_to,
        quick_replies=[dict(reply) for reply in quick_replies] if quick_replies else None,
        status="answered" if author == "visitor" else None,
        delivery=delivery,
    )


def post_to_visitor(
    session: Session,
    conversation_id: str,
    text: str,
    sms_text: str,
    key: str,
    *,
    author: str = "assistant",
    not_before: datetime | None = None,
    quick_replies: list[QuickReply] | None = None,
) -> Message | None:
    """Push a message to a visitor, once per `key`, as one with the session's transaction.

    The web shows `text` at once (server-sent events, polling); an SMS visitor gets `sms_text` by the REST API, unless
    they opted out (stored as blocked) and not before `not_before` (quiet hours). None when the
    conversation is erased or unknown.
    """
    conversation = locked(session, conversation_id)
    if conversation is None:
        return None
    known = by_client_id(session, conversation_id, f"p:{key}")
    return known or append(
        session,
        conversation,
        author,
        sms_text if conversation.channel == "sms" else text,
        kind="post",
        client_id=f"p:{key}",
        quick_replies=[dict(reply) for reply in quick_replies] if quick_replies else None,
        **sms_delivery(session, conversation, max(utcnow(), not_before or utcnow())),
    )


def _understood(message: Message, understanding: Mapping[str, Any]) -> None:
    confidence = understanding.get("confidence")
    message.understanding = dict(understanding)
    message.topic = str(understanding.get("topic") or "")[:48] or None
    message.confidence = float(confidence) if confidence is not None else None
    message.doubt = bool(understanding.get("doubt"))
    message.safety = str((understanding.get("safety") or {}).get("level") or "none")[:10]

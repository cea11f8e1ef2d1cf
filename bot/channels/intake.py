"""What an incoming text message is: a keyword, a choice from the numbered list, or something for the engine.

Everything is stored in the caller's transaction. The same MessageSid twice gives the same result and stores no more.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.channels.host import Host
from bot.channels.keywords import Keyword, from_twilio, keyword
from bot.channels.texts import TEXT_ONLY, sms_goodbye, sms_greeting, sms_help, sms_welcome_back
from bot.conversations import (
    Conversation,
    Message,
    QuickReply,
    alerts,
    by_client_id,
    by_phone,
    deliveries,
    has_written,
    note,
    open_conversation,
    receive,
    replies_to,
)
from bot.conversations.takeover import farewell_key
from bot.safety import assess, language_of

NUMBER_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
OPT_OUTS = (Keyword.STOP, Keyword.STOP_IN_WORDS, Keyword.NO_CONTACT, Keyword.WRONG_PERSON)


@dataclass(frozen=True)
class Incoming:
    """One text message, as far as we use it."""

    sid: str
    phone: str
    text: str
    """Cleaned; empty for a picture alone."""
    opt_out_type: str = ""
    """STOP, START or HELP when Twilio's Advanced Opt-Out has recognised it, and has answered itself."""


@dataclass(frozen=True)
class Stored:
    """What became of a text message."""

    conversation_id: str
    ready: list[Message]
    """Fixed texts to answer with at once."""
    message_id: str | None = None
    """The message that the engine has to answer."""
    safety: str | None = None
    """What the rules see in it."""
    no_contact: bool = False
    """The visitor wants no contact any more: their requests have to be withdrawn as well."""
    wrong_person: bool = False
    """And the number is not theirs whom the request is about: nobody may call it again."""


def take_in(session: Session, message: Incoming, host: Host, allowed: Callable[[], bool]) -> Stored:
    """Store the message and what is answered to it at once. `allowed()`: within the rate limit?"""
    conversation = by_phone(session, message.phone)
    # We may have texted first, with news of a request made on the web: they have not been told yet who answers here.
    first = conversation is None or not has_written(session, conversation.id)
    if conversation is None:
        conversation, _ = open_conversation(session, "sms", phone=message.phone)
    known = by_client_id(session, conversation.id, f"v:{message.sid}")
    if known is not None:
        return _again(session, conversation, known, message)
    opted_out = deliveries.is_opted_out(session, message.phone)
    word = from_twilio(message.opt_out_type) if message.opt_out_type else keyword(message.text)
    if word in OPT_OUTS and not opted_out:
        return _opt_out(session, conversation, message, host, word)
    if word is Keyword.START and opted_out:
        deliveries.opt_in(session, message.phone)
        return _fixed(session, conversation, message, sms_welcome_back(host, language_of(message.text)))
    if opted_out or message.opt_out_type:
        # Said again after an earlier opt-out: a request made since then, on the web, is taken back as well.
        stored = _fixed(session, conversation, message)
        return replace(stored, no_contact=word in OPT_OUTS, wrong_person=word is Keyword.WRONG_PERSON)
    if word is Keyword.HELP:
        return _fixed(session, conversation, message, sms_help(host, language_of(message.text)))
    if not message.text:
        return _fixed(session, conversation, message, TEXT_ONLY)
    if assess(message.text).level != "emergency" and not allowed():
        return _fixed(session, conversation, message)
    return _for_engine(session, conversation, message, host, first)


def chosen(session: Session, conversation_id: str, text: str) -> QuickReply | None:
    """The choice that "2", "two" or its title stands for, in the list that the visitor has last been sent.

    A list that a person has written after is none any more: "2" answers the person.
    """
    replies = session.execute(
        select(Message.quick_replies)
        .where(
            Message.conversation_id == conversation_id,
            Message.author != "visitor",
            Message.quick_replies.is_not(None),
            Message.seq >= _last_turn(session, conversation_id),
        )
        .order_by(Message.seq.desc())
        .limit(1)
    ).scalar_one_or_none()
    plain = re.sub(r"[\s.,!?()#*\"']+", " ", text.lower()).strip()
    for number, reply in enumerate(replies or [], 1):
        title = re.sub(r"[\s.,!?()#*\"']+", " ", reply["title"].lower()).strip()
        if plain in (str(number), NUMBER_WORDS[number - 1] if number <= len(NUMBER_WORDS) else "", title):
            return QuickReply(title=reply["title"], payload=reply["payload"])
    return None


def _last_turn(session: Session, conversation_id: str) -> int:
    """The number of the last message that closed the list of choices before it; it offers none, or its own."""
    visitor = (Message.author == "visitor") & (Message.kind == "turn")
    newest: int | None = session.execute(
        select(Message.seq)
        .where(
            Message.conversation_id == conversation_id,
            or_(visitor, Message.author == "staff", Message.kind.in_(("joined", "left"))),
        )
        .order_by(Message.seq.desc())
        .limit(1)
    ).scalar_one_or_none()
    return newest or 0


def _opt_out(session: Session, conversation: Conversation, message: Incoming, host: Host, word: Keyword) -> Stored:
    deliveries.opt_out(session, message.phone, "keyword" if word is Keyword.STOP else "words")
    # To the carriers' own word Twilio answers; to other words we owe one confirmation.
    confirmed = [] if word is Keyword.STOP else [sms_goodbye(host, language_of(message.text))]
    stored = _fixed(session, conversation, message, *confirmed)
    # A plain STOP too: whoever wants no texts is not called instead, unless they ask for it again.
    return replace(stored, no_contact=True, wrong_person=word is Keyword.WRONG_PERSON)


def _fixed(session: Session, conversation: Conversation, message: Incoming, *texts: str) -> Stored:
    said = note(session, conversation.id, "visitor", message.text or "-", kind="notice", client_id=f"v:{message.sid}")
    if said is not None and assess(message.text).level == alerts.EMERGENCY:
        # Also where we may not answer: an opt-out, a carrier's word. Staff hear of it all the same.
        said.safety = alerts.EMERGENCY
        alerts.raise_alert(session, conversation.id, said.id, conversation.channel)
    if message.opt_out_type:
        texts = ()
    ready = [
        note(
            session,
            conversation.id,
            "assistant",
            text,
            kind="notice",
            in_reply_to=said.id if said else None,
            delivery="twiml",
        )
        for text in texts
    ]
    return Stored(conversation.id, [reply for reply in ready if reply])


def _for_engine(session: Session, conversation: Conversation, message: Incoming, host: Host, first: bool) -> Stored:
    choice = chosen(session, conversation.id, message.text)
    received = receive(session, conversation.id, message.sid, choice["payload"] if choice else message.text)
    greeting = None
    if first:
        key = f"g:{message.sid}"
        words = sms_greeting(host, language_of(message.text))
        greeting = note(session, conversation.id, "assistant", words, kind="greeting", client_id=key, delivery="twiml")
    ready = [*([greeting] if greeting else []), *_farewell(session, conversation, message)]
    if received is None:
        return Stored(conversation.id, ready)
    return Stored(conversation.id, ready, received.message.id, received.message.safety)


def _farewell(session: Session, conversation: Conversation, message: Incoming) -> list[Message]:
    """What is said about the end of a take-over before the assistant answers this message."""
    said = by_client_id(session, conversation.id, farewell_key(f"v:{message.sid}"))
    return [said] if said else []


def _again(session: Session, conversation: Conversation, known: Message, message: Incoming) -> Stored:
    if known.kind == "notice":
        return Stored(conversation.id, replies_to(session, known.id))
    greeting = by_client_id(session, conversation.id, f"g:{message.sid}")
    ready = [*([greeting] if greeting else []), *_farewell(session, conversation, message)]
    return Stored(conversation.id, ready, known.id, known.safety)

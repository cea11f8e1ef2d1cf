"""A person takes over a live conversation: begins, writes, hands it back; the visitor may go back at any time.

One at a time: the conversation's row is locked, and a unique index stands behind that. Everything is in the store, so
that a restart changes nothing. Who has waited too long is asked and, later, given back by bot.conversations.silence.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.conversations.appending import WEBHOOK_GRACE, append, is_opted_out, locked, sms_delivery
from bot.conversations.models import Conversation, Message, Takeover
from bot.conversations.reading import QuickReply, by_client_id
from bot.conversations.takeover_words import (
    CALL,
    RETURN,
    WAIT,
    asks_for_the_assistant,
    checked,
    words,
)
from bot.safety import language_of
from bot.sms_text import gsm7
from bot.store import utcnow

LIVE = timedelta(hours=1)
"""So long after the visitor's last message, a text to them is an answer; later it keeps the quiet hours."""
LANGUAGE_FROM = 10
"""How many of the visitor's last messages tell the language."""


@dataclass(frozen=True)
class Staff:
    """Who takes over; `name` is what the visitor sees."""

    user_id: str
    email: str
    name: str


class Refused(ValueError):
    """This cannot be done now; the message says why, in words for the member of staff."""


def current(session: Session, conversation_id: str) -> Takeover | None:
    """The take-over under way in this conversation."""
    found: Takeover | None = session.execute(
        select(Takeover).where(Takeover.open_key == conversation_id)
    ).scalar_one_or_none()
    return found


def all_of(session: Session, conversation_id: str) -> list[Takeover]:
    """Every take-over of this conversation, the first one first."""
    rows = session.execute(
        select(Takeover).where(Takeover.conversation_id == conversation_id).order_by(Takeover.started_at)
    ).scalars()
    return list(rows)


def begin(session: Session, conversation_id: str, staff: Staff, provider: str, texts_from: datetime) -> Takeover:
    """Take over and tell the visitor by whom they are answered now; again by the same person changes nothing.

    `texts_from`: the next moment at which an SMS that is no answer may go out. Raises Refused.
    """
    conversation = _reachable(session, conversation_id)
    taken = current(session, conversation_id)
    if taken is not None:
        if taken.user_id != staff.user_id:
            raise Refused(f"{taken.name} ({taken.email}) has this conversation already.")
        return taken
    now = utcnow()
    taken = Takeover(
        conversation_id=conversation_id,
        open_key=conversation_id,
        user_id=staff.user_id,
        email=staff.email,
        name=staff.name,
        started_at=now,
        started_seq=conversation.last_seq,
        staff_at=now,
        waiting_since=now,
    )
    session.add(taken)
    session.flush()
    text = words("joined", language(session, conversation), name=staff.name, provider=provider)
    announce(session, conversation, text, "joined", texts_from, author_name=staff.name)
    return taken


def write(session: Session, conversation_id: str, user_id: str, text: str, key: str, texts_from: datetime) -> Message:
    """Send what the person who has the conversation wrote, once per `key`. Raises Refused or NotSendable."""
    conversation = _reachable(session, conversation_id)
    known = by_client_id(session, conversation_id, f"w:{key}")
    if known is not None:
        return known
    taken = _own(session, conversation_id, user_id)
    text = checked(text, conversation.channel)
    taken.staff_at, taken.waiting_since, taken.asked_at = utcnow(), None, None
    live = _is_live(session, conversation)
    return append(
        session,
        conversation,
        "staff",
        text,
        author_name=taken.name,
        kind="turn" if live else "post",
        client_id=f"w:{key}",
        **sms_delivery(session, conversation, _when(live, texts_from)),
    )


def hand_back(session: Session, conversation_id: str, user_id: str, texts_from: datetime) -> bool:
    """Give the conversation back to the assistant, and tell the visitor; False when it was not this person's.

    A question of the assistant that was open is asked again, since nothing of the conversation with it is lost.
    """
    conversation = locked(session, conversation_id)
    taken = current(session, conversation_id) if conversation else None
    if conversation is None or taken is None or taken.user_id != user_id:
        return False
    text, asked = farewell(session, conversation, taken, "left_staff")
    end(taken, "staff")
    announce(session, conversation, text, "left", texts_from, asked)
    return True


def end(taken: Takeover, by: str) -> None:
    """The assistant answers again. `by`: staff, visitor, silence or optout."""
    taken.open_key, taken.waiting_since = None, None
    taken.ended_at, taken.ended_by = utcnow(), by


def choice_in(taken: Takeover | None, payload: str | None, text: str) -> str | None:
    """What a visitor's message asks of a take-over: WAIT, RETURN or CALL; None for anything else."""
    if payload in (WAIT, RETURN, CALL):
        return payload
    return RETURN if taken is not None and payload is None and asks_for_the_assistant(text) else None


def visitor_wrote(
    session: Session, conversation: Conversation, message: Message, taken: Takeover | None, choice: str | None
) -> None:
    """A message of the visitor has just been stored, in this transaction.

    In a take-over it waits for the person. A choice about the take-over is done at once and needs no engine, but for
    the wish to be called, which goes to the assistant.
    """
    if choice is None:
        if taken is not None:
            message.attended = True
            taken.waiting_since = taken.waiting_since or message.at
        return
    speech = language(session, conversation)
    if taken is None and choice != CALL:
        _settle(session, conversation, message, words("not_attended", speech), "left")
    elif taken is not None and choice == WAIT:
        taken.waiting_since, taken.asked_at = message.at, None
        message.attended = True
        _settle(session, conversation, message, words("waiting", speech, name=str(taken.name)), "silence")
    elif taken is not None and choice == RETURN:
        text, asked = farewell(session, conversation, taken, "left_visitor")
        end(taken, "visitor")
        _settle(session, conversation, message, text, "left", asked)
    elif taken is not None:
        end(taken, "visitor")
        # The assistant's answer follows: by text both go out in the answer to the webhook.
        delivery = {"delivery": "twiml"} if conversation.channel == "sms" else {}
        said, key = _for_channel(conversation, words("left_visitor", speech)), farewell_key(str(message.client_id))
        append(session, conversation, "assistant", said, kind="left", client_id=key, **delivery)


def farewell_key(client_id: str) -> str:
    """Under which key the farewell is stored that goes out together with the answer to the message of this key."""
    return f"f:{client_id}"[:80]


def farewell(session: Session, conversation: Conversation, taken: Takeover, key: str) -> tuple[str, list[QuickReply]]:
    """The words of the return, with the assistant's question that was open before, if any, and its choices."""
    speech = language(session, conversation)
    said = words(key, speech, name=str(taken.name))
    question, asked = _open_question(session, conversation, taken)
    if not question:
        return said, asked
    return f"{said}\n\n{words('asked_before', speech, question=question)}", asked


def announce(
    session: Session,
    conversation: Conversation,
    text: str,
    kind: str,
    texts_from: datetime,
    replies: list[QuickReply] | None = None,
    author_name: str | None = None,
) -> Message:
    """Tell the visitor something about the take-over; nobody has just asked for it."""
    return append(
        session,
        conversation,
        "assistant",
        _for_channel(conversation, text),
        kind=kind,
        author_name=author_name,
        quick_replies=[dict(reply) for reply in replies] if replies else None,
        **sms_delivery(session, conversation, _when(_is_live(session, conversation), texts_from)),
    )


def language(session: Session, conversation: Conversation) -> str:
    """`en` or `es`: what the visitor writes, and before that what their page is in."""
    rows = session.execute(
        select(Message.text)
        .where(Message.conversation_id == conversation.id, Message.author == "visitor", Message.command.is_(None))
        .order_by(Message.seq.desc())
        .limit(LANGUAGE_FROM)
    ).scalars()
    speech = "es" if str(conversation.locale).lower().startswith("es") else "en"
    for text in reversed(list(rows)):
        speech = language_of(text, speech)
    return speech


def opted_out(session: Session, conversation_id: str) -> None:
    """The visitor wants no texts: nobody can write to them, so the take-over ends, and nothing is announced."""
    taken = current(session, conversation_id)
    if taken is not None:
        end(taken, "optout")


def forget(session: Session, conversation_ids: list[str]) -> None:
    """Delete the take-overs of these conversations, which are being erased."""
    session.execute(
        delete(Takeover)
        .where(Takeover.conversation_id.in_(conversation_ids))
        .execution_options(synchronize_session=False)
    )


def _reachable(session: Session, conversation_id: str) -> Conversation:
    conversation = locked(session, conversation_id)
    if conversation is None:
        raise Refused("This conversation is not here any more: it was erased.")
    if is_opted_out(session, conversation):
        raise Refused("This number wants no texts (STOP), so nothing can be sent to it.")
    return conversation


def _own(session: Session, conversation_id: str, user_id: str) -> Takeover:
    taken = current(session, conversation_id)
    if taken is None:
        raise Refused("This conversation is back with the assistant. Take it over again to write.")
    if taken.user_id != user_id:
        raise Refused(f"{taken.name} ({taken.email}) has this conversation now.")
    return taken


def _settle(
    session: Session,
    conversation: Conversation,
    message: Message,
    text: str,
    kind: str,
    replies: list[QuickReply] | None = None,
) -> None:
    """Answer the visitor's message here and now."""
    message.status = "answered"
    append(
        session,
        conversation,
        "assistant",
        _for_channel(conversation, text),
        kind=kind,
        in_reply_to=message.id,
        quick_replies=[dict(reply) for reply in replies] if replies else None,
        **sms_delivery(session, conversation, utcnow() + WEBHOOK_GRACE),
    )


def _open_question(session: Session, conversation: Conversation, taken: Takeover) -> tuple[str, list[QuickReply]]:
    """What the assistant had asked when the person came, and its choices; nothing when it has spoken since."""
    last: Message | None = session.execute(
        select(Message)
        .where(
            Message.conversation_id == conversation.id,
            Message.author == "assistant",
            Message.kind.in_(("turn", "unavailable")),
        )
        .order_by(Message.seq.desc())
        .limit(1)
    ).scalar_one_or_none()
    if last is None or last.seq > taken.started_seq:
        return "", []
    question = str(last.text).rpartition("\n\n")[2].strip()
    return (question, list(last.quick_replies or [])) if "?" in question else ("", [])


def _is_live(session: Session, conversation: Conversation) -> bool:
    wrote: datetime | None = session.execute(
        select(Message.at)
        .where(Message.conversation_id == conversation.id, Message.author == "visitor")
        .order_by(Message.seq.desc())
        .limit(1)
    ).scalar_one_or_none()
    return wrote is not None and wrote > utcnow() - LIVE


def _when(live: bool, texts_from: datetime) -> datetime:
    now = utcnow()
    return now if live else max(now, texts_from)


def _for_channel(conversation: Conversation, text: str) -> str:
    return gsm7(text) if conversation.channel == "sms" else text

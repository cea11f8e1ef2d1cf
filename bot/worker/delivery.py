"""How each kind of outbox item is delivered."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.channels.outbound import OptedOut, Rejected, sender_for
from bot.conversations import QuickReply, by_phone, open_conversation, post_to_visitor
from bot.handoff import mail, webhook
from bot.handoff.news_mail import compose_news, news_mail_for
from bot.handoff.outbox import (
    EMAIL_PROFESSIONAL,
    EMAIL_VISITOR,
    SMS_STAFF,
    VISITOR_MESSAGE,
    WEBHOOK,
    Item,
    RejectedForGood,
)
from bot.handoff.quiet import text_from
from bot.handoff.staff import sms_text
from bot.handoff.texts import number_for_news
from bot.settings import Settings, settings
from bot.store import Database, utcnow


@dataclass(frozen=True)
class VisitorMessage:
    """A message to a visitor. `key` is the same on every attempt."""

    conversation_id: str
    channel: str
    text: str
    sms: list[str]
    key: str
    to_lead: str | None = None
    """Not into a conversation, but to the number or (channel "email") the address of this lead, as was agreed to."""
    choices: tuple[str, ...] = ()
    """Plain answers that the web shows as buttons; by text they are written."""


PAYLOADS = {"Yes": "/affirm", "No": "/deny"}
VisitorGateway = Callable[[VisitorMessage], None]
"""Delivers once per key and raises when it could not."""
Deliver = Callable[[Item], str]
"""Delivers an item and gives a word for the log; raises when it could not."""


def conversation_gateway(database: Database) -> VisitorGateway:
    """Posts into the conversation; for SMS the channel's sender takes each text from there to Twilio.

    A conversation that the visitor erased gets nothing, and that is right.
    """

    def post(message: VisitorMessage) -> None:
        if message.channel == "email":
            _mail(database, message)
            return
        with database.write() as session:
            conversation_id, phone = message.conversation_id, None
            if message.to_lead:
                phone = number_for_news(session, message.to_lead)
                if phone is None:  # withdrawn, or changed, since it was written
                    return
                known = by_phone(session, phone) or open_conversation(session, "sms", phone=phone)[0]
                conversation_id = str(known.id)
            # Late or tried again, it may be night by now.
            when = text_from(session, utcnow(), conversation_id, phone) if message.channel == "sms" else None
            texts = message.sms if message.channel == "sms" else message.sms[:1]  # the web gets its one text once
            choices = message.choices if message.channel != "sms" else ()
            buttons: list[QuickReply] = [{"title": choice, "payload": PAYLOADS[choice]} for choice in choices]
            for index, text in enumerate(texts):
                key = f"{message.key}:{index}"
                post_to_visitor(
                    session, conversation_id, message.text, text, key, not_before=when, quick_replies=buttons
                )

    return post


def _mail(database: Database, message: VisitorMessage) -> None:
    """Nothing is sent where no mail is wanted any more: withdrawn, or stopped, since it was written."""
    with database.read() as session:
        news = news_mail_for(session, message.to_lead or "")
    if news is not None:
        mail.deliver(compose_news(news, message.key, settings()), message.key, settings())


def deliverer(config: Settings, gateway: VisitorGateway) -> Deliver:
    """What the worker calls for each item."""

    def deliver(item: Item) -> str:
        if item.kind == EMAIL_PROFESSIONAL:
            return mail.deliver(mail.compose(item.payload, item.key, config), item.key, config)
        if item.kind == SMS_STAFF:
            return _text(item, config)
        if item.kind == WEBHOOK:
            return webhook.deliver(item, config)
        if item.kind == EMAIL_VISITOR:
            gateway(VisitorMessage("", "email", "", [], item.key, item.payload["to_lead"]))
            return "e-mail to the visitor"
        if item.kind == VISITOR_MESSAGE:
            payload = item.payload
            gateway(
                VisitorMessage(
                    payload["conversation_id"],
                    payload["channel"],
                    payload["text"],
                    payload["sms"],
                    item.key,
                    payload.get("to_lead"),
                    tuple(payload.get("choices", ())),
                )
            )
            return "conversation"
        raise ValueError(f"no way to deliver {item.kind}")

    return deliver


def _text(item: Item, config: Settings) -> str:
    """Text a member of staff. Twilio cannot be told "only once": a retry looks there first for the same text."""
    sender = sender_for(config)
    if sender is None:
        raise RejectedForGood("texts are not set up")
    text, phone = sms_text(item.payload, config.base_url), item.payload["to"]
    try:
        earlier = sender.find(phone, text, item.created_at) if item.attempt > 1 else None
        sid = earlier or sender.send(phone, text, item.id)
    except OptedOut:
        raise RejectedForGood("this number wants no texts (Twilio 21610)") from None
    except Rejected as error:
        raise RejectedForGood(str(error)) from None
    return f"Twilio {sid}"

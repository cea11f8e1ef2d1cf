"""Messages to staff by e-mail, by text and in the console: the fact and the link, never anything about a visitor.

`notify_staff` is what anybody calls who has to tell staff something (an offer, an alarm, an emergency): it writes into
the caller's transaction, once per key, and a worker delivers. The words are the templates of this module, chosen by
key; what fills them is a code, a time, the provider's and a colleague's name, and nothing else is accepted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.handoff.models import StaffNoticeRow
from bot.handoff.outbox import EMAIL_PROFESSIONAL, SMS_STAFF, enqueue
from bot.sms_text import parts

Channel = Literal["email", "sms", "console"]
FILLED = frozenset({"ref", "due", "provider", "since", "owner"})
"""All that a template may hold beside the link; `owner` is the professional who has or was offered the request."""


@dataclass(frozen=True)
class Template:
    """One message to staff: the e-mail's subject and body, and the short form for a text and the console."""

    subject: str
    body: str
    short: str
    footer: bool = True


FOOTER = "\nThe link is for you alone: please do not forward it.\n\n{provider}\n"
TEMPLATES: dict[str, Template] = {
    "offer": Template(
        "A request is waiting for you ({ref})",
        'A request is waiting for you.\n\nPlease open it and say "I have it" or "I cannot"{due}:\n\n{link}\n',
        "A request ({ref}) is waiting.",
    ),
    "reminder": Template(
        "Reminder: a request is waiting for you ({ref})",
        'A request is still waiting for an answer.\n\nPlease open it and say "I have it" or "I cannot":\n\n{link}\n',
        "A request ({ref}) is still waiting.",
    ),
    "update": Template(
        "A request of yours was changed ({ref})",
        "A request of yours was changed. Please look at it before you act on it:\n\n{link}\n",
        "A request ({ref}) was changed. Look before you act on it.",
    ),
    "withdrawn": Template(
        "A request was taken back ({ref})",
        "The request {ref} was taken back. Please do not act on it, and delete what you noted of it.\n",
        "Request {ref} was taken back. Please do not act on it.",
        footer=False,
    ),
    "ended": Template(
        "A request has ended ({ref})",
        "The request {ref} has ended: the consent to it was for a time that is over. Please do not act on it any more, "
        "and delete what you noted of it.\n",
        "Request {ref} has ended with its consent. Please do not act on it any more.",
        footer=False,
    ),
    "waiting": Template(
        "A request has waited since {since} ({ref})",
        "A request has waited since {since}. {owner} has not answered.\n\n"
        "If you can take it, please open this and say so. The person who wrote is then asked whether you may have it; "
        "before they say yes, you see nothing of it:\n\n{link}\n",
        "A request ({ref}) has waited since {since}; {owner} has not answered.",
    ),
    "given_back": Template(
        "A request needs somebody else ({ref})",
        "A request has waited since {since}. {owner} cannot take it.\n\n"
        "If you can, please open this and say so. The person who wrote is then asked whether you may have it; "
        "before they say yes, you see nothing of it:\n\n{link}\n",
        "A request ({ref}) has waited since {since}; {owner} cannot take it.",
    ),
    "agreed": Template(
        "The request is yours ({ref})",
        "The person who wrote said yes: the request is yours.\n\nPlease open it and get in touch{due}:\n\n{link}\n",
        "Request {ref} is yours: they said yes.",
    ),
    "settled": Template(
        "A request needs you no more ({ref})",
        "The request {ref}, for which you offered to step in, needs you no more: it was taken by somebody else, or the "
        "person who wrote would rather not change. Thank you for offering.\n",
        "Request {ref} needs you no more. Thank you for offering.",
        footer=False,
    ),
    "passed_on": Template(
        "A request is with a colleague now ({ref})",
        "The request {ref} is with a colleague now, since it was not answered in time. Please do not act on it.\n",
        "Request {ref} is with a colleague now. Please do not act on it.",
        footer=False,
    ),
    "contact_reminder": Template(
        "Please get in touch ({ref})",
        "You have a request on which no contact is noted yet.\n\nPlease get in touch, and note what came of it:\n\n"
        "{link}\n",
        "No contact is noted yet on request {ref}.",
    ),
    "not_contacted": Template(
        "No contact yet ({ref})",
        "{owner} has had a request since {since}, and no contact is noted yet.\n\nPlease sign in and look:\n\n{link}\n",
        "No contact is noted yet on request {ref}, which {owner} has had since {since}.",
    ),
    "unanswered": Template(
        "Nobody has answered a request ({ref})",
        "A request has waited since {since}, and nobody has taken it. The person who wrote was told so and given the "
        "office's phone number.\n\nPlease sign in and look:\n\n{link}\n",
        "A request ({ref}) has waited since {since} and nobody has taken it.",
    ),
    "emergency": Template(
        "A conversation needs a person now",
        "A conversation with the assistant needs a person's look now.\n\nPlease sign in and open it:\n\n{link}\n",
        "A conversation needs a person now.",
    ),
    "visitor_waits": Template(
        "A visitor waits for a person's answer",
        "A visitor waits for the person who took over their conversation.\n\nPlease sign in and look:\n\n{link}\n",
        "A visitor waits for the person who took over their conversation.",
    ),
    "out_of_balance": Template(
        "The daily check of requests found something",
        "The daily check of requests found something that does not fit.\n\nPlease sign in and look:\n\n{link}\n",
        "The daily check of requests found something that does not fit.",
    ),
    "undelivered": Template(
        "A message could not be delivered",
        "A message about a request could not be delivered and was given up.\n\nPlease sign in and look:\n\n{link}\n",
        "A message could not be delivered and was given up.",
    ),
}
"""By key. A new kind of message is a new row here."""


@dataclass(frozen=True)
class StaffNotice:
    """One message to one recipient.

    `to`: an e-mail address, an E.164 number, or for the console the permission (bot.console.roles) of those who may
    see it, such as "read_leads". `path`: where the link leads, below the public address, such as "/console/leads/...".
    """

    channel: Channel
    to: str
    template: str
    path: str
    fields: Mapping[str, str] = field(default_factory=dict)


def notify_staff(session: Session, notice: StaffNotice, key: str, now: datetime, lead_id: str | None = None) -> bool:
    """Put the message into the session's transaction; False when one with this key is there already.

    Raises KeyError for an unknown template, ValueError for a field that messages to staff may not hold.
    """
    TEMPLATES[notice.template]
    refused = set(notice.fields) - FILLED
    if refused:
        raise ValueError(f"messages to staff may not hold: {', '.join(sorted(refused))}")
    if notice.channel == "console":
        return _show(session, notice, key, now, lead_id)
    payload: dict[str, Any] = {"about": notice.template, "to": notice.to, "path": notice.path, **notice.fields}
    kind = EMAIL_PROFESSIONAL if notice.channel == "email" else SMS_STAFF
    return enqueue(session, key, kind, payload, now, lead_id)


def _show(session: Session, notice: StaffNotice, key: str, now: datetime, lead_id: str | None) -> bool:
    """In the console the row itself is the delivery: open pages ask for new ones every few seconds."""
    if session.execute(select(StaffNoticeRow.id).where(StaffNoticeRow.key == key)).first():
        return False
    text = TEMPLATES[notice.template].short.format(**_filled(notice.fields))
    session.add(StaffNoticeRow(key=key, permission=notice.to, text=text, path=notice.path, lead_id=lead_id, at=now))
    session.flush()
    return True


def email_text(payload: Mapping[str, Any], base_url: str) -> tuple[str, str]:
    """Subject and body of an e-mail's payload."""
    template = TEMPLATES[payload["about"]]
    values = {**_filled(payload), "link": base_url + payload["path"]}
    body = template.body + (FOOTER if template.footer else "")
    return template.subject.format(**values), body.format(**values)


def sms_text(payload: Mapping[str, Any], base_url: str) -> str:
    """The one text of an SMS's payload: what it is about, then the link; at most 320 characters of GSM-7."""
    template = TEMPLATES[payload["about"]]
    text = template.short.format(**_filled(payload))
    link = "" if not TEMPLATES[payload["about"]].footer else f" {base_url}{payload['path']}"
    return parts(f"{text}{link}")[0]


def notices_after(session: Session, after: int, permissions: frozenset[str], limit: int = 20) -> list[StaffNoticeRow]:
    """The console's messages that came after this one, oldest first, for somebody with these permissions."""
    rows = session.execute(
        select(StaffNoticeRow)
        .where(StaffNoticeRow.id > after, StaffNoticeRow.permission.in_(permissions))
        .order_by(StaffNoticeRow.id)
        .limit(limit)
    ).scalars()
    return list(rows)


def _filled(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(values.get(name) or "") for name in FILLED}

"""What goes into the outbox for a lead: messages to the professional, messages to the visitor.

An e-mail's payload holds an address and ids, never anything about the visitor: mail is read by many eyes.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from bot.handoff.hours import clock, day_and_clock
from bot.handoff.joining import links_to
from bot.handoff.links import Link, sign
from bot.handoff.models import Lead, LeadLink
from bot.handoff.news_mail import mail_news
from bot.handoff.outbox import EMAIL_PROFESSIONAL, VISITOR_MESSAGE, enqueue, tried_for
from bot.handoff.quiet import text_from
from bot.handoff.reading import person_of
from bot.handoff.staff import Channel, StaffNotice, notify_staff
from bot.handoff.summary import texts_unsafe
from bot.handoff.texts import neutral, text_news
from bot.handoff.wording import Say
from bot.program.profile import Professional, Profile
from bot.settings import Settings, settings


def mail(
    session: Session, lead: Lead, person: Professional, program: Profile, about: str, key: str, now: datetime
) -> bool:
    """Tell the professional by e-mail, and by text when the operator wants it; tell open consoles that there is news.

    `about`: a template that leads to the request's own page, such as offer. The link is made now, so that every
    attempt sends the same text.
    Nobody is told of a test lead: it stands in the console, and nothing leaves by e-mail or text.
    """
    link = f"/handoff/{sign(Link(lead.id, person.id, lead.offer))}"
    return tell_person(session, lead, person, program, about, link, key, now)


def tell_person(
    session: Session, lead: Lead, person: Professional, program: Profile, about: str, path: str, key: str, now: datetime
) -> bool:
    """The same with a link of any kind; what fills the words is taken from the lead and holds nothing personal."""
    if lead.test:
        return False
    fields = _fields(lead, program, now)
    done = notify_staff(session, StaffNotice("email", person.email, about, path, fields), key, now, lead.id)
    if person.phone and settings().text_professionals and sms_is_set(settings()):
        notify_staff(session, StaffNotice("sms", person.phone, about, path, fields), f"sms:{key}", now, lead.id)
    console = StaffNotice("console", "read_leads", about, f"/console/leads/{lead.id}", fields)
    notify_staff(session, console, f"console:{key}", now, lead.id)
    return done


def tell_taken_back(session: Session, lead: Lead, seen: list[Professional], program: Profile, now: datetime) -> int:
    """Tell everybody who was, or may have been, sent this request not to use it; gives how many messages.

    `seen`: who had the details on screen. The message holds the code and nothing else.
    """
    fields = {"ref": lead.ref, "provider": program.provider.name}
    path = f"/console/leads/{lead.id}"
    told = dict.fromkeys([*tried_for(session, lead.id), *((EMAIL_PROFESSIONAL, person.email) for person in seen)])
    for number, (kind, address) in enumerate(told):
        channel: Channel = "email" if kind == EMAIL_PROFESSIONAL else "sms"
        notice = StaffNotice(channel, address, "withdrawn", path, fields)
        notify_staff(session, notice, f"withdrawn:{lead.id}:{number}", now, lead.id)
    console = StaffNotice("console", "read_leads", "withdrawn", path, fields)
    notify_staff(session, console, f"console:withdrawn:{lead.id}", now, lead.id)
    return len(told)


def sms_is_set(config: Settings) -> bool:
    """Whether texts can be sent at all."""
    return bool(config.twilio_account_sid and config.twilio_auth_token and config.sms_number)


def _fields(lead: Lead, program: Profile, now: datetime) -> dict[str, str]:
    zone = ZoneInfo(program.provider.time_zone)
    owner = person_of(program, lead.professional_id)
    began = lead.claimed_at or lead.offered_at
    until = lead.contact_due_at if lead.claimed_at else lead.due_at
    local = until.astimezone(zone) if until else None
    return {
        "ref": lead.ref,
        "due": f" by {clock(local, zone)} on {local:%A, %B} {local.day}" if local else "",
        "provider": program.provider.name,
        "since": day_and_clock(began, zone, now) if began else "",
        "owner": owner.name if owner else "Nobody",
    }


def tell_visitor(
    session: Session,
    lead: Lead,
    program: Profile,
    what: Say,
    key: str,
    now: datetime,
    linked: bool = True,
    choices: list[str] | None = None,
    away: Say | None = None,
) -> bool:
    """Put a message to the visitor into the outbox, once per key; False when nothing was put there.

    A text waits for texting hours, since it was not just asked for, and none is sent to somebody who said that a text
    is not safe. Who agreed to news by text (bot.handoff.texts) or by e-mail (bot.handoff.news_mail) gets it
    there as well.
    `away`: other words for a text, where a bystander may read what was asked in a chat.
    `linked`: also to those whose request has joined this lead; not so what only its own visitor may know.
    """
    put = False
    if not (lead.channel == "sms" and lead.safe_text is False):
        put = post(session, lead, program, lead, what, key, now, choices)
    put = text_news(session, lead, program, away or what, key, now) or put
    put = mail_news(session, lead, key, now) or put
    for link in links_to(session, lead.id) if linked else ():
        if link.channel == "sms" and texts_unsafe(link.details or []):
            continue
        put = post(session, lead, program, link, what, f"{key}:{link.id}", now) or put
    return put


def post(
    session: Session,
    lead: Lead,
    program: Profile,
    where: Lead | LeadLink,
    what: Say,
    key: str,
    now: datetime,
    choices: list[str] | None = None,
) -> bool:
    """Put a message about this lead into one conversation: its own, or that of a request that has joined it.

    `choices`: plain answers to it, which the web shows as buttons.
    """
    said = what.into(where.locale)
    payload = {
        "conversation_id": where.conversation_id,
        "channel": where.channel,
        "text": said.web,
        "sms": neutral(program, said),
    }
    if choices:
        payload["choices"] = choices
    due = text_from(session, now, str(where.conversation_id)) if where.channel == "sms" else now
    return enqueue(session, key, VISITOR_MESSAGE, payload, due, lead.id)

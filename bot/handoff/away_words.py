"""The question whether a colleague may have a request, where a bystander could read it: by text, or behind a link.

The same consent as in the chat, with every element of 42 CFR 2.31, in words that name neither the visitor nor what it
is about: the request's code stands for them, and the reason is the one that they agreed to before.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.handoff.consent import LASTS
from bot.handoff.proposals import ConsentGiven
from bot.handoff.texts import brand
from bot.handoff.wording import Say, say
from bot.program.profile import Professional, Profile
from bot.program.times import joined

VERSION = "handover-en-1"
CONTACT_VERSION = "handover-contact-en-1"


def neutral_question(
    program: Profile,
    person: Professional,
    before: Professional | None,
    ref: str,
    shared: list[str],
    contact: bool,
    now: datetime,
    cannot: bool,
) -> Say:
    """What happened, who could take the request, the consent itself, and how to answer.

    `shared`: the kinds of details. `contact`: the visitor agreed to be contacted by the person `before`.
    """
    zone = ZoneInfo(program.provider.time_zone)
    name, who = before.name if before else "The person you agreed to", brand(program)
    what = "cannot take" if cannot else "has not answered"
    reach = " They may then reach you, and I send you news, in the ways you agreed to before." if contact else ""
    first = f"{who}: {name} {what} your request {ref}. {person.name} can take it, and knows nothing about you so far."
    consent = (
        f"{_date(now, zone)}: may {who} give {person.name}, and nobody else, for the reason you agreed to before: "
        f"{joined(shared) or 'only that you asked to talk'}?{reach}"
    )
    rights = (
        "You can take this back at any time: say or text, withdraw my request. What was shared before then cannot be "
        f"called back. It ends on {_date(now + LASTS, zone)}. Saying no changes nothing else. The law limits passing "
        "your details on. Say yes or no."
    )
    short = [text for part in (first, consent, rights) for text in say(part).sms]
    return Say(f"{first}\n\n{consent}\n\n{rights}", short)


def neutral_consent(
    person: Professional, asked: Say, summary: list[str], contact: bool, now: datetime, channel: str
) -> ConsentGiven:
    """What a yes to these words is, as they were shown on this channel."""
    words = "\n".join(asked.sms) if channel == "sms" else asked.web
    return ConsentGiven(
        person.id,
        words,
        VERSION,
        summary,
        (now + LASTS).isoformat(),
        words if contact else "",
        CONTACT_VERSION if contact else "",
    )


def _date(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{local:%B} {local.day}, {local.year}"

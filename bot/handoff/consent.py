"""The words that a visitor agrees to, and what is disclosed before any contact detail is asked for.

The consent has the elements of 42 CFR 2.31 in plain words: whose details, who passes them on, what, to whom (exactly
one named person), why, the right to withdraw and how, when it ends, the date, what refusing changes, and that the
recipient may not freely pass it on. Saying yes is the signature. Change VERSION with every change of the words.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.handoff.summary import Line
from bot.handoff.wording import Say, say
from bot.program.profile import Professional, Profile
from bot.program.times import joined
from bot.safety import resources

VERSION = "contact-en-1"
LASTS = timedelta(days=90)
PURPOSE = "to call you back about treatment options"
NOTHING = "only that you asked to talk"


@dataclass(frozen=True)
class ConsentText:
    """The consent as it is shown: exact words, version, kinds of details, purpose and end."""

    version: str
    web: str
    sms: list[str]
    shared: list[str]
    purpose: str
    expires_at: datetime


def _date(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{local:%B} {local.day}, {local.year}"


def consent_for(program: Profile, person: Professional, details: list[Line], now: datetime) -> ConsentText:
    """The consent by which the provider's assistant passes these details to this one person."""
    zone = ZoneInfo(program.provider.time_zone)
    shared = [line.kind for line in details]
    what = joined(shared) or NOTHING
    name = next((line.value for line in details if line.field == "name"), "the visitor in this chat")
    provider = program.provider.name
    ends = now + LASTS
    web = (
        f"Is this all right with you ({name}, {_date(now, zone)})?\n\n"
        f"- {provider}, through this assistant, gives {person.name}, {person.role}, and nobody else: {what}. "
        f"The reason: {PURPOSE}.\n"
        "- You can take this back at any time. Say or text: withdraw my request. What was shared before then cannot be "
        f"called back. It ends on {_date(ends, zone)}.\n"
        "- You can say no. Saying no changes nothing else. Privacy law (42 CFR Part 2) limits passing your details on."
    )
    short = (
        f"Is this all right with you ({name}, {_date(now, zone)})? {provider}, through this assistant, gives "
        f"{person.name}, {person.role}, and nobody else: {what}. The reason: {PURPOSE}. "
        "You can take this back at any time. Text: withdraw my request. What was shared before then cannot be called "
        f"back. It ends on {_date(ends, zone)}. You can say no. Saying no changes nothing else. "
        "Privacy law (42 CFR Part 2) limits passing your details on."
    )
    texts = say(web, short)
    return ConsentText(VERSION, texts.web, texts.sms, shared, PURPOSE, ends)


def disclosure_text(program: Profile, person: Professional | None = None) -> Say:
    """What must be said before contact details are asked for: automated, whose, who gets them, who pays, other choices.

    Without `person` it says that one person of the provider gets the details and will be named first.
    """
    provider = program.provider.name
    who = f"{person.name}, {person.role}," if person else "one person there, whom I name first,"
    helpline = resources()["helpline"].call or ""
    return say(
        f"Before you share anything: I am an automated assistant of {provider}. If you agree, {who} gets your details "
        f"and nobody else. {program.provider.who_pays}\n\n"
        f"You have other choices too: FindTreatment.gov, or the free helpline {helpline}. Your insurance company can "
        "also name programs.\n\n"
        "It costs you nothing. Skip what you like. Saying no changes nothing. To take it back, say: withdraw my "
        "request."
    )

"""The words that a visitor agrees to, and what is disclosed before any contact detail is asked for.

The consent to sharing has the elements of 42 CFR 2.31 in plain words: whose details, who passes them on, what, to whom
(exactly one named person), why, the right to withdraw and how, when it ends, the date, what refusing changes, and that
the recipient may not freely pass it on. Being contacted is a consent of its own, which can be refused alone. Saying yes
is the signature. Change a version with every change of its words.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.handoff.safe import Safe
from bot.handoff.summary import Line
from bot.handoff.wording import Say, say
from bot.program.profile import Professional, Profile
from bot.program.times import joined
from bot.safety import resources

SHARING_VERSION = "sharing-en-1"
CONTACT_VERSION = "contact-en-3"
LASTS = timedelta(days=90)
PURPOSE = "to call you back about treatment options"
CONTACT_PURPOSE = "to answer your request"
NOTHING = "only that you asked to talk"


@dataclass(frozen=True)
class ContactText:
    """The consent to being contacted as it is shown."""

    version: str
    web: str
    sms: list[str]


@dataclass(frozen=True)
class ConsentText:
    """The consent to sharing as it is shown: exact words, version, kinds of details, purpose and end."""

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
    return ConsentText(SHARING_VERSION, texts.web, texts.sms, shared, PURPOSE, ends)


def contact_consent_for(person: Professional, kind: str | None, safe: Safe) -> ContactText | None:
    """The consent by which this person may reach the visitor; None when there is no way that is safe.

    `kind` of the contact: phone or email. What is not said to be safe is not asked for.
    """
    if kind == "email":
        text = (
            f"{person.name} may also write to you at that e-mail address, and I send short, neutral news of your "
            "request there. You can take this back too. "
            "To share your details but get no mail, say: leave out my e-mail."
        )
        return ContactText(CONTACT_VERSION, text, say(text).sms)
    allowed = safe.allowed
    if kind != "phone" or not any(allowed.values()):
        return None
    may = joined([words for name, words in _MAY.items() if allowed[name]])
    never = [words for name, words in _NEVER.items() if not allowed[name]]
    text = (
        f"{person.name} may also {may} at that number.{f' They {joined(never)}.' if never else ''} "
        "You can take this back too. To share your details but get no call, say: no calls."
    )
    return ContactText(CONTACT_VERSION, text, say(text).sms)


_MAY = {"call": "call you", "voicemail": "leave a voicemail", "text": "text you"}
_NEVER = {"call": "do not call", "voicemail": "leave no voicemail", "text": "send no texts"}


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

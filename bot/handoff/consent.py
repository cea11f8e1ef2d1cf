"""The words that a visitor agrees to, and what is disclosed before any contact detail is asked for.

The consent to sharing has the elements of 42 CFR 2.31 in plain words: whose details, who passes them on, what, to whom
(exactly one named person), why, the right to withdraw and how, when it ends, the date, what refusing changes, and that
the recipient may not freely pass it on. Being contacted is a consent of its own, which can be refused alone. Saying yes
is the signature. The words stand in words_en.yml and words_es.yml, with a version in each language: change it with
every change of its words.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.handoff.hours import date_words
from bot.handoff.phrases import ENGLISH, SPANISH, Phrase, language, listed, phrase, text_of
from bot.handoff.safe import Safe
from bot.handoff.summary import Line
from bot.handoff.wording import Say, role, say, told
from bot.program.profile import Professional, Profile
from bot.safety import resources

LASTS = timedelta(days=90)


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


def consent_for(
    program: Profile, person: Professional, details: list[Line], now: datetime, locale: str = ENGLISH
) -> ConsentText:
    """The consent by which the provider's assistant passes these details to this one person, in this language."""
    locale, zone = language(locale), ZoneInfo(program.provider.time_zone)
    shared = [line.kind for line in details]
    purpose, ends = str(text_of("sharing.purpose", locale)), now + LASTS
    texts = told(
        "sharing",
        name=next((line.value for line in details if line.field == "name"), phrase("sharing.anybody")),
        today=date_words(now, zone),
        provider=program.provider.name,
        person=person.name,
        role=role(person),
        what=listed(shared) if shared else phrase("summary.nothing"),
        purpose=purpose,
        ends=date_words(ends, zone),
    ).into(locale)
    return ConsentText(text_of("sharing.version", locale), texts.web, texts.sms, shared, purpose, ends)


def contact_consent_for(
    person: Professional, kind: str | None, safe: Safe, locale: str = ENGLISH
) -> ContactText | None:
    """The consent by which this person may reach the visitor; None when there is no way that is safe.

    `kind` of the contact: phone or email. What is not said to be safe is not asked for.
    """
    if kind == "email":
        return _contact_text(phrase("contact.email", person=person.name), locale)
    allowed = safe.allowed
    if kind != "phone" or not any(allowed.values()):
        return None
    may = listed([phrase(f"contact.may.{way}") for way, yes in allowed.items() if yes])
    may_not = [phrase(f"contact.may_not.{way}") for way, yes in allowed.items() if not yes]
    never = phrase("contact.never", never=listed(may_not)) if may_not else ""
    return _contact_text(phrase("contact.phone", person=person.name, may=may, never=never), locale)


def _contact_text(words: Phrase, locale: str) -> ContactText:
    texts = say(words).into(locale)
    return ContactText(text_of("contact.version", language(locale)), texts.web, texts.sms)


def disclosure_text(program: Profile, person: Professional | None = None) -> Say:
    """What must be said before contact details are asked for: automated, whose, who gets them, who pays, other choices.

    Without `person` it says that one person of the provider gets the details and will be named first.
    """
    who = (
        phrase("disclosure_who.named", person=person.name, role=role(person))
        if person
        else phrase("disclosure_who.open")
    )
    return told(
        "disclosure",
        provider=program.provider.name,
        who=who,
        who_pays=_who_pays(program),
        helpline=resources()["helpline"].call or "",
    )


def _who_pays(program: Profile) -> Phrase:
    """The profile's own sentences; where it has none in Spanish, the English ones are quoted as such."""
    provider = program.provider
    quoted = phrase("who_pays_quoted", words=provider.who_pays)
    return Phrase(lambda locale: (provider.who_pays_es if locale == SPANISH else None) or quoted.into(locale))

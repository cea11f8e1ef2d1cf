"""What is said to visitors about their request, on the web and by SMS: plain words, nothing the record lacks.

The words themselves stand in words_en.yml and words_es.yml; what is made here can be read in either language.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

import phonenumbers

from bot.handoff.hours import clock, day_and_clock
from bot.handoff.phrases import Phrase, either, into, language, phrase
from bot.program.calendar import schedule_of
from bot.program.profile import Professional, Profile
from bot.sms_text import parts


@dataclass(frozen=True)
class Say:
    """One thing to say: as one text on the web, as one or more texts of at most 320 GSM-7 characters on SMS.

    As it stands it is English; `into` gives it in the reader's language.
    """

    web: str
    sms: list[str]
    make: Callable[[str], "Say"] | None = field(default=None, compare=False, repr=False)

    @property
    def sms_text(self) -> str:
        """The texts joined, for a sender that splits by itself; each part is within the limit."""
        return "\n".join(self.sms)

    def into(self, locale: str | None) -> "Say":
        """The same for readers of this language tag; words that are in one language only stay as they are."""
        return self.make(language(locale)) if self.make else self


def say(web: str, short: str | None = None) -> Say:
    """The web's text, and its SMS form: `short`, else the same words, in the alphabet and length of SMS."""
    return in_each(lambda locale: Say(into(web, locale), parts(into(short or web, locale))))


def in_each(make: Callable[[str], Say]) -> Say:
    """One thing to say, as `make` words it for each language of bot.handoff.phrases.LANGUAGES."""
    return replace(make(language(None)), make=make)


def told(key: str, **fields: object) -> Say:
    """The text of this key, for both channels."""
    return say(*either(key, **fields))


def national(phone: str) -> str:
    """An E.164 number as it is read in the US: "(503) 555-0140"; anything else as it is."""
    try:
        return phonenumbers.format_number(phonenumbers.parse(phone, "US"), phonenumbers.PhoneNumberFormat.NATIONAL)
    except phonenumbers.NumberParseException:
        return phone


def office(program: Profile) -> Phrase:
    """The provider's name and number: "Example Harbor Recovery at (503) 555-0140"."""
    return phrase("office", name=program.provider.name, phone=national(program.provider.phone))


def role(person: Professional) -> Phrase:
    """What the professional is, in the reader's language where the profile tells it."""
    return Phrase(lambda locale: person.role_es if locale == "es" and person.role_es else person.role)


def at_work(program: Profile, person: Professional, now: datetime) -> str:
    """When the professional works: "Dana is at work now, until 5 pm." A fact of the profile, no promise of a call."""
    zone = ZoneInfo(program.provider.time_zone)
    opening = schedule_of(program, person).current_or_next(now)
    if opening is None:
        return ""
    if opening.start <= now:
        return phrase("at_work.now", person=person.name, until=clock(opening.end, zone))
    return phrase("at_work.next", person=person.name, when=day_and_clock(opening.start, zone, now))


def opened(program: Profile, person: Professional, ref: str, has_contact: bool, promise: str) -> Say:
    """Said once the lead is stored: who has been sent it, by when (`promise`), and what can be done meanwhile."""
    reach = "" if has_contact else phrase("opened_no_contact", office=office(program))
    return told(
        "opened",
        person=person.name,
        role=role(person),
        ref=ref,
        promise=promise,
        reach=reach,
        office=office(program),
    )


def stored_before(stands: Say) -> Say:
    """Said when the same yes comes again after the request has gone on: it is stored, and where it stands."""
    return told("stored_before", stands=Phrase(lambda locale: stands.into(locale).web))


def opened_as_test(program: Profile, ref: str) -> Say:
    """Said instead when the number is one that nobody has: nobody was told."""
    return told("opened_as_test", ref=ref, office=office(program))


def too_many(program: Profile) -> Say:
    """Said when somebody asks too often in a day: each request reaches a person."""
    return told("too_many", office=office(program))


def blocked(program: Profile) -> Say:
    """Said when the number may not be used; not why, since anybody can type in a number."""
    return told("blocked", office=office(program))


def taken_back_by_phone(program: Profile) -> Say:
    """Said where a request was made when it was taken back from the phone itself."""
    return told("taken_back_by_phone", office=office(program))


def taken_back_for(program: Profile) -> Say:
    """Said in the chat when the visitor took it back with a person, who has written it down."""
    return told("taken_back_for", office=office(program))


def taken_back_by_mail(program: Profile) -> Say:
    """Said in the chat when the request was taken back on the page behind a mail's link."""
    return told("taken_back_by_mail", office=office(program))


def wrong_address(program: Profile) -> Say:
    """Said in the chat when whoever reads the address never asked for anything."""
    return told("wrong_address", office=office(program))


def wrong_person(program: Profile) -> Say:
    """Said where a request was made when its number turned out to be somebody else's."""
    return told("wrong_person", office=office(program))


def consent_ended(program: Profile, ref: str) -> Say:
    """Said where a request was made when the consent to it has ended."""
    return told("consent_ended", ref=ref, office=office(program))


def ended(program: Profile, ref: str) -> Say:
    """Said to a request that ends with the one that it had joined."""
    return told("ended", ref=ref, office=office(program))


def claimed(person: Professional, promise: str) -> Say:
    """The professional said "I have it", and by when they should be in touch (`promise`)."""
    return told("claimed", person=person.name, promise=promise)


def missed(program: Profile, person: Professional, left_message: bool, when: datetime | None, now: datetime) -> Say:
    """The professional tried and did not reach the visitor."""
    zone = ZoneInfo(program.provider.time_zone)
    return told(
        "missed",
        tried=phrase(f"missed_tried.{'message' if left_message else 'nothing'}", person=person.name),
        again=phrase("missed_again", when=day_and_clock(when, zone, now)) if when else "",
        office=office(program),
    )


def declined(program: Profile, person: Professional) -> Say:
    """The professional said "I cannot"."""
    return told("declined", person=person.name, office=office(program))


def scheduled(
    program: Profile, person: Professional, when: datetime, now: datetime, place: str | None = None, file: str = ""
) -> Say:
    """The professional noted a time with the visitor; on the web with a neutral calendar file."""
    return told(
        "scheduled",
        person=person.name,
        moment=day_and_clock(when, ZoneInfo(program.provider.time_zone), now),
        where=phrase("scheduled_where", place=place) if place else "",
        office=office(program),
        calendar=phrase("scheduled_calendar", file=file) if file else "",
    )

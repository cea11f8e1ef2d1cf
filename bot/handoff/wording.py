"""What is said to visitors about their request, on the web and by SMS: plain words, nothing the record lacks."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import phonenumbers

from bot.handoff.hours import clock, day_and_clock
from bot.program.calendar import schedule_of
from bot.program.profile import Professional, Profile
from bot.sms_text import parts


@dataclass(frozen=True)
class Say:
    """One thing to say: as one text on the web, as one or more texts of at most 320 GSM-7 characters on SMS."""

    web: str
    sms: list[str]

    @property
    def sms_text(self) -> str:
        """The texts joined, for a sender that splits by itself; each part is within the limit."""
        return "\n".join(self.sms)


def say(web: str, short: str | None = None) -> Say:
    """The web's text, and its SMS form: `short`, else the same words, in the alphabet and length of SMS."""
    return Say(web, parts(short or web))


def national(phone: str) -> str:
    """An E.164 number as it is read in the US: "(503) 555-0140"; anything else as it is."""
    try:
        return phonenumbers.format_number(phonenumbers.parse(phone, "US"), phonenumbers.PhoneNumberFormat.NATIONAL)
    except phonenumbers.NumberParseException:
        return phone


def office(program: Profile) -> str:
    """The provider's name and number: "Example Harbor Recovery at (503) 555-0140"."""
    return f"{program.provider.name} at {national(program.provider.phone)}"


def at_work(program: Profile, person: Professional, now: datetime) -> str:
    """When the professional works: "Dana is at work now, until 5 pm." A fact of the profile, no promise of a call."""
    zone = ZoneInfo(program.provider.time_zone)
    opening = schedule_of(program, person).current_or_next(now)
    if opening is None:
        return ""
    if opening.start <= now:
        return f"{person.name} is at work now, until {clock(opening.end, zone)}."
    return f"{person.name} is next at work {day_and_clock(opening.start, zone, now)}."


def opened(program: Profile, person: Professional, ref: str, has_contact: bool, promise: str) -> Say:
    """Said once the lead is stored: who has been sent it, by when (`promise`), and what can be done meanwhile."""
    reach = "" if has_contact else f"You left no way to reach you, so please call {office(program)} and say this code. "
    return say(
        f"I have stored your request for {person.name}, {person.role}. Your code is {ref}.\n\n"
        f"{promise} {reach}I will tell you here when they have it.\n\n"
        f"You can ask me any time where it stands, or call {office(program)}. "
        "To take it back, say: withdraw my request. To read it again, say: show me what I agreed to.",
        f"I have stored your request for {person.name}. Your code is {ref}. {promise} {reach}"
        f"You can also call {office(program)}. To take it back, text: withdraw my request.",
    )


def opened_as_test(program: Profile, ref: str) -> Say:
    """Said instead when the number is one that nobody has: nobody was told."""
    return say(
        f"I have kept this as a test, code {ref}. Numbers like 555-0100 to 555-0199 are made for examples, so nobody "
        f"is called. For a real call, ask me again and give me your own number, or call {office(program)}."
    )


def too_many(program: Profile) -> Say:
    """Said when somebody asks too often in a day: each request reaches a person."""
    return say(
        f"I cannot take another request today: each one reaches a person, and there were several. You can call "
        f"{office(program)}, or ask me again tomorrow."
    )


def blocked(program: Profile) -> Say:
    """Said when the number may not be used; not why, since anybody can type in a number."""
    return say(
        "I may not use that number or address, so nothing was passed on. You can give me another one, or "
        f"call {office(program)}."
    )


def taken_back_by_phone(program: Profile) -> Say:
    """Said where a request was made when it was taken back from the phone itself."""
    return say(
        "Your request was taken back by a text from the number that you gave, so nobody will call it. Your details are "
        f"deleted. If that was not you, you can give me another way to reach you, or call {office(program)}."
    )


def taken_back_for(program: Profile) -> Say:
    """Said in the chat when the visitor took it back with a person, who has written it down."""
    return say(
        "Your request is taken back, as you told us, and your details are deleted. If that was not you, ask me again, "
        f"or call {office(program)}."
    )


def taken_back_by_mail(program: Profile) -> Say:
    """Said in the chat when the request was taken back on the page behind a mail's link."""
    return say(
        "Your request was taken back from the e-mail that you got, so nobody will contact you. Your details are "
        f"deleted. If that was not you, you can ask me again with another way to reach you, or call {office(program)}."
    )


def wrong_address(program: Profile) -> Say:
    """Said in the chat when whoever reads the address never asked for anything."""
    return say(
        "The e-mail address that you gave belongs to somebody else, so nobody writes to it any more. Your request goes "
        f"on without it. You can give me another way to reach you, or call {office(program)}."
    )


def wrong_person(program: Profile) -> Say:
    """Said where a request was made when its number turned out to be somebody else's."""
    return say(
        "The number that you gave belongs to somebody else. Nobody will call it again, and your details are deleted. "
        f"To be called, ask me again with another number, or call {office(program)}."
    )


def consent_ended(program: Profile, ref: str) -> Say:
    """Said where a request was made when the consent to it has ended."""
    return say(
        f"What you agreed to for your request {ref} has ended today, as I told you then. The request is closed, and "
        f"your details are deleted. You can ask me for a new one at any time, or call {office(program)}."
    )


def ended(program: Profile, ref: str) -> Say:
    """Said to a request that ends with the one that it had joined."""
    return say(
        f"Your request {ref} is closed and your details are deleted. You can ask me for a new one at any time, or call "
        f"{office(program)}."
    )


def claimed(person: Professional, promise: str) -> Say:
    """The professional said "I have it", and by when they should be in touch (`promise`)."""
    return say(
        f"Good news: {person.name} has your request now. They have your details and plan to get in touch with you. "
        f"{promise}".strip()
    )


def missed(program: Profile, person: Professional, left_message: bool, when: datetime | None, now: datetime) -> Say:
    """The professional tried and did not reach the visitor."""
    zone = ZoneInfo(program.provider.time_zone)
    tried = "tried to reach you and left a message" if left_message else "tried to reach you and missed you"
    again = f" They plan to try again {day_and_clock(when, zone, now)}." if when else ""
    return say(
        f"{person.name} {tried}.{again} If another time or way is better, tell me here. "
        f"You can also call {office(program)}."
    )


def declined(program: Profile, person: Professional) -> Say:
    """The professional said "I cannot"."""
    return say(
        f"{person.name} cannot take your request. Nobody else has your details: you agreed to {person.name} only. "
        "I am asking whether somebody else here can take it, and tell them nothing about you. You decide before "
        f"anybody else gets it. You can also call {office(program)}.",
        f"{person.name} cannot take your request. I am asking whether somebody else can, and tell them nothing about "
        f"you. You decide before anybody gets it. You can also call {office(program)}.",
    )


def scheduled(
    program: Profile, person: Professional, when: datetime, now: datetime, place: str | None = None, file: str = ""
) -> Say:
    """The professional noted a time with the visitor; on the web with a neutral calendar file."""
    zone = ZoneInfo(program.provider.time_zone)
    moment = day_and_clock(when, zone, now)
    where = f", {place}" if place else ""
    text = f"{person.name} noted a time with you: {moment}{where}. If it does not suit you, call {office(program)}."
    calendar = f"\n\nFor your calendar (it only says Appointment): {file}" if file else ""
    return say(f"{text}{calendar}", text)

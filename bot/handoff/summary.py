"""What a visitor gives for the hand-off, and the lines that they see and the professional gets: the same ones."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from bot.handoff.phrases import ENGLISH, language, text_of
from bot.handoff.safe import Safe, safe_words
from bot.handoff.wording import national

ANY_TIME = "any time"
"""What the dialogue stores when the visitor has no wish for a time."""


@dataclass(frozen=True)
class LeadDraft:
    """The visitor's own details; each may be left out. `contact` is a phone number or an e-mail address.

    `for_whom` is a value of the entity `person` (self, son, ...) or free text; `locale` is the language that we speak
    to the visitor, `language` the one that they want to be called back in, which is told where it is not English;
    `format` and `specialties` only steer routing. There is no payer here, and there must be none.
    """

    name: str | None = None
    contact: str | None = None
    best_time: str | None = None
    zip: str | None = None
    for_whom: str | None = None
    wish: str | None = None
    safe: Safe = field(default_factory=Safe)
    channel: str = "web"
    locale: str = "en"
    language: str = "en"
    format: str | None = None
    specialties: tuple[str, ...] = ()


def contact_of(text: str | None) -> tuple[str | None, str | None]:
    """The contact in its normal form and its kind: ("+15035550188", "phone"), ("a@example.org", "email").

    (None, None) for none. Raises ValueError when it is neither.
    """
    if text is None or not text.strip():
        return None, None
    text = text.strip()
    if "@" in text:
        try:
            return validate_email(text, check_deliverability=False, test_environment=True).normalized, "email"
        except EmailNotValidError:
            raise ValueError("this is no e-mail address") from None
    try:
        number = phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException:
        raise ValueError("this is neither a phone number nor an e-mail address") from None
    if not phonenumbers.is_possible_number(number):
        raise ValueError("this is no full phone number")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), "phone"


@dataclass(frozen=True)
class Line:
    """One detail: the lead's field, its label for people, what the consent calls it, and the value."""

    field: str
    label: str
    kind: str
    value: str

    def __str__(self) -> str:
        return f"{self.label}: {self.value}"


def lines(draft: LeadDraft, locale: str | None = None) -> list[Line]:
    """The details given, in the order in which they are shown, in the draft's language or in this one.

    Raises ValueError for an unusable contact.
    """
    return list(_lines(draft, language(locale or draft.locale)))


def _lines(draft: LeadDraft, locale: str) -> Iterator[Line]:
    def line(name: str, value: str, words: str | None = None) -> Line:
        said = text_of(f"summary.{words or name}", locale)
        return Line(name, said["label"], said["kind"], value)

    contact, kind = contact_of(draft.contact)
    if draft.name:
        yield line("name", draft.name)
    if contact and kind:
        yield line("contact", national(contact) if kind == "phone" else contact, kind)
    if contact and kind == "phone" and draft.safe.said:
        yield line("safe", safe_words(draft.safe, locale))
    if draft.best_time:
        yield line("best_time", text_of("any_time", locale) if draft.best_time == ANY_TIME else draft.best_time)
    if draft.zip:
        yield line("zip", draft.zip)
    if draft.for_whom:
        yield line("for_whom", text_of("for_whom", locale).get(draft.for_whom, draft.for_whom))
    if draft.wish:
        yield line("wish", draft.wish)
    if language(draft.language) != ENGLISH:
        yield line("language", text_of("speaks", locale)[language(draft.language)])


def staff_lines(draft: LeadDraft) -> list[str]:
    """The summary's lines as staff read them, and as they are kept of a request that has joined a lead."""
    return [str(line) for line in lines(draft, ENGLISH)]


def zip_in(details: list[str]) -> str | None:
    """The ZIP among a summary's lines as they are kept of a request that has joined a lead; None when it holds none."""
    return next((line.removeprefix("ZIP: ") for line in details if line.startswith("ZIP: ")), None)


def texts_unsafe(details: list[str]) -> bool:
    """Whether these lines say that no text is safe."""
    return any(line.startswith("Safe ways: ") and "no texts" in line for line in details)

"""What a visitor gives for the hand-off, and the lines that they see and the professional gets: the same ones."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from bot.handoff.safe import Safe, safe_words
from bot.handoff.wording import national

FOR_WHOM = {
    "self": "myself",
    "other": "somebody else",
    **{
        person: f"my {person}"
        for person in (
            [
                "son",
                "daughter",
                "child",
                "husband",
                "wife",
                "partner",
                "mother",
                "father",
                "sibling",
                "friend",
                "client",
                "employee",
            ]
        )
    },
}


@dataclass(frozen=True)
class LeadDraft:
    """The visitor's own details; each may be left out. `contact` is a phone number or an e-mail address.

    `for_whom` is a value of the entity `person` (self, son, ...) or free text; `language`, `format` and `specialties`
    only steer routing. There is no payer here, and there must be none.
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


def lines(draft: LeadDraft) -> list[Line]:
    """The details given, in the order in which they are shown. Raises ValueError for an unusable contact."""
    return list(_lines(draft))


def _lines(draft: LeadDraft) -> Iterator[Line]:
    contact, kind = contact_of(draft.contact)
    if draft.name:
        yield Line("name", "Name", "your name", draft.name)
    if contact and kind == "phone":
        yield Line("contact", "Phone", "your phone number", national(contact))
    elif contact:
        yield Line("contact", "E-mail", "your e-mail address", contact)
    if contact and kind == "phone" and draft.safe.said:
        yield Line("safe", "Safe ways", "what is safe at your number", safe_words(draft.safe))
    if draft.best_time:
        yield Line("best_time", "Best time", "the best time to reach you", draft.best_time)
    if draft.zip:
        yield Line("zip", "ZIP", "your ZIP code", draft.zip)
    if draft.for_whom:
        yield Line("for_whom", "Help is for", "who the help is for", FOR_WHOM.get(draft.for_whom, draft.for_whom))
    if draft.wish:
        yield Line("wish", "Wish", "what you would like", draft.wish)


def zip_in(details: list[str]) -> str | None:
    """The ZIP among a summary's lines as they are kept of a request that has joined a lead; None when it holds none."""
    return next((line.removeprefix("ZIP: ") for line in details if line.startswith("ZIP: ")), None)


def texts_unsafe(details: list[str]) -> bool:
    """Whether these lines say that no text is safe."""
    return any(line.startswith("Safe ways: ") and "no texts" in line for line in details)

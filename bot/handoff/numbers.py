"""Numbers and addresses of visitors: their blind index, those made for examples, those that must not be used."""

import re
from datetime import datetime

from sqlalchemy.orm import Session

from bot.handoff.models import BlockedNumber
from bot.program.profile import Profile
from bot.store import load_keys

FICTITIOUS = re.compile(r"\+1\d{3}55501\d\d")
"""555-0100 to 555-0199 of any area code: nobody has them, so that examples can show them."""
RESERVED = re.compile(r"@(?:.*\.)?(?:example(?:\.(?:com|net|org))?|test|invalid|localhost)$", re.IGNORECASE)
"""E-mail domains that nobody can have (RFC 2606)."""


def index_of(phone: str) -> str:
    """The blind index of an E.164 number, by which leads are found."""
    return load_keys().blind_index(phone)


def is_example(program: Profile) -> bool:
    """Whether the profile is an example: none of its professionals has an e-mail address that somebody could have."""
    return all(RESERVED.search(person.email) for person in program.professionals)


def is_test(program: Profile, contact: str | None) -> bool:
    """Whether a lead with this contact is a test: a number made for examples, given to a real provider."""
    return bool(contact and FICTITIOUS.fullmatch(contact)) and not is_example(program)


def block(session: Session, phone_index: str, reason: str, now: datetime) -> None:
    """Neither call nor text this number from now on. `reason`: wrong_person."""
    if session.get(BlockedNumber, phone_index) is None:
        session.add(BlockedNumber(phone_index=phone_index, reason=reason, at=now))
        session.flush()


def unblock(session: Session, phone: str) -> bool:
    """Whoever holds the number asks for contact themselves; False when it was not blocked."""
    row = session.get(BlockedNumber, index_of(phone))
    if row is not None:
        session.delete(row)
        session.flush()
    return row is not None


def is_blocked(session: Session, contact: str | None) -> bool:
    """Whether this number (E.164) must not be called or texted, or this e-mail address not written to."""
    return bool(contact) and session.get(BlockedNumber, index_of(str(contact))) is not None

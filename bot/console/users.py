"""Accounts of staff: making them, changing their password, closing them."""

import unicodedata
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from email_validator import EmailNotValidError, validate_email
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.console.models import ConsoleSession, ConsoleUser
from bot.console.roles import Role
from bot.sms_text import gsm7
from bot.store import utcnow

SHORTEST, LONGEST = 12, 256
"""Characters of a password. There is no other rule of composition: length is what helps."""
LONGEST_NAME = 40
LEAST_DIFFERENT = 5
"""Different characters in a password, so that twelve times the same one is none."""

_hasher = PasswordHasher()


class UserError(ValueError):
    """An account cannot be made or changed like this; the message says why and what to do."""


def normal_email(text: str) -> str:
    """The address in the form in which it is stored and looked up. Raises UserError when it is none."""
    try:
        return validate_email(text.strip(), check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError as error:
        raise UserError(f"{text.strip()!r} is no e-mail address: {error}") from None


def checked_password(password: str, email: str) -> str:
    """The password in Unicode's composed form (NFC), ready to be hashed. Raises UserError when it is too weak."""
    password = unicodedata.normalize("NFC", password)
    if len(password) < SHORTEST:
        raise UserError(f"the password has {len(password)} characters; it needs at least {SHORTEST}")
    if len(password) > LONGEST:
        raise UserError(f"the password is longer than {LONGEST} characters")
    if len(set(password)) < LEAST_DIFFERENT:
        raise UserError(f"the password repeats itself; use at least {LEAST_DIFFERENT} different characters")
    if password.casefold() in (email, email.partition("@")[0]):
        raise UserError("the password is the e-mail address; choose another one")
    return password


def checked_name(name: str) -> str:
    """The name under which visitors see a member of staff. Raises UserError: empty, too long, or no name."""
    name = unicodedata.normalize("NFC", " ".join(name.split()))
    if not name or not any(character.isalpha() for character in gsm7(name)):
        raise UserError("a name that visitors can read is needed, such as a first name")
    if len(name) > LONGEST_NAME or not all(character.isalpha() or character in " .'-" for character in name):
        raise UserError(f"the name holds letters, spaces, . ' and - only, at most {LONGEST_NAME} characters")
    return name


def add_user(session: Session, email: str, password: str, role: str, name: str | None = None) -> ConsoleUser:
    """Make an account; the caller commits. Raises UserError for a bad or known address, password, role or name."""
    email = normal_email(email)
    if role not in set(Role):
        raise UserError(f"there is no role {role!r}; the roles are {', '.join(Role)}")
    if by_email(session, email) is not None:
        raise UserError(f"{email} has an account already")
    user = ConsoleUser(
        email=email,
        password_hash=_hasher.hash(checked_password(password, email)),
        role=str(role),
        name=checked_name(name) if name else None,
    )
    session.add(user)
    session.flush()
    return user


def set_password(session: Session, email: str, password: str) -> ConsoleUser:
    """Give an account a new password and sign it out everywhere. Raises UserError."""
    user = _known(session, email)
    user.password_hash = _hasher.hash(checked_password(password, user.email))
    _sign_out_everywhere(session, user)
    return user


def disable_user(session: Session, email: str) -> ConsoleUser:
    """Close an account and sign it out everywhere; its traces in the audit stay. Raises UserError."""
    user = _known(session, email)
    user.disabled_at = user.disabled_at or utcnow()
    _sign_out_everywhere(session, user)
    return user


def by_email(session: Session, email: str) -> ConsoleUser | None:
    """The account with this address, closed ones included."""
    user: ConsoleUser | None = session.execute(
        select(ConsoleUser).where(ConsoleUser.email == email.strip().lower())
    ).scalar_one_or_none()
    return user


def password_fits(user: ConsoleUser | None, password: str) -> bool:
    """Whether the password opens the account. Without an account it takes as long, and is False."""
    stored = _nobody() if user is None or user.disabled_at else user.password_hash
    if len(password) > LONGEST:
        return False
    try:
        _hasher.verify(stored, unicodedata.normalize("NFC", password))
    except (VerificationError, InvalidHashError):
        return False
    return user is not None and user.disabled_at is None


def refresh_hash(user: ConsoleUser, password: str) -> None:
    """Hash a password that has just been checked again, if the parameters have become stronger since."""
    if _hasher.check_needs_rehash(user.password_hash):
        user.password_hash = _hasher.hash(unicodedata.normalize("NFC", password))


@lru_cache(maxsize=1)
def _nobody() -> str:
    return _hasher.hash("the password of nobody")


def _known(session: Session, email: str) -> ConsoleUser:
    user = by_email(session, email)
    if user is None:
        raise UserError(f"there is no account {email.strip().lower()}")
    return user


def _sign_out_everywhere(session: Session, user: ConsoleUser) -> None:
    session.flush()
    session.execute(
        delete(ConsoleSession).where(ConsoleSession.user_id == user.id).execution_options(synchronize_session=False)
    )

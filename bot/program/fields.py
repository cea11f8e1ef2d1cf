"""Field types of the profile whose rules need more than a plain type, each with an error that says what to write."""

import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Annotated, Any
from zoneinfo import available_timezones

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, PlainSerializer

STRICT = ConfigDict(extra="forbid", strict=True)
"""What all parts of a profile share: strict types, no unknown keys."""
CENT = Decimal("0.01")
STATES = frozenset(
    re.findall(
        r"[A-Z]{2}",
        "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH "
        "OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY PR",
    )
)


def cents(value: Decimal) -> Decimal:
    """The sum rounded to whole cents, half up."""
    return value.quantize(CENT, ROUND_HALF_UP)


def _sum(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError("write dollars as a plain number without a sign, like 185 or 185.50")
    exact = Decimal(str(value))
    if not exact.is_finite() or exact != cents(exact):
        raise ValueError("write dollars and whole cents, like 185.50")
    return cents(exact)


def _plain_number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _slug(value: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", value):
        raise ValueError("use small letters, digits and underscores, starting with a letter, like evening_iop")
    return value


def _phone(value: str) -> str:
    try:
        number = phonenumbers.parse(value, "US")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number) or not value.startswith("+"):
        raise ValueError(f'"{value}" is no full phone number; write it in quotes with +1, like "+15035550140"')
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _email(value: str) -> str:
    try:
        # Existence is not looked up: a profile is checked without a network, and examples use reserved domains.
        return validate_email(value, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise ValueError(f"{error} Write an address like dana@example.org") from None


def _website(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s/]+(/\S*)?", value):
        raise ValueError("write the whole address, like https://harbor.example.org")
    return value


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _zone(value: str) -> str:
    if value not in _zones():
        raise ValueError(f'"{value}" is no time zone; write one like America/Los_Angeles or America/New_York')
    return value


def _zip(value: str) -> str:
    import zipcodes  # loads its table of ZIPs on import, which only an import of a profile needs

    if not re.fullmatch(r"\d{5}", value) or not zipcodes.matching(value):  # type: ignore[no-untyped-call]
        raise ValueError(f'"{value}" is no ZIP in use; write five digits in quotes, like "97103"')
    return value


def _state(value: str) -> str:
    if value not in STATES:
        raise ValueError(f'"{value}" is no state; write its two capital letters, like OR')
    return value


def _text(value: str) -> str:
    if not value.strip() or value != value.strip():
        raise ValueError("write some text here, without blanks before or after it")
    return value


Dollars = Annotated[
    Decimal,
    BeforeValidator(_sum),
    Field(ge=0, le=1_000_000),
    PlainSerializer(_plain_number, return_type=int | float, when_used="json"),
]
"""Whole cents, as Decimal; a plain number in YAML."""
Slug = Annotated[str, AfterValidator(_slug)]
Phone = Annotated[str, AfterValidator(_phone)]
"""E.164."""
Email = Annotated[str, AfterValidator(_email)]
Website = Annotated[str, AfterValidator(_website)]
TimeZone = Annotated[str, AfterValidator(_zone)]
Zip = Annotated[str, AfterValidator(_zip)]
State = Annotated[str, AfterValidator(_state)]
Words = Annotated[str, AfterValidator(_text), Field(max_length=600)]
"""Text for people: not empty, not padded."""
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
"""ISO 639 code, like en or es."""

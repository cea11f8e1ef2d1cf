"""What redaction hides, and what it must leave."""

import pytest

from bot.conversations.redaction import mask_phone, redact


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("call 503-555-0123 or (503) 555-0124", "call [phone] or [phone]"),
        ("+1 503 555 0123", "[phone]"),
        ("5035550123 please", "[phone] please"),
        ("just 555-0123", "just [phone]"),
        ("sam.doe+x@mail.example.org", "[email]"),
        ("SSN 123-45-6789", "SSN [number]"),
        ("born 4/12/1988", "born [date]"),
        ("born April 12, 1988", "born [date]"),
        ("I live at 12 Sample Street in 97103", "I live at [address] in [zip]"),
        ("member id XYZ123456789", "member id [number]"),
        ("my name is sam", "my name is [name]"),
        ("Call me Sam Doe, please", "Call me [name], please"),
    ],
)
def test_personal_details_are_hidden(text: str, masked: str) -> None:
    assert redact(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "Call 988 or 911, or 1-800-662-4357.",
        "about $12,500 for 8 weeks at 20%",
        "9 to 5, 3 days a week",
        "I have been sober 120 days",
        "call me tomorrow",
        "level 2.1 has 9-19 hours",
    ],
)
def test_what_a_reviewer_needs_stays(text: str) -> None:
    assert redact(text) == text


def test_a_masked_number_shows_two_digits() -> None:
    assert mask_phone("+15035550199") == "...99"
    assert mask_phone(None) == ""

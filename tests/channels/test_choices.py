"""Choices by text, and cleaning."""

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.choices import with_choices
from bot.channels.cleaning import clean


def test_choices_share_a_message_when_they_fit() -> None:
    assert with_choices("Which one?", ["Cost", "Schedule"]) == ["Which one?\n1 Cost\n2 Schedule\nReply with a number."]
    apart = with_choices("x" * 310, ["Cost", "Schedule"])
    assert apart[1].startswith("1 Cost")


@given(st.text())
def test_cleaned_text_can_be_stored_and_is_clean_already(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode("utf-8")
    assert clean(cleaned) == cleaned

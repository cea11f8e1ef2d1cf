"""Text messages stay short and in their alphabet; sums and numbers are written as people write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.program.answers.base import SMS_LIMIT, dollars, percent, phone_text, text_message
from bot.sms_text import GSM7


@given(st.lists(st.text(max_size=300), max_size=5))
def test_a_text_message_is_never_too_long_nor_outside_the_alphabet(sentences: list[str]) -> None:
    text = text_message(sentences)
    assert len(text) <= SMS_LIMIT
    assert set(text) <= GSM7


def test_the_first_sentence_stays_and_later_ones_fill_the_room() -> None:
    assert text_message(["First.", "x" * 240, "Third.", "First."]) == "First. Third."
    long = text_message(["word " * 80])
    assert long.endswith("word...")
    assert len(long) <= SMS_LIMIT


@pytest.mark.parametrize(("amount", "text"), [("4440", "$4,440"), ("992.5", "$992.50"), ("0.005", "$0.01")])
def test_dollars(amount: str, text: str) -> None:
    assert dollars(Decimal(amount)) == text


def test_percent_and_phone() -> None:
    assert [percent(Decimal(number)) for number in ("20", "20.0", "12.50", "100")] == ["20%", "20%", "12.5%", "100%"]
    assert phone_text("+15035550140") == "(503) 555-0140"

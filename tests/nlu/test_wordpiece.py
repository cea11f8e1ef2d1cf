"""Plain ASCII takes a short way through the tokenizer; it must come out where the long way does."""

import string

import pytest

from bot.nlu.wordpiece import basic_words


@pytest.mark.parametrize(
    "text", ["", "  ", "How much is IOP?", "$200/wk & no ins...", "it's 5:30pm_ok", string.printable[:95]]
)
def test_ascii_reads_as_it_does_beside_other_letters(text):
    assert [*basic_words(text), "e"] == basic_words(f"{text} é")


def test_control_characters_are_dropped_and_line_ends_part_words():
    assert basic_words("a\x00b\nc") == ["ab", "c"]

"""SMS text: alphabet, length, numbered choices."""

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.cleaning import clean
from bot.channels.gsm7 import BASIC, LIMIT, gsm7, parts, with_choices


def test_typographic_signs_become_plain() -> None:
    assert (
        gsm7("\u201cYou\u2019re in\u201d \u2013 **call 988** \u2026 \U0001f642 na\u00efve")
        == '"You\'re in" - call 988 ...  naive'
    )


@given(st.text(max_size=1500))
def test_every_part_is_short_and_in_the_alphabet(text: str) -> None:
    for part in parts(text):
        assert 0 < len(part) <= LIMIT
        assert set(part) <= BASIC


@given(st.lists(st.text("abcdefg.? \n", min_size=1, max_size=90), max_size=12))
def test_no_word_is_lost(pieces: list[str]) -> None:
    text = " ".join(pieces)
    assert "".join("".join(parts(text)).split()) == "".join(text.split())


def test_a_long_text_breaks_after_a_sentence() -> None:
    first, second = parts("A" * 150 + ". " + "B" * 100 + ". " + "C" * 150 + ".")
    assert first.endswith("B.")
    assert second.startswith("C")


def test_choices_share_a_message_when_they_fit() -> None:
    assert with_choices("Which one?", ["Cost", "Schedule"]) == ["Which one?\n1 Cost\n2 Schedule\nReply with a number."]
    apart = with_choices("x" * 310, ["Cost", "Schedule"])
    assert apart[1].startswith("1 Cost")


@given(st.text())
def test_cleaned_text_can_be_stored_and_is_clean_already(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode("utf-8")
    assert clean(cleaned) == cleaned

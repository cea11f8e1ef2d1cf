"""SMS text: alphabet, length, parts."""

from hypothesis import given
from hypothesis import strategies as st

from bot.sms_text import GSM7, LIMIT, gsm7, length, outside, parts


def test_typographic_signs_become_plain() -> None:
    assert (
        gsm7("\u201cYou\u2019re in\u201d \u2013 **call 988** \u2026 \U0001f642 na\u00efve")
        == '"You\'re in" - call 988 ...  naive'
    )


@given(st.text(max_size=1500))
def test_every_part_is_short_and_in_the_alphabet(text: str) -> None:
    for part in parts(text):
        assert 0 < len(part) <= LIMIT
        assert set(part) <= GSM7


@given(st.lists(st.text("abcdefg.? \n", min_size=1, max_size=90), max_size=12))
def test_no_word_is_lost(pieces: list[str]) -> None:
    text = " ".join(pieces)
    assert "".join("".join(parts(text)).split()) == "".join(text.split())


def test_a_long_text_breaks_after_a_sentence() -> None:
    first, second = parts("A" * 150 + ". " + "B" * 100 + ". " + "C" * 150 + ".")
    assert first.endswith("B.")
    assert second.startswith("C")


def test_extended_characters_count_twice_and_others_are_named() -> None:
    assert length("a[b]") == 6
    assert outside("It\u2019s \u20ac5") == "\u2019"

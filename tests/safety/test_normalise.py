"""The spelling that the rules read."""

import pytest

from bot.safety.normalise import LONGEST, normalise


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("I’m gonna k1ll my self", " im gonna kill myself "),
        ("su1cide", " suicide "),
        ("kms", " kill myself "),
        ("I want 2 die", " i wanna die "),
        ("He OD'd", " he overdosed "),
        ("she od'ing", " she overdosing "),
        ("K I L L myself", " kill myself "),
        ("heeeelp", " help "),
        ("seizur", " seizure "),
        ("she is unconsious", " shes unconscious "),
        ("Do you?", " do you ? "),
        ("I am\u200b here", " im here "),
        ("sui\u0301cide", " suicide "),
    ],
)
def test_normalise(written: str, read: str) -> None:
    assert normalise(written) == read


def test_words_of_their_own_are_kept() -> None:
    assert normalise("billing the strangers") == " billing the strangers "


@pytest.mark.parametrize("text", ["", " ", "\x00\x01", "🙂" * 50, "?" * 1000, "a" * 20000, "x\n" * 9000])
def test_never_fails_and_stays_short(text: str) -> None:
    assert len(normalise(text)) <= LONGEST * 2 + 10


def test_both_ends_of_a_long_message_are_read() -> None:
    assert "suicidal" in normalise("word " * 5000 + "i feel suicidal")
    assert "suicidal" in normalise("i feel suicidal " + "word " * 5000)

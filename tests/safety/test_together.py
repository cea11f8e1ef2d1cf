"""An emergency told in pieces."""

import pytest

from bot.safety import assess, assess_together, is_piece, joined, worse_together
from bot.safety.assessment import Assessment


@pytest.mark.parametrize(
    ("before", "text", "category"),
    [
        (["i want to"], "die", "suicide"),
        (["i", "want to"], "die", "suicide"),
        (["i am thinking about"], "suicide tonight", "suicide"),
        (["my son took"], "a whole bottle of pills", "overdose"),
        (["quiero"], "morirme", "suicide"),
    ],
)
def test_pieces_are_read_as_one(before: list[str], text: str, category: str) -> None:
    found = assess_together(text, before)
    assert (found.level, found.category) == ("emergency", category)


def test_who_told_an_emergency_is_not_told_the_same_for_every_word_after_it() -> None:
    assert assess_together("ok", ["i want to kill myself"]) == assess("ok")
    assert assess_together("thanks", ["i cant do this anymore"]) == assess("thanks")


@pytest.mark.parametrize(
    ("before", "text"),
    [
        ([], "die"),
        (["do i want to?"], "die"),
        (["/affirm"], "die"),
        (["i want to tell you about all that has been going on here"], "die"),
        (["i want to"], ""),
        (["i want to"], "/deny"),
        (["i want to"], "word " * 21),
    ],
)
def test_what_is_not_joined(before: list[str], text: str) -> None:
    assert joined(text, before) is None


def test_ordinary_pieces_stay_ordinary() -> None:
    for before, text in (
        (["how much"], "does it cost"),
        (["do you take"], "aetna"),
        (["i want to"], "start on monday"),
    ):
        assert assess_together(text, before).level == "none"


def test_a_piece_is_short_and_no_question() -> None:
    assert is_piece("i am going to")
    assert not is_piece("am i going to?")
    assert not is_piece("")


@pytest.mark.parametrize(("danger", "level"), [(0.3, "check"), (0.95, "emergency")])
def test_the_classifier_alone_has_to_be_sure_of_what_is_read_together(danger: float, level: str) -> None:
    alone = assess("narcan near me", {"none": 0.95, "overdose": 0.05})
    whole = Assessment("emergency", "suicide", "self", (f"classifier:suicide={danger}", "veiled-check"), danger=danger)
    assert worse_together(alone, whole, ["i cant do this anymore"]).level == level

"""Which words a misspelled one may stand for, and what the slips between them cost."""

import pytest

from bot.nlu.slips import Slips, cost, sound

WORDS = [
    "insurance",
    "treatment",
    "schedule",
    "alcohol",
    "want",
    "can't",
    "isn't",
    "help",
    "cost",
    "coast",
    "i'll",
    "ill",
]


@pytest.fixture(scope="module")
def slips() -> Slips:
    return Slips(WORDS, WORDS, lambda word: 0.0)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("nisurance", "insurance"),
        ("insuracne", "insurance"),
        ("isnurnace", "insurance"),
        ("skedule", "schedule"),
        ("trtmnt", "treatment"),
        ("alkahol", "alcohol"),
        ("isnt", "isn't"),
        ("cnat", "can't"),
        ("heeeeelp", "help"),
        ("wnat", "want"),
    ],
)
def test_the_word_meant_is_the_likeliest(slips, typed, meant):
    assert slips.meant(typed)[0][0] == meant


@pytest.mark.parametrize("typed", ["q", "zzzzzz", "xylophone", "it"])
def test_what_is_near_to_nothing_means_nothing(slips, typed):
    assert slips.meant(typed) == []


def test_a_word_does_not_stand_for_itself_and_one_without_apostrophe_is_kept_when_it_is_a_word(slips):
    assert "cost" not in dict(slips.meant("cost"))
    assert "i'll" not in dict(slips.meant("il"))


def test_slips_of_the_hand_and_the_ear_cost_less():
    assert cost("helo", "help", 1) < cost("hezp", "help", 1)
    assert cost("hlep", "help", 1) < cost("hezp", "help", 1)
    assert cost("jelp", "help", 1) > cost("helo", "help", 1)
    assert cost("fone", "phone", 2) < cost("bone", "phone", 2)


@pytest.mark.parametrize(
    ("one", "other"), [("fone", "phone"), ("nite", "nyght"), ("skool", "scool"), ("nife", "knife")]
)
def test_words_that_sound_alike_have_one_sound(one, other):
    assert sound(one) == sound(other)

"""What leaves a conversation for the training data tells of nobody."""

import pytest

from bot.learning.deidentify import LONGEST, Unsafe, Vocabulary, make_safe

DATA = [
    "Do you take my insurance, and will it cover my son?",
    "my name is Sam and i need a call at that number",
    "can we start on a day in the week near here? mail me at home",
    "MY PLAN IS WITH AETNA, he is at Aetna",
]
WORDS = Vocabulary.of(DATA)


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("do you take my plan", "do you take my plan"),
        ("  do you\n take\tmy plan ", "do you take my plan"),
        ("call my son at 503.555.0188", "call my son at 503-555-0100"),
        ("mail me at riley@example.org", "mail me at someone@example.org"),
        ("my name is Riley", "my name is Sam"),
        ("will Riley start on march 3rd near 97103", "will Sam start on January 1 near 00000"),
        ("will riley start on 3/14", "will Sam start on January 1"),
        ("DO YOU TAKE MY PLAN", "DO YOU TAKE MY PLAN"),
        ("do you take [my plan](insurer)", None),
        ("/do you take my plan", "do you take my plan"),
        ("is it with Aetna", "is it with Aetna"),
    ],
)
def test_details_give_way_to_stand_ins(text: str, safe: str | None) -> None:
    if safe is None:  # a mark that Rasa would read as an entity cannot come through
        with pytest.raises(Unsafe) as refused:
            make_safe(text, ["Riley"], WORDS)
        assert refused.value.words == ("insurer",)
    else:
        assert make_safe(text, ["Riley"], WORDS) == safe


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("will Maria call", ("maria",)),
        ("will maria call", ("maria",)),
        ("is it near salem", ("salem",)),
        ("do you take Day", ("day",)),
        ("will josé call", ("josé",)),
    ],
)
def test_a_word_that_the_data_does_not_hold_may_be_a_name(text: str, words: tuple[str, ...]) -> None:
    with pytest.raises(Unsafe) as refused:
        make_safe(text, [], WORDS)
    assert refused.value.words == words
    assert make_safe(text, [], Vocabulary.of(DATA, words))


@pytest.mark.parametrize(
    "text",
    [
        "my plan is ABC123456789",
        "my number is 123-45-6789",
        "i need a call at 12 Oak Street",
        "my number is 1234.56789",
        "mail me at www.example.org/home",
        "???",
        "do you take my plan " * (LONGEST // 20 + 1),
    ],
)
def test_what_cannot_be_made_safe_is_refused(text: str) -> None:
    with pytest.raises(Unsafe):
        make_safe(text, [], WORDS)

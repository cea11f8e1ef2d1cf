"""What is safe, in the visitor's own words."""

import pytest

from actions.safe_ways import changed, safe_in
from bot.handoff import Safe

CALL_ONLY = Safe(True, False, False)


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("call but no voicemail", CALL_ONLY),
        ("Call, no voicemail", CALL_ONLY),
        ("call and voicemail", Safe(True, True, False)),
        ("text only", Safe(False, False, True)),
        ("only text me", Safe(False, False, True)),
        ("just a call", CALL_ONLY),
        ("no calls text only", Safe(False, False, True)),
        ("all of them are fine", Safe(True, True, True)),
        ("anything is ok", Safe(True, True, True)),
        ("no", Safe(False, False, False)),
        ("none of them", Safe(False, False, False)),
        ("yes", CALL_ONLY),
        ("voicemail is fine", Safe(True, True, False)),
        ("calls ok no voicemails no texts", CALL_ONLY),
        ("don't call, text me", Safe(False, False, True)),
        ("you can call me, don\u2019t leave a message", CALL_ONLY),
        ("a text message is ok", Safe(False, False, True)),
        ("no voicemail", Safe(voicemail=False)),
        ("please no texts", Safe(text=False)),
        ("it isn't safe to call", Safe(call=False)),
        ("call or text, not voicemail", Safe(True, False, True)),
    ],
)
def test_the_answer_to_our_question(text: str, safe: Safe) -> None:
    assert safe_in(text, asked=True) == safe


@pytest.mark.parametrize("text", ["skip", "97103", "weekdays after 5", "what do you mean", "my name is Jo"])
def test_what_says_nothing_of_it(text: str) -> None:
    assert safe_in(text, asked=True) is None


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("call me but dont leave a voicemail", Safe(voicemail=False)),
        ("503-555-0142, no texts please", Safe(text=False)),
        ("can somebody call me please", None),
        ("text me at 503-555-0142", None),
        ("i don't want to call you, call me", None),
    ],
)
def test_elsewhere_only_what_is_forbidden_counts(text: str, safe: Safe | None) -> None:
    assert safe_in(text, asked=False) == safe


def test_a_correction_changes_what_it_names_and_nothing_else() -> None:
    assert changed(Safe(True, True, True), "no texts") == Safe(True, True, False)
    assert changed(Safe(True, False), "voicemail is fine") == Safe(True, True)
    assert changed(Safe(True), "no calls") == Safe(call=False)
    assert changed(Safe(True), "change the name") is None
    assert changed(Safe(), "yes, call me") is None
    assert changed(Safe(), "no texts") == Safe(text=False)

"""Medical questions by kind, and the plan to stop at once."""

import pytest

from bot.safety import language_of, medical_kind, stops_suddenly, wants_to_hide


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("how much suboxone should i take", "dose"),
        ("how do i taper off xanax", "taper"),
        ("how to pass a drug test tomorrow", "test"),
        ("how long does meth stay in my system", "test"),
        ("how do i hide my drinking from my wife", "hiding"),
        ("is it safe to mix xanax and alcohol", "mixing"),
        ("why do my hands shake", None),
    ],
)
def test_kind(text: str, kind: str | None) -> None:
    assert medical_kind(text) == kind


@pytest.mark.parametrize(
    "text",
    [
        "I will just stop drinking on my own",
        "ill just quit drinking tomorrow",
        "can i quit xanax cold turkey",
        "im quitting alcohol today, how many weeks is the program",
        "im going to flush my xanax tonight",
        "voy a dejar de tomar de golpe",
    ],
)
def test_a_sudden_stop_is_noticed(text: str) -> None:
    assert stops_suddenly(text)


@pytest.mark.parametrize(
    "text",
    [
        "what does it cost",
        "i stopped drinking two years ago",
        "how do i help my son stop drinking",
        "i can't stop drinking alone",
    ],
)
def test_what_is_no_sudden_stop(text: str) -> None:
    assert not stops_suddenly(text)


def test_language_stays_until_the_message_tells_another() -> None:
    assert language_of("cuánto cuesta el programa") == "es"
    assert language_of("ok", "es") == "es"
    assert language_of("ok", "en-US") == "en"
    assert language_of("what does it cost", "es") == "en"


@pytest.mark.parametrize(
    ("text", "hides"),
    [
        ("how do i hide that im using from my probation officer", True),
        ("how can i keep my wife from finding out i'm drinking", True),
        ("how do i hide my track marks", True),
        ("can i hide my drug treatment from my boss", False),
        ("i am done hiding", False),
        ("how do i keep my boss from finding out im in rehab", False),
    ],
)
def test_hiding_use_is_told_from_keeping_treatment_private(text: str, hides: bool) -> None:
    assert wants_to_hide(text) == hides

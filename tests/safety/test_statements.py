"""What is said after an emergency: safe, not safe, help called, what now, a person."""

import pytest

from bot.safety import statement


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("i'm safe now", "safe"),
        ("Yes, we are safe", "safe"),
        ("im ok", "safe"),
        ("he's fine now thanks", "safe"),
        ("false alarm", "safe"),
        ("ya estoy a salvo", "safe"),
        ("sí, estamos bien", "safe"),
        ("i'm not safe", "unsafe"),
        ("no i am not ok", "unsafe"),
        ("he is still here with him, not safe", "unsafe"),
        ("it's getting worse", "unsafe"),
        ("no estoy a salvo", "unsafe"),
        ("i called", "called"),
        ("I called 911", "called"),
        ("my mom is calling them now", None),
        ("im on the phone with them", "called"),
        ("the ambulance is on the way", "called"),
        ("they're coming", "called"),
        ("ya llamé al 911", "called"),
        ("la ambulancia ya viene", "called"),
        ("what do i do", "next"),
        ("ok what now?", "next"),
        ("help", "next"),
        ("what do we do until then", "next"),
        ("¿qué hago?", "next"),
        ("person", "person"),
        ("PERSONA", "person"),
        ("talk to a person please", "person"),
    ],
)
def test_what_is_said(text: str, said: str | None) -> None:
    assert statement(text) == said


@pytest.mark.parametrize(
    "text",
    [
        "how much does it cost",
        "what do you do in group",
        "is it a safe neighborhood",
        "i called you yesterday about my son",
        "what do i need to bring",
        "is my data safe",
        "ok",
        "yes",
        "no",
        "are your people nice",
        "can someone call me",
        "cuánto cuesta",
        "",
        "🙏",
    ],
)
def test_ordinary_words_say_nothing_of_it(text: str) -> None:
    assert statement(text) is None

"""New danger told behind an emergency: each rule on its own examples, who is meant, and what is no danger."""

import pytest

from bot.safety import assess, danger_after
from bot.safety.afterwards import After, after_rules


@pytest.mark.parametrize("rule", after_rules(), ids=lambda rule: rule.id)
def test_rule(rule: After) -> None:
    assert rule.match
    assert rule.spare
    before = next(iter(sorted(rule.after)), "suicide")
    for text in rule.match:
        assert danger_after(text, before), text
    for text in rule.spare:
        assert danger_after(text, before) is None, text


@pytest.mark.parametrize(
    ("text", "before", "category", "subject"),
    [
        ("no. i took the pills", "suicide", "overdose", "self"),
        ("no. ya me tomé las pastillas", "suicide", "overdose", "self"),
        ("yes i took them all", "suicide", "overdose", "self"),
        ("no. she took more", "overdose", "overdose", "other"),
        ("no i did it", "suicide", "suicide", "self"),
        ("no i did it", "overdose", "overdose", "self"),
        ("sí pero me corté", "suicide", "suicide", "self"),
        ("ok. he's back and he has a knife", "violence", "violence", "self"),
        ("he has a knife", "suicide", "violence", "self"),
    ],
)
def test_what_it_is_depends_on_what_was_told_before(text: str, before: str, category: str, subject: str) -> None:
    assert assess(text).level != "emergency"  # by itself it would be none
    found = danger_after(text, before, "self")
    assert found
    assert (found.level, found.category, found.subject) == ("emergency", category, subject)


def test_by_whom_is_known_from_before() -> None:
    found = danger_after("no, he's back", "violence", "self", ("partner_violence",))
    assert found
    assert found.flags == ("partner_violence",)
    assert danger_after("he's back", "suicide") is None


@pytest.mark.parametrize(
    "text",
    [
        "yes",
        "no",
        "ok thanks",
        "how much does it cost",
        "do you take aetna",
        "i'm safe now",
        "i called 911",
        "the ambulance is here",
        "they're here",
        "ya llegó la ambulancia",
        "estamos bien",
        "cuánto cuesta",
        "i took my son to the hospital",
        "he took a nap and feels better",
        "i used to come to your groups",
        "thanks, bye",
        "i did call",
        "i will do it, i'll call them",
        "what do i do",
        "person",
        "",
    ],
)
def test_what_is_said_otherwise_is_none(text: str) -> None:
    assert all(danger_after(text, before) is None for before in ("suicide", "overdose", "violence"))

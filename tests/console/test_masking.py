import pytest

from bot.console.masking import Mask, Open, given_name, names_in, plain

ASKED = ("assistant", "What first name should we use? A made-up one is fine, or say skip.")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Jordan", "Jordan"),
        ("it's jordan.", "jordan"),
        ("Hi, I'm Jordan Lee", "Jordan Lee"),
        ("sure, call me J", "J"),
        ("skip", None),
        ("no", None),
        ("ok", None),
        ("why do you need my name?", None),
        ("I would rather not tell you that", None),
        ("", None),
    ],
)
def test_a_name_is_found_in_the_answer_to_the_question_for_one(text: str, name: str | None) -> None:
    assert given_name(text) == name
    assert names_in([ASKED, ("visitor", text)]) == ([name] if name else [])


def test_what_was_not_asked_for_is_no_name() -> None:
    assert names_in([("assistant", "How much can you pay?"), ("visitor", "Nothing")]) == []
    assert names_in([ASKED, ("visitor", "skip"), ("visitor", "Aetna")]) == []


def test_a_long_run_of_lead_ins_takes_no_time() -> None:
    assert given_name("i'm " * 2000 + "?") is None


def test_known_values_are_hidden_whatever_their_case() -> None:
    mask = Mask(["Jordan", None, ""])
    assert mask.text("Thanks JORDAN, jordan. Jordanian stays.") == "Thanks [name], [name]. Jordanian stays."
    assert Mask().text("call 503-555-0188") == "call [phone]"
    assert Open().text("call 503-555-0188") == "call 503-555-0188"


@pytest.mark.parametrize(
    ("entity", "masked", "shown"),
    [
        ({"entity": "phone", "value": "+15035550188"}, "[phone]", "+15035550188"),
        ({"entity": "zip", "value": "97103"}, "[zip]", "97103"),
        ({"entity": "insurer", "value": "aetna"}, "aetna", "aetna"),
        (
            {"entity": "time", "value": {"between": ["09:00", "17:00"]}},
            "between 09:00 to 17:00",
            "between 09:00 to 17:00",
        ),
        ({"entity": "person", "value": None}, "", ""),
    ],
)
def test_entities(entity: dict[str, object], masked: str, shown: str) -> None:
    assert Mask().entity(entity) == masked
    assert Open().entity(entity) == shown


def test_values_read_as_words() -> None:
    assert plain({"value": 8, "unit": "week"}) == "value 8, unit week"

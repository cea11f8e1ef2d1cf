"""What a message says about its writer."""

import pytest

from actions.contact import SKIPPED, THIS_NUMBER, details_in, is_cancel, is_skip
from tests.actions.turns import entity, turn


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Maria", "Maria"),
        ("maria", "Maria"),
        ("my name is jo", "Jo"),
        ("I'm Sam", "Sam"),
        ("call me Ana please", "Ana"),
        ("it's Mary Ann", "Mary"),
        ("De'Andre", "De'Andre"),
    ],
)
def test_a_name_is_read_when_asked_for(text: str, name: str) -> None:
    assert details_in(turn(text), "contact_name")["contact_name"].startswith(name)


@pytest.mark.parametrize(
    "text", ["skip", "no", "I'm scared", "im not sure", "why do you need it?", "12345", "yes", "hi"]
)
def test_what_is_no_name_is_not_taken_for_one(text: str) -> None:
    assert "contact_name" not in details_in(turn(text), "contact_name")


def test_a_bare_word_is_a_name_only_as_the_answer_to_that_question() -> None:
    assert details_in(turn("Maria"), "contact_zip") == {}


@pytest.mark.parametrize("text", ["skip", "Skip it", "pass", "I'd rather not say", "nope", "none", "n/a", "idk"])
def test_skipping_in_many_words(text: str) -> None:
    assert is_skip(turn(text))


@pytest.mark.parametrize(
    "text", ["cancel", "never mind", "nevermind", "stop", "forget it", "I changed my mind", "quit"]
)
def test_leaving_the_form_in_many_words(text: str) -> None:
    assert is_cancel(turn(text))


@pytest.mark.parametrize("text", ["i want to stop drinking", "cant quit", "stop by at 5", "Maria"])
def test_words_of_recovery_do_not_leave_the_form(text: str) -> None:
    assert not is_cancel(turn(text))


def test_a_phone_number_wins_over_an_email_and_both_come_from_the_entities() -> None:
    said = turn("503-555-0142", entities=(entity("email", "a@example.org"), entity("phone", "+15035550142")))
    assert details_in(said, "contact_value") == {"contact_value": "+15035550142"}


def test_this_number_means_the_one_that_texts() -> None:
    assert details_in(turn("this number is fine", channel="sms"), "contact_value") == {"contact_value": THIS_NUMBER}
    assert details_in(turn("this number is fine"), "contact_value") == {}


def test_this_number_is_taken_up_from_the_request_for_a_call() -> None:
    assert details_in(turn("can you call me on this number", channel="sms"), None) == {"contact_value": THIS_NUMBER}
    assert details_in(turn("can you call me on this number"), None) == {}
    assert details_in(turn("is this number private?", channel="sms"), "contact_name") == {}


def test_a_request_gives_the_words_of_its_time() -> None:
    text = "call me, evenings after 5 are good"
    said = turn(text, entities=(entity("time", {"part": "evening"}, 9, 17), entity("time", {"after": "17:00"}, 18, 25)))
    assert details_in(said, None)["contact_time"] == "evenings after 5"


@pytest.mark.parametrize("asked", ["contact_for", "contact_name", "contact_value", "contact_zip"])
def test_a_time_told_with_the_number_is_taken_whatever_was_asked(asked: str) -> None:
    text = "my name is Sam, 503-555-0142, after 5pm, it's for me"
    hour = entity("time", {"after": "17:00"}, start=text.index("after"), end=text.index("after") + len("after 5pm"))
    said = details_in(turn(text, entities=(entity("phone", "+15035550142"), hour)), asked)
    assert said["contact_time"] == "after 5pm"
    assert (said["contact_name"], said["contact_value"]) == ("Sam", "+15035550142")
    assert "contact_time" not in details_in(turn("i work after 5pm", entities=(hour,)), asked)


@pytest.mark.parametrize(
    ("text", "whom"),
    [("for me", "self"), ("myself", "self"), ("for a family member", "other"), ("both of us", "other")],
)
def test_for_whom(text: str, whom: str) -> None:
    assert details_in(turn(text), "contact_for")["contact_for"] == whom


def test_a_quick_reply_tells_nothing_about_the_visitor() -> None:
    assert details_in(turn("/affirm", intent="affirm"), "contact_for") == {}


def test_the_mark_for_skipped_is_no_name() -> None:
    assert details_in(turn(SKIPPED), "contact_zip") == {}

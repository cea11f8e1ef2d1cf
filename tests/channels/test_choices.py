"""Replies as text messages: few, in order, and a list of choices last."""

import pytest

from bot.channels.choices import Text, together, with_choices

LIST = "1 Yes\n2 No\nReply with a number."


def test_short_replies_of_one_turn_share_a_message() -> None:
    replies = [("a", "It costs $185.", []), ("b", "Want to hear our days and times?", [])]
    assert together(replies) == [Text("It costs $185.\nWant to hear our days and times?", ("a", "b"))]


@pytest.mark.parametrize(("length", "count"), [(159, 1), (160, 2)])
def test_a_shared_message_is_at_most_320_long(length: int, count: int) -> None:
    sent = together([("a", "a" * 160, []), ("b", "b" * length, [])])
    assert len(sent) == count
    assert "".join(text.body.replace("\n", "") for text in sent) == "a" * 160 + "b" * length
    assert all(len(text.body) <= 320 for text in sent)


def test_a_list_of_choices_ends_its_message() -> None:
    replies = [("a", "Hello.", []), ("b", "Are you safe?", ["Yes", "No"]), ("c", "Ask me.", [])]
    assert [text.body for text in together(replies)] == [f"Hello.\nAre you safe?\n{LIST}", "Ask me."]


def test_the_parts_of_a_long_reply_stay_as_they_were_cut() -> None:
    long = "One sentence of thirty letters. " * 11
    bodies = [text.body for text in together([("a", "Hello.", []), ("b", long, ["Yes", "No"])])]
    assert bodies == ["Hello.", *with_choices(long, ["Yes", "No"])]
    assert bodies[-1].endswith(LIST)


def test_what_becomes_of_each_message_is_known_for_each_reply_in_it() -> None:
    sent = together([("a", "a" * 316, []), ("b", "short", []), ("c", "short too", [])])
    assert [text.replies for text in sent] == [("a",), ("b", "c")]

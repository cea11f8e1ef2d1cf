import pytest

from bot.nlu.memory import certain, key_of, learn, recall


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Y", "y"),
        (" y. ", "y"),
        ("Yes  PLEASE!!", "yes please"),
        ("$$?", "$$?"),
        ("...", "..."),
        ("how?", "how?"),
        ("", ""),
    ],
)
def test_capitals_spaces_and_end_marks_do_not_count(text, key):
    assert key_of(text) == key


def test_what_two_topics_claim_is_left_to_the_classifier():
    known = learn([("Y", "affirm"), ("y!", "affirm"), ("ok", "affirm"), ("OK", "thank"), (" ", "deny")])
    assert known == {"y": "affirm"}
    assert recall(known, ["Yy", "y"]) == "affirm"
    assert recall(known, ["ok"]) is None


def test_a_text_known_by_heart_leaves_little_doubt():
    sure = certain({"affirm": 0.2, "deny": 0.6, "greet": 0.2}, "affirm")
    assert sure["affirm"] == 0.95
    assert sum(sure.values()) == pytest.approx(1)
    assert sure["deny"] == pytest.approx(3 * sure["greet"])
    assert certain({}, "affirm") == {"affirm": 1.0}
    assert certain({"affirm": 0.99, "deny": 0.01}, "affirm")["affirm"] == 0.99

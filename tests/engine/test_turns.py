import pytest

from bot.engine.turns import understanding


@pytest.mark.parametrize(
    ("parsed", "doubt"),
    [
        ({"intent": {"name": "nlu_fallback", "confidence": 0.2}}, True),
        ({"intent": {"name": "ask_cost", "confidence": 0.9}}, False),
        ({"intent": {"name": "ask_cost", "confidence": 0.9}, "doubt": None}, False),
        ({"intent": {"name": "ask_cost", "confidence": 0.3}, "doubt": True}, True),
        ({"intent": {"name": "nlu_fallback", "confidence": 0.2}, "doubt": False}, False),
    ],
)
def test_doubt_is_the_message_s_own_where_it_tells(parsed, doubt):
    assert understanding(parsed)["doubt"] is doubt


def test_the_language_is_handed_on():
    assert understanding({"language": "es"})["language"] == "es"
    assert understanding({})["language"] is None

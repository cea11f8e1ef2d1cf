import pytest

from bot.nlu.encoder import shared_vocabulary
from bot.nlu.entity_patterns import entity_words
from bot.nlu.facts import find_facts
from bot.nlu.spelling import Speller, general_words
from bot.nlu.text import plain
from bot.nlu.word_pairs import Learned

SPELLER = Speller(Learned(), general_words(shared_vocabulary()), entity_words())


def facts(text: str) -> list[tuple[str, object, str]]:
    found = find_facts(plain(text), SPELLER.repair(plain(text)))
    return [(fact.entity, fact.value, text[fact.start : fact.end]) for fact in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("after 5", [("time", {"after": "17:00"}, "after 5")]),
        ("I work 9 to 5", [("time", {"between": ["09:00", "17:00"], "role": "work"}, "9 to 5")]),
        (
            "I work nine to five until six",
            [
                ("time", {"between": ["09:00", "17:00"], "role": "work"}, "nine to five"),
                ("time", {"before": "18:00", "role": "work"}, "until six"),
            ],
        ),
        ("is it 6-9pm?", [("time", {"between": ["18:00", "21:00"]}, "6-9pm")]),
        ("between 9 and 12", [("time", {"between": ["09:00", "12:00"]}, "between 9 and 12")]),
        ("mornings only", [("time", {"part": "morning"}, "mornings")]),
        ("before noon", [("time", {"before": "12:00"}, "before noon")]),
        ("I drank last night", [("substance", "alcohol", "drank")]),
        ("Tu/Th", [("day", "tue", "Tu"), ("day", "thu", "Th")]),
        ("m-f", [("day", "weekday", "m-f")]),
        ("on weekends?", [("day", "weekend", "weekends")]),
        ("8 to 12 weeks", [("duration", {"value": 12, "unit": "week"}, "8 to 12 weeks")]),
        ("ninety days", [("duration", {"value": 90, "unit": "day"}, "ninety days")]),
        ("$1,200", [("money", 1200.0, "$1,200")]),
        ("500 bucks", [("money", 500.0, "500 bucks")]),
        ("500 deductible left", [("money", {"amount": 500.0, "role": "deductible"}, "500")]),
        ("my copay is $40", [("money", {"amount": 40.0, "role": "copay"}, "$40")]),
        ("20% coinsurance", [("percent", 20.0, "20%")]),
        ("twenty percent", [("percent", 20.0, "twenty percent")]),
        ("zip 30301", [("zip", "30301", "30301")]),
        ("$30301 or 404-555-0123", [("money", 30301.0, "$30301"), ("phone", "+14045550123", "404-555-0123")]),
        ("Jo.Doe@Example.com", [("email", "jo.doe@example.com", "Jo.Doe@Example.com")]),
        ("for my 19 year old son", [("person", "son", "my 19 year old son")]),
        ("its for myself", [("person", "self", "myself")]),
        ("hubby", [("person", "husband", "hubby")]),
        ("in Ohio or TX", [("state", "OH", "Ohio"), ("state", "TX", "TX")]),
        ("ok in me or hi", []),
        ("do u take atena", [("insurer", "aetna", "atena")]),
        (
            "blue cross blue shield ppo",
            [("insurer", "blue_cross", "blue cross blue shield"), ("plan_type", "ppo", "ppo")],
        ),
        ("IOP or inpatient", [("level_of_care", "iop", "IOP"), ("level_of_care", "residential", "inpatient")]),
        ("suboxone by zoom", [("medication", "buprenorphine", "suboxone"), ("format", "telehealth", "zoom")]),
        ("he uses ice", [("substance", "methamphetamine", "ice")]),
        ("is there an ice rink nearby", []),
        ("I have 2 kids and 3 jobs", []),
    ],
)
def test_facts_with_values_and_places(text, expected):
    assert facts(text) == expected


def test_a_whole_cost_question():
    found = facts("out of pocket for 8 weeks with a 20% coinsurance and 500 deductible left")
    assert [(kind, value) for kind, value, _ in found] == [
        ("duration", {"value": 8, "unit": "week"}),
        ("percent", 20.0),
        ("money", {"amount": 500.0, "role": "deductible"}),
    ]


def test_medicaid_is_an_insurer_and_a_plan():
    assert {(kind, value) for kind, value, _ in facts("medicade")} == {
        ("insurer", "medicaid"),
        ("plan_type", "medicaid"),
    }


def test_markup_keeps_offsets():
    assert facts("<b>Aetna</b> after 5") == [("insurer", "aetna", "Aetna"), ("time", {"after": "17:00"}, "after 5")]

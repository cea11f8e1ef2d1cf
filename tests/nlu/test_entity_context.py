"""Words that look like facts and are none, and words that are facts only beside others."""

import pytest

from bot.nlu.encoder import shared_vocabulary
from bot.nlu.entity_context import AMBIGUOUS, LISTED, REPAIRED, STRUCTURED
from bot.nlu.entity_patterns import entity_words
from bot.nlu.facts import find_facts
from bot.nlu.spelling import Speller, general_words
from bot.nlu.text import plain
from bot.nlu.word_pairs import Learned

SPELLER = Speller(Learned(), general_words(shared_vocabulary()), entity_words())


def facts(text: str) -> list[tuple[str, object]]:
    return [(fact.entity, fact.value) for fact in find_facts(plain(text), SPELLER.repair(plain(text)))]


@pytest.mark.parametrize(
    "text",
    [
        "I may call later",
        "sun is out and im sober today",
        "i am 25 years old",
        "im in room 97103",
        "my case number is 55512",
        "i live at 20019 north oak street",
        "Oscar told me to text this number",
        "united we stand",
        "the magellan gps in my truck",
        "i found you online",
        "do you have any open slots",
        "i cant sleep, every night is the same",
        "good morning",
        "my wife told me to call",
        "will my husband find out",
        "that doesnt work for me",
        "see you 3 days ago",
        "ran a 5k race",
        "diet coke all day",
    ],
)
def test_what_looks_like_a_fact_and_is_none(text):
    assert facts(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("my sister says she wants to die", [("person", "sibling")]),
        ("OHP ok?", [("insurer", "medicaid"), ("plan_type", "medicaid")]),
        ("Oregon Health Plan", [("insurer", "medicaid"), ("plan_type", "medicaid")]),
        ("Oscar bronze EPO", [("insurer", "oscar"), ("plan_type", "epo")]),
        ("the VA wont pay", [("insurer", "va")]),
        ("cigna through my job", [("insurer", "cigna"), ("plan_type", "employer")]),
        ("it will be thru my job", []),
        ("hooked on xanax", [("substance", "benzodiazepines")]),
        ("my doctor prescribed xanax", [("medication", "benzodiazepines")]),
        ("bars and lean", [("substance", "benzodiazepines"), ("substance", "opioids")]),
        ("they quoted 12k", [("money", 12000.0)]),
        ("forty bucks copay", [("money", {"amount": 40.0, "role": "copay"})]),
        ("we make $42,000 a year", [("money", {"amount": 42000.0, "role": "income"})]),
        ("I make $1800 a month", [("money", {"amount": 1800.0, "role": "income", "period": "month"})]),
        ("i make 1800 a month", [("money", {"amount": 1800.0, "role": "income", "period": "month"})]),
        ("my income is $450 weekly", [("money", {"amount": 450.0, "role": "income", "period": "week"})]),
        ("my income is 24,000 a year", [("money", {"amount": 24000.0, "role": "income"})]),
        ("it is 1800 a month", []),
        ("mon thru thu", [("day", "mon"), ("day", "tue"), ("day", "wed"), ("day", "thu")]),
        ("mon thru fri", [("day", "weekday")]),
        ("m-w-f", [("day", "mon"), ("day", "wed"), ("day", "fri")]),
        ("from 5pm on", [("time", {"after": "17:00"})]),
        ("does it take a year", [("duration", {"value": 1, "unit": "year"})]),
        ("$200 a month", [("money", 200.0)]),
        ("3 days a week", []),
        ("97103", [("zip", "97103")]),
        ("Washington DC", [("state", "DC")]),
    ],
)
def test_what_the_words_around_say(text, expected):
    assert facts(text) == expected


@pytest.mark.parametrize(
    ("text", "confidence"),
    [
        ("jo@example.com", STRUCTURED),
        ("aetna", LISTED),
        ("atena", REPAIRED),
        ("do you take oscar", AMBIGUOUS),
        ("after 5", AMBIGUOUS),
        ("after 5pm", LISTED),
        ("97103", AMBIGUOUS),
        ("my zip is 97103", LISTED),
    ],
)
def test_each_fact_says_how_sure_it_is(text, confidence):
    (fact,) = find_facts(plain(text), SPELLER.repair(plain(text)))
    assert fact.confidence == confidence


def test_every_name_of_medicaid_is_insurer_and_plan():
    for text in (
        "TennCare",
        "MassHealth",
        "Medi-Cal",
        "NJ FamilyCare",
        "MaineCare",
        "Apple Health",
        "Health First Colorado",
    ):
        assert facts(text) == [("insurer", "medicaid"), ("plan_type", "medicaid")], text

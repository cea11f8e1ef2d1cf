"""Every composed answer for the example: what it says, its reading grade, its points and its text message."""

import re
from decimal import Decimal
from typing import Any

import pytest
import textstat
from sqlalchemy.orm import Session

from bot.program import Answer, Profile, Wishes, answer, import_profile
from bot.program.answers.base import NOT_A_QUOTE, SMS_LIMIT
from bot.sms_text import GSM7
from bot.store import Database
from tests.program.conftest import NOON

EIGHT_WEEKS = {"value": 8, "unit": "week"}
DEDUCTIBLE = {"amount": 500.0, "role": "deductible"}
NINE_TO_SIX = [("time", {"between": ["09:00", "18:00"], "role": "work"})]


def asked(session: Session, topic: str, *entities: tuple[str, Any], text: str = "") -> Answer:
    found = answer(
        topic,
        session,
        Wishes.from_entities([{"entity": name, "value": value} for name, value in entities], {}, text),
        NOON,
    )
    assert found is not None
    return found


CASES: list[tuple[str, list[tuple[str, Any]], str, bool, list[str]]] = [
    ("schedule", [], "", True, ["Evening IOP", "9 hours a week", "12 hours a week", "9 to 19 hours"]),
    ("schedule", [], "", True, ["24 hours a week", "partial hospitalization or day treatment"]),
    ("schedule", [("time", {"part": "evening"})], "", True, ["2 groups meet in the evening", "Online Evening IOP"]),
    ("schedule", [("time", {"after": "18:15"})], "", True, ["One group meets after 6:15 pm", "Online Evening"]),
    ("schedule", [("time", {"before": "12:00"})], "", True, ["One group meets before noon", "Morning IOP"]),
    ("schedule", [("day", "weekend")], "", True, ["no group that meets only on weekends", "Two-Day IOP", "Sat"]),
    ("schedule", [("day", "tue"), ("day", "thu")], "", True, ["only on Tue and Thu", "Evening IOP"]),
    ("schedule", [("day", "weekday"), ("time", {"part": "morning"})], "", True, ["One group", "Morning IOP"]),
    ("schedule", [("day", "sun")], "", True, ["no group that meets on Sun", "This is what we have"]),
    ("schedule", NINE_TO_SIX, "", True, ["around work from 9 am until 6 pm", "Online Evening", "30 minutes"]),
    ("schedule", [], "I work nine to five until six", True, ["from 9 am until 6 pm", "Online Evening IOP"]),
    ("schedule", [], "can i do fewer but longer days", True, ["Two-Day IOP has the fewest days: 2 days"]),
    ("schedule", [("format", "telehealth")], "", True, ["One group meets online"]),
    ("schedule", [("zip", "97103"), ("time", {"part": "evening"})], "", True, ["in reach of 97103", "Evening IOP"]),
    ("schedule", [("level_of_care", "php")], "", True, ["One group meets as day treatment", "Day Program"]),
    ("schedule", [("level_of_care", "residential")], "", False, ["do not offer live-in", "FindTreatment.gov"]),
    ("cost", [], "", True, ["$185 a session", "3 sessions x $185 = $555 a week", "$4,440 to $6,660", "good-faith"]),
    ("cost", [], "", True, ["It includes group sessions", "$420", "rarely pay the list price", "benefits check"]),
    ("cost", [("duration", EIGHT_WEEKS)], "", True, ["3 sessions a week x 8 weeks x $185 = $4,440", NOT_A_QUOTE]),
    (
        "cost",
        [("duration", EIGHT_WEEKS), ("percent", 20.0), ("money", DEDUCTIBLE)],
        "out of pocket for 8 weeks with a 20% coinsurance and 500 deductible left",
        True,
        ["x $185 = $4,440", "$4,440 - $500 = $3,940", "20% x $3,940 = $788", "$500 + $788 = $1,288", NOT_A_QUOTE],
    ),
    ("cost", [("percent", 20.0)], "", True, ["I counted 8 weeks", "I counted no deductible", "= $888"]),
    ("cost", [("percent", 80.0)], "my plan covers 80%", True, ["If the plan pays 80%, your share is 20%", "= $888"]),
    ("cost", [("money", DEDUCTIBLE)], "", True, ["at least $500", "Tell me your share in percent, or your copay"]),
    ("cost", [("money", {"amount": 30, "role": "copay"})], "", True, ["24 x $30 = $720"]),
    ("cost", [("percent", 20), ("insurer", "cigna")], "", True, ["= $888", "Cigna PPO plans: we are out of network"]),
    ("cost", [("percent", 20), ("insurer", "humana")], "", True, ["I am not sure about your Humana plan"]),
    ("cost", [("duration", {"value": 3, "unit": "month"})], "", True, ["13 weeks", "usually lasts 8 to 12 weeks"]),
    ("cost", [("level_of_care", "php")], "", True, ["$310 a day", "4 days x $310 = $1,240 a week"]),
    ("cost", [("insurer", "medicaid")], "with Medicaid", True, ["Oregon Health Plan (Medicaid): we are in network"]),
    ("cost", [("level_of_care", "detox")], "", False, ["do not offer medical detox"]),
    ("insurance", [], "", True, ["Aetna, Blue Cross Blue Shield", "deductible", "Which plan do you have?"]),
    (
        "insurance",
        [("insurer", "aetna")],
        "",
        True,
        ["Aetna HMO, PPO and employer plans: we are in", "approve"],
    ),
    ("insurance", [("insurer", "aetna"), ("plan_type", "epo")], "", False, ["does not say if we take Aetna EPO"]),
    ("insurance", [("insurer", "cigna"), ("plan_type", "ppo")], "", True, ["out of network"]),
    ("insurance", [("plan_type", "medicare")], "", True, ["Medicare: we do not take it"]),
    ("insurance", [("insurer", "humana")], "", False, ["Humana is not in our list", "Call the number on the card"]),
    ("financial_help", [], "", True, ["$15 up to 100%", "12 monthly parts", "no grants of our own"]),
    ("duration", [], "", True, ["8 to 12 weeks", "72 to 144 hours in all"]),
    ("duration", [("duration", {"value": 9, "unit": "week"})], "", True, ["9 weeks can fit Evening IOP"]),
    ("duration", [("duration", {"value": 1, "unit": "week"})], "", True, ["None of our groups is planned for 1 week"]),
    ("location", [], "", True, ["Harbor House: 100 Example Street", "bus stop", "Bridge Center"]),
    ("location", [("zip", "97138")], "", True, ["Harbor House", "about 13 miles", "only your area"]),
    ("location", [("zip", "98101")], "", True, ["outside the area", "online group", "FindTreatment.gov"]),
    ("location", [("zip", "10001")], "", True, ["outside the area", "FindTreatment.gov"]),
    ("location", [("zip", "00000")], "", False, ["do not know the ZIP 00000"]),
    ("telehealth", [], "", True, ["Online Evening IOP", "OR and WA", "Tell me your state"]),
    ("telehealth", [("state", "WA")], "", True, ["Online Evening IOP"]),
    ("telehealth", [("zip", "78701")], "", True, ["cannot offer our online groups in TX"]),
    ("substances", [], "", True, ["treats alcohol, opioids, stimulants and cannabis", "do not treat gambling"]),
    ("substances", [("substance", "heroin")], "", True, ["Yes, our program treats heroin", "fentanyl"]),
    ("substances", [("substance", "kratom")], "", False, ["says nothing about kratom", "check it for you"]),
    ("medication", [], "", True, ["prescribe or give buprenorphine", "keep taking methadone"]),
    ("medication", [("medication", "mat")], "", True, ["prescribe or give buprenorphine"]),
    ("medication", [("medication", "methadone")], "", True, ["may keep taking methadone", "your own clinic"]),
    ("medication", [("medication", "lithium")], "", False, ["says nothing about lithium"]),
    ("special_population", [], "", True, ["We serve older adults", "do not serve teens under 18"]),
    ("special_population", [("population", "veterans")], "", True, ["Yes, we serve veterans"]),
    ("special_population", [], "my 16 year old son", True, ["No, we do not serve teens", "18 and older"]),
    ("special_population", [("population", "first_responders")], "", False, ["nothing about first responders"]),
    ("first_step", [], "", True, ["short phone call", "three work days", "$150", "call us now: (503) 555-0140"]),
]


@pytest.mark.parametrize(("topic", "entities", "text", "found", "parts"), CASES)
def test_an_answer_says_what_the_data_holds_plainly(
    session: Session, topic: str, entities: list[tuple[str, Any]], text: str, found: bool, parts: list[str]
) -> None:
    told = asked(session, f"ask_{topic}", *entities, text=text)
    for part in parts:
        assert part in told.web
    assert told.found is found
    assert told.web.endswith(told.next_step)
    assert textstat.flesch_kincaid_grade(told.web) <= 8, told.web
    assert 0 < len(told.sms) <= SMS_LIMIT
    assert set(told.sms) <= GSM7
    points = [line for line in told.web.splitlines() if line.startswith("- ")]
    arithmetic = [line for line in points if re.search(r" [x+=-] \$?\d|You pay|Copays", line)]
    assert len(points) - len(arithmetic) <= 3
    assert not re.search(r"\b(guarantee|promise you|will be covered|addict|abuse|relapse|clean)\b", told.web)


@pytest.mark.parametrize(("topic", "entities", "text", "found", "parts"), CASES)
def test_every_figure_says_where_it_comes_from(
    session: Session, topic: str, entities: list[tuple[str, Any]], text: str, found: bool, parts: list[str]
) -> None:
    told = asked(session, topic, *entities, text=text)
    if found and topic in ("schedule", "cost", "insurance", "financial_help", "duration"):
        assert re.search(r"From our .*, checked 2026-11-01\.", told.web)


@pytest.mark.parametrize("entities", [[("duration", EIGHT_WEEKS)], [("percent", 20.0), ("money", DEDUCTIBLE)]])
def test_a_sum_by_text_message_says_what_it_is_not(session: Session, entities: list[tuple[str, Any]]) -> None:
    assert "not a quote or a promise" in asked(session, "cost", *entities).sms


def test_medicaid_gets_the_insurance_answer(session: Session) -> None:
    assert asked(session, "cost", ("insurer", "medicaid")) == asked(session, "insurance", ("plan_type", "medicaid"))


def test_unknown_topics_and_an_empty_store_leave_it_to_reviewed_text(session: Session, empty: Database) -> None:
    assert answer("ask_privacy", session, Wishes(), NOON) is None
    with empty.read() as nothing:
        assert answer("ask_cost", nothing, Wishes(), NOON) is None


def test_topics_that_the_profile_is_silent_on_leave_it_to_reviewed_text(empty: Database, profile: Profile) -> None:
    silent = Profile(
        provider=profile.provider,
        locations=profile.locations,
        tracks=profile.tracks,
        professionals=profile.professionals,
    )
    with empty.write() as session:
        import_profile(session, silent)
    with empty.read() as session:
        for topic in ("cost", "insurance", "financial_help", "substances", "medication", "first_step"):
            assert answer(topic, session, Wishes(), NOON) is None
        assert answer("schedule", session, Wishes(), NOON) is not None


def test_a_closed_office_tells_when_it_opens(session: Session) -> None:
    late = NOON.replace(hour=6)  # Sunday evening at the provider
    told = answer("first_step", session, Wishes(), late)
    assert told is not None
    assert told.next_step == "You can call us at (503) 555-0140. We open Monday at 8:30 am."


def test_a_scale_in_dollars_gives_the_fee_for_an_income(empty: Database, profile: Profile) -> None:
    changed = profile.model_copy(deep=True)
    assert changed.sliding_scale is not None
    changed.sliding_scale.basis = "yearly_income"
    for tier, bound in zip(changed.sliding_scale.tiers, (20_000, 40_000, 60_000), strict=True):
        tier.up_to = bound
    with empty.write() as session:
        import_profile(session, changed)
    income = {"amount": 40_000, "role": "income"}
    with empty.read() as session:
        assert "the scale's fee is $45 a session" in asked(session, "financial_help", ("money", income)).web
        monthly = {"amount": 3_000, "role": "income", "period": "month"}
        assert "a household income of $36,000 a year" in asked(session, "financial_help", ("money", monthly)).web
        income["amount"] = 60_001
        assert "the full price holds" in asked(session, "financial_help", ("money", income)).web
        assert "$15 up to $20,000" in asked(session, "financial_help").web


@pytest.mark.parametrize(("unit", "total"), [("week", "8 weeks x $500 = $4,000"), ("course", "course = $500")])
def test_prices_of_other_units_are_multiplied_by_their_own_unit(
    empty: Database, profile: Profile, unit: Any, total: str
) -> None:
    changed = profile.model_copy(deep=True)
    changed.prices = [changed.prices[0].model_copy(update={"unit": unit, "cash_price": Decimal(500)})]
    with empty.write() as session:
        import_profile(session, changed)
    with empty.read() as session:
        assert total in asked(session, "cost", ("duration", EIGHT_WEEKS)).web
        assert f"$500 a {unit}" in asked(session, "cost").web

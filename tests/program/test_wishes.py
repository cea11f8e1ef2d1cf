"""Wishes from entities, slots and a few plain words."""

from decimal import Decimal
from typing import Any

import pytest

from bot.program import Wishes
from bot.program.wishes import Busy, TimeWish


def made(text: str = "", **entities: Any) -> Wishes:
    return Wishes.from_entities([{"entity": name, "value": value} for name, value in entities.items()], {}, text)


def test_nothing_gives_no_wishes() -> None:
    assert Wishes.from_entities([], {}) == Wishes()
    assert Wishes.from_entities([]) == Wishes()


def test_the_newest_entity_wins_and_slots_fill_gaps() -> None:
    entities = [{"entity": "insurer", "value": "aetna"}, {"entity": "insurer", "value": "cigna"}]
    wishes = Wishes.from_entities(entities, {"insurer": "united", "zip": "97103", "contact_zip": "97209"})
    assert (wishes.insurer, wishes.zip) == ("aetna", "97103")
    assert Wishes.from_entities([], {"contact_zip": "97209"}).zip == "97209"


def test_days_gather_in_the_weeks_order() -> None:
    entities = [{"entity": "day", "value": day} for day in ("thu", "tue")]
    assert Wishes.from_entities(entities).days == ("tue", "thu")
    assert made(day="weekend").days == ("sat", "sun")
    assert made(day="weekend").days_label == "on weekends"
    assert made(day="weekday").days_label == "on weekdays"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"part": "evening"}, TimeWish("in the evening", 1020, 1440, 1440)),
        ({"part": "morning"}, TimeWish("in the morning", 300, 720, 780)),
        ({"after": "17:00"}, TimeWish("after 5 pm", 1020)),
        ({"before": "12:00"}, TimeWish("before noon", ends_by=720)),
        ({"between": ["09:00", "12:00"]}, TimeWish("after 9 am and before noon", 540, ends_by=720)),
    ],
)
def test_times(value: dict[str, Any], expected: TimeWish) -> None:
    assert made(time=value).times == (expected,)


@pytest.mark.parametrize(
    ("text", "times", "busy"),
    [
        ("I work nine to five until six", [], Busy(540, 1080)),
        ("I work nine to five until six", [{"between": ["09:00", "17:00"]}, {"before": "18:00"}], Busy(540, 1080)),
        ("i work 9-5 m-f", [], Busy(540, 1020)),
        ("my shift is 7am to 3:30pm", [], Busy(420, 930)),
        ("I work until 6", [], Busy(None, 1080)),
        ("my job starts at 3pm", [{"after": "15:00"}], Busy(900, None)),
        ("I work nights", [], Busy(1320, 360)),
        ("he works 2 to 10", [], Busy(840, 1320)),
    ],
)
def test_work_hours(text: str, times: list[Any], busy: Busy) -> None:
    wishes = Wishes.from_entities([{"entity": "time", "value": value} for value in times], {}, text)
    assert wishes.work == busy
    assert wishes.times == ()


def test_a_wish_beside_work_hours_stays_a_wish() -> None:
    work, wish = {"between": ["09:00", "17:00"], "role": "work"}, {"after": "18:00"}
    wishes = Wishes.from_entities([{"entity": "time", "value": value} for value in (work, wish)])
    assert wishes.work == Busy(540, 1020)
    assert wishes.times == (TimeWish("after 6 pm", 1080),)


@pytest.mark.parametrize(
    ("value", "weeks"),
    [
        ({"value": 8, "unit": "week"}, 8),
        ({"value": 2, "unit": "month"}, 9),
        ({"value": 90, "unit": "days"}, 13),
        ({"value": 0, "unit": "week"}, None),
        ({"value": 5, "unit": "hour"}, None),
        ("long", None),
    ],
)
def test_durations_in_weeks(value: Any, weeks: int | None) -> None:
    assert made(duration=value).duration_weeks == weeks


def test_money_takes_its_role_from_the_entity_or_the_words() -> None:
    assert made(money={"amount": 500.0, "role": "deductible"}).deductible_left == Decimal("500")
    assert made("500 deductible left", money=500.0).deductible_left == Decimal("500")
    assert made("my copay is 30.50", money=30.5).copay == Decimal("30.5")
    plain = made("can I pay 500", money=500)
    assert (plain.money, plain.deductible_left) == (Decimal("500"), None)


def test_a_percentage_is_the_persons_share_unless_the_plan_pays_it() -> None:
    assert made("20% coinsurance", percent=20.0).coinsurance_percent == Decimal("20")
    pays = made("my insurance covers 80%", percent=80.0)
    assert (pays.coinsurance_percent, pays.plan_share_told) == (Decimal("20"), True)


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("my 16 year old son", "teens"),
        ("do you have childcare", "childcare"),
        ("im pregnant", "pregnancy"),
        ("I'm a vet", "veterans"),
        ("court ordered after a dui", "court_ordered"),
        ("hablan español", "spanish"),
        ("groups just for women", "women"),
    ],
)
def test_groups_of_people_in_plain_words(text: str, slug: str) -> None:
    assert slug in made(text).populations


def test_fewer_longer_days() -> None:
    assert made("could i do fewer but longer days").fewer_days
    assert not made("what days are there").fewer_days


@pytest.mark.parametrize("value", [None, [], {}, -1, "x", {"amount": "?"}, True, float("nan"), {"between": ["9"]}])
@pytest.mark.parametrize("name", ["day", "time", "duration", "money", "percent", "zip", "format", "insurer"])
def test_a_value_of_the_wrong_shape_is_ignored(name: str, value: Any) -> None:
    wishes = made(**{name: value})
    assert wishes.duration_weeks is None
    assert wishes.money is None
    assert wishes.zip is None

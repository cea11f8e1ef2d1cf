"""Routing: by place, language, format, hours and load; blind to who pays."""

from dataclasses import fields
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.handoff.routing import Candidate, Choice, Place, RoutingWish, candidates, miles_between, route
from bot.handoff.summary import LeadDraft
from bot.program.calendar import Schedule
from bot.program.profile import Profile
from bot.program.times import parse_range
from tests.handoff.conftest import MONDAY

ZONE = ZoneInfo("America/Los_Angeles")
ASTORIA, PORTLAND, MIAMI, SEATTLE = "97103", "97209", "33101", "98101"


def person(name: str, **changes: object) -> Candidate:
    monday = Schedule({"mon": [parse_range("09:00-17:00")]}, ZONE)
    values: dict = {"places": [Place(ASTORIA, "OR", radius_miles=30)], "schedule": monday}
    return Candidate(id=name, **{**values, **changes})


def chosen(people: list[Candidate], **wish: object) -> str | None:
    return route(people, RoutingWish(**wish), MONDAY).professional_id  # type: ignore[arg-type]


def test_the_distance_between_two_cities_is_right() -> None:
    miles = miles_between(ASTORIA, PORTLAND)
    assert miles == pytest.approx(72, abs=8)


def test_outside_the_area_nobody_is_chosen() -> None:
    assert route([person("a")], RoutingWish(zip=MIAMI), MONDAY) == Choice(None, "outside_area")


def test_who_may_work_online_there_is_within_reach_unless_in_person_is_wished() -> None:
    online = person("a", states=frozenset({"WA"}))
    assert chosen([online], zip=SEATTLE) == "a"
    assert chosen([online], zip=SEATTLE, format="in_person") is None


def test_language_comes_before_everything_else_within_the_area() -> None:
    people = [person("a"), person("b", languages=frozenset({"en", "es"}), load=9)]
    assert chosen(people, language="es") == "b"
    assert chosen(people, language="en") == "a"
    assert chosen(people, language="fr") == "a"


def test_who_is_at_work_comes_before_who_is_not_and_then_load_decides() -> None:
    off = person("a", schedule=Schedule({"tue": [parse_range("09:00-17:00")]}, ZONE))
    assert chosen([off, person("b", load=5)]) == "b"
    assert chosen([person("a", load=2), person("b", load=1)]) == "b"


def test_who_knows_the_field_asked_for_comes_first_among_those_at_work() -> None:
    knows = person("b", specialties=frozenset({"opioids", "veterans"}), load=5)
    assert chosen([person("a"), knows], specialties=frozenset({"opioids"})) == "b"
    assert chosen([person("a"), knows], specialties=frozenset({"alcohol"})) == "a"
    assert chosen([person("a"), knows]) == "a"


def test_nobody_waits_a_day_longer_for_a_specialty_nor_misses_the_language() -> None:
    asked = {"specialties": frozenset({"opioids"})}
    thursday = person(
        "b", specialties=frozenset({"opioids"}), schedule=Schedule({"thu": [parse_range("09:00-17:00")]}, ZONE)
    )
    assert chosen([person("a"), thursday], **asked) == "a"
    later = person(
        "b", specialties=frozenset({"opioids"}), schedule=Schedule({"mon": [parse_range("14:00-17:00")]}, ZONE)
    )
    assert chosen([person("a"), later], **asked) == "b"
    spanish = person("a", languages=frozenset({"es"}))
    assert chosen([spanish, person("b", specialties=frozenset({"opioids"}))], language="es", **asked) == "a"


def test_the_nearer_place_wins() -> None:
    far = person("a", places=[Place(PORTLAND, "OR", radius_miles=100)])
    assert chosen([far, person("b")], zip=ASTORIA) == "b"


def test_who_declined_is_not_asked_again() -> None:
    assert chosen([person("a"), person("b")], without=frozenset({"a"})) == "b"
    assert route([person("a")], RoutingWish(without=frozenset({"a"})), MONDAY).reason == "nobody_left"


def test_an_unknown_zip_or_none_turns_nobody_away() -> None:
    assert chosen([person("a")], zip="00000") == "a"
    assert chosen([person("a")]) == "a"


def test_a_place_without_an_area_serves_its_state() -> None:
    wide = person("a", places=[Place(ASTORIA, "OR")])
    assert chosen([wide], zip=PORTLAND) == "a"
    assert chosen([wide], zip=SEATTLE) is None


def test_no_type_that_routing_reads_knows_who_pays() -> None:
    words = ("pay", "insur", "plan", "price", "cost", "medicaid", "income", "cash")
    names = [field.name for kind in (Candidate, RoutingWish, Place, LeadDraft) for field in fields(kind)]
    assert len(names) > 15
    assert [name for name in names if any(word in name.lower() for word in words)] == []


def test_other_payers_in_the_profile_change_nobodys_choice(program: Profile) -> None:
    poorer = program.model_copy(update={"plans": [], "prices": [], "sliding_scale": None, "financial_help": []})
    when = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
    for code in (ASTORIA, PORTLAND, SEATTLE, MIAMI, None):
        for language in ("en", "es"):
            wish = RoutingWish(zip=code, language=language)
            assert route(candidates(program, {}), wish, when) == route(candidates(poorer, {}), wish, when)

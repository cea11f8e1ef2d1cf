"""Import and export: lossless, repeatable, and with professionals that keep their ids."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.program import (
    NoProgramError,
    Profile,
    ProfileError,
    current_program,
    dump_profile,
    export_profile,
    export_text,
    has_program,
    import_file,
    import_profile,
    parse_profile,
)
from bot.program.models import ProfessionalRow, TrackSessionRow
from bot.program.profile import Plan, Population, Price, SlidingScale, Tier, Track
from bot.program.times import TimeRange
from bot.program.vocabulary import DAYS
from bot.store import Database
from tests import stores
from tests.stores import EXAMPLE

WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P")), min_size=1, max_size=30)
MONEY = st.integers(0, 100_000_000).map(lambda cents: Decimal(cents) / 100)


def stretches() -> st.SearchStrategy[list[TimeRange]]:
    cuts = st.lists(st.integers(0, 1440), min_size=2, max_size=6, unique=True).map(sorted)
    return cuts.map(lambda at: [TimeRange(at[i], at[i + 1]) for i in range(0, len(at) - 1, 2)])


WEEKS: Any = st.dictionaries(st.sampled_from(DAYS), stretches(), min_size=1)
TRACKS = st.builds(
    Track,
    id=st.just("extra"),
    name=WORDS,
    level=st.sampled_from(["iop", "php", "outpatient"]),
    format=st.just("hybrid"),
    location=st.just("portland"),
    for_whom=WORDS,
    sessions=WEEKS,
    weeks_min=st.integers(1, 10),
    weeks_max=st.integers(10, 104),
    start_rule=WORDS,
    states=st.lists(st.sampled_from(["OR", "WA", "CA"]), max_size=3),
    checked=st.dates(date(2000, 1, 1)),
)
PRICES = st.builds(
    Price,
    id=st.just("extra"),
    name=WORDS,
    unit=st.sampled_from(["session", "day", "week", "course", "assessment"]),
    cash_price=MONEY,
    list_price=st.none() | MONEY,
    tracks=st.lists(st.sampled_from(["evening", "day"]), unique=True),
    includes=st.lists(WORDS, max_size=3),
    note=st.none() | WORDS,
    checked=st.dates(date(2000, 1, 1)),
)
PLANS = st.builds(
    Plan,
    insurer=st.just("kaiser"),
    name=st.none() | WORDS,
    plan_types=st.lists(st.sampled_from(["hmo", "ppo", "epo"]), unique=True),
    network=st.sampled_from(["in", "out", "not_accepted", "ask"]),
    prior_authorization=st.sampled_from(["yes", "no", "ask"]),
    note=st.none() | WORDS,
    checked=st.dates(date(2000, 1, 1)),
)
SCALES = st.builds(
    SlidingScale,
    basis=st.sampled_from(["poverty_percent", "yearly_income"]),
    unit=st.sampled_from(["session", "day", "week"]),
    tiers=st.lists(st.integers(1, 500), min_size=1, unique=True, max_size=5).flatmap(
        lambda bounds: st.tuples(*(st.builds(Tier, up_to=st.just(bound), fee=MONEY) for bound in sorted(bounds))).map(
            list
        )
    ),
    proof=st.none() | WORDS,
    note=st.none() | WORDS,
    checked=st.dates(date(2000, 1, 1)),
)
POPULATIONS = st.builds(
    Population, slug=st.just("extra"), name=WORDS, served=st.sampled_from(["yes", "no", "ask"]), note=st.none() | WORDS
)


def test_import_then_export_is_lossless_and_repeatable(empty: Database, profile: Profile) -> None:
    assert import_file(empty, EXAMPLE) == profile
    import_file(empty, EXAMPLE)
    with empty.read() as session:
        assert export_profile(session) == profile
        assert current_program(session) == profile
        stored = len(session.execute(select(TrackSessionRow.id)).all())
    assert stored == sum(len(day) for track in profile.tracks for day in track.sessions.values())
    assert parse_profile(export_text(empty)) == profile


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(track=TRACKS, price=PRICES, plan=PLANS, scale=SCALES, population=POPULATIONS, hours=WEEKS)
def test_any_valid_parts_survive_the_store_and_yaml(
    empty: Database,
    profile: Profile,
    track: Track,
    price: Price,
    plan: Plan,
    scale: SlidingScale,
    population: Population,
    hours: Any,
) -> None:
    changed = profile.model_copy(deep=True)
    changed.tracks.append(track)
    changed.prices.append(price)
    changed.plans.insert(0, plan)
    changed.sliding_scale = scale
    changed.populations.append(population)
    changed.professionals[0].hours = hours
    changed.provider.office_hours = hours
    with empty.write() as session:
        import_profile(session, changed)
    with empty.read() as session:
        assert export_profile(session) == changed
    assert parse_profile(dump_profile(changed)) == changed


def test_a_minimal_profile_survives(empty: Database, profile: Profile) -> None:
    least = Profile(
        provider=profile.provider.model_copy(update={"office_hours": {}, "sms_number": None}),
        locations=profile.locations[:1],
        tracks=profile.tracks[:1],
        professionals=[profile.professionals[0].model_copy(update={"backups": []})],
    )
    with empty.write() as session:
        import_profile(session, profile)
        import_profile(session, least)
    with empty.read() as session:
        assert export_profile(session) == least
    assert parse_profile(dump_profile(least)) == least


def test_professionals_keep_their_row_and_leavers_become_inactive(empty: Database, profile: Profile) -> None:
    fewer = profile.model_copy(deep=True)
    fewer.professionals = [person for person in fewer.professionals if person.id != "luis"]
    for person in fewer.professionals:
        person.backups = [name for name in person.backups if name != "luis"]
    fewer.professionals[0].email = "new@harbor.example.org"
    for version, active in ((profile, {"dana", "luis", "robin"}), (fewer, {"dana", "robin"})):
        with empty.write() as session:
            import_profile(session, version)
        with empty.read() as session:
            rows = session.execute(select(ProfessionalRow)).scalars().all()
            assert {row.id for row in rows} == {"dana", "luis", "robin"}
            assert {row.id for row in rows if row.active} == active
            assert export_profile(session) == version
    with empty.write() as session:
        import_profile(session, profile)
        assert export_profile(session) == profile


def test_a_wrong_file_changes_nothing(empty: Database, profile: Profile, tmp_path: Any) -> None:
    import_file(empty, EXAMPLE)
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(EXAMPLE.read_text().replace("format: hybrid", "format: other"))
    with pytest.raises(ProfileError):
        import_file(empty, wrong)
    with empty.read() as session:
        assert export_profile(session) == profile


def test_an_import_that_fails_half_way_is_rolled_back(empty: Database, profile: Profile) -> None:
    import_file(empty, EXAMPLE)
    other = profile.model_copy(deep=True)
    other.provider.name = "Another Example"

    def cut_off() -> None:
        with empty.write() as session:
            import_profile(session, other)
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        cut_off()
    with empty.read() as session:
        assert current_program(session).provider.name == "Example Harbor Recovery"


def test_an_empty_store_says_how_to_import(empty: Database) -> None:
    with empty.read() as session:
        assert not has_program(session)
        with pytest.raises(NoProgramError, match="firststep program import"):
            current_program(session)


@pytest.mark.services
def test_postgresql_keeps_a_profile_without_loss(profile: Profile) -> None:
    with stores.postgres() as store:
        with store.write() as session:
            import_profile(session, profile)
        with store.read() as session:
            assert export_profile(session) == profile

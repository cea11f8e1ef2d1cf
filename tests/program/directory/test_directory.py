"""The federal listing: read whole or not at all, replaced at once, asked by distance alone."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.program import Profile, import_profile
from bot.program.answers import location
from bot.program.directory import DirectoryError, age, import_directory, nearby_text, nearest
from bot.program.directory.models import DirectoryFacilityRow
from bot.program.wishes import Wishes
from bot.store import Database

FILE = Path(__file__).parent / "data" / "locator.json"
DAY = date(2026, 11, 1)
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def load(store: Database, file: Path = FILE) -> None:
    with store.write() as session:
        import_directory(session, file, DAY, NOW)


def changed(folder: Path, number: int, **values: Any) -> Path:
    data = json.loads(FILE.read_text())
    data["rows"][number] |= values
    file = folder / "changed.json"
    file.write_text(json.dumps(data))
    return file


def test_only_programs_with_iop_for_substance_use_are_kept_and_near_ones_come_first(empty: Database) -> None:
    load(empty)
    with empty.read() as session:
        found = nearest(session, "22903", 10)
        assert found is not None
        listing, days = age(session, date(2026, 11, 23)) or (None, 0)
        assert (listing.read, listing.kept, days) == (8, 5, 22)  # type: ignore[union-attr]
    assert [one.name.split(",")[0] for one in found.facilities][-1] == "Valley Community Services Board"
    assert [one.miles for one in found.facilities] == sorted(one.miles for one in found.facilities)
    assert len(found.facilities) == 5
    lead, *lines = nearby_text(found)
    assert "federal listing FindTreatment.gov of November 1, 2026" in lead
    assert all(one.phone in line for one, line in zip(found.facilities, lines, strict=True))


def test_the_providers_own_place_is_not_moved_up(empty: Database, profile: Profile, tmp_path: Path) -> None:
    with empty.write() as session:
        import_profile(session, profile)
    load(empty, changed(tmp_path, 4, name1=profile.provider.name, name2=""))
    with empty.read() as session:
        found = nearest(session, "22903", 10)
    assert found is not None
    assert found.facilities[-1].name == profile.provider.name


def test_far_away_unknown_or_without_a_listing_there_is_none(empty: Database) -> None:
    with empty.read() as session:
        assert nearest(session, "22903") is None
        assert age(session, DAY) is None
    load(empty)
    with empty.read() as session:
        assert nearest(session, "97103") is None
        assert nearest(session, "00000") is None
        assert len(nearest(session, "22903", 2).facilities) == 2  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"phone": "call us"}, "facility 2 (Empowering Families Program), phone"),
        ({"latitude": "north"}, "latitude"),
        ({"zip": "229"}, "zip"),
        ({"name1": ""}, "facility 2 (no name), name1"),
    ],
)
def test_a_wrong_row_is_named_and_changes_nothing(
    empty: Database, tmp_path: Path, values: dict[str, str], words: str
) -> None:
    load(empty)
    with pytest.raises(DirectoryError) as caught:
        load(empty, changed(tmp_path, 1, **values))
    assert words in str(caught.value)
    with empty.read() as session:
        assert session.execute(select(func.count()).select_from(DirectoryFacilityRow)).scalar_one() == 5


@pytest.mark.parametrize(
    ("text", "words"), [("{", "no JSON"), ("{}", "expected"), ('{"rows": []}', "no facility"), ("[3]", "facility 1")]
)
def test_another_file_is_refused(empty: Database, tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(DirectoryError, match=words):
        load(empty, tmp_path / "x.json")


def test_an_import_takes_the_place_of_the_one_before(empty: Database, tmp_path: Path) -> None:
    load(empty)
    rows = json.loads(FILE.read_text())["rows"][:1]
    (tmp_path / "pages.json").write_text(json.dumps([{"rows": rows}, {"rows": []}]))
    load(empty, tmp_path / "pages.json")
    with empty.read() as session:
        assert len(nearest(session, "22903", 10).facilities) == 1  # type: ignore[union-attr]


def test_a_visitor_outside_the_area_is_told_the_nearest(empty: Database, profile: Profile) -> None:
    with empty.write() as session:
        import_profile(session, profile)
    load(empty)
    with empty.read() as session:
        said = location.answer(session, Wishes(zip="22903"), NOW)
    assert said is not None
    assert "federal listing FindTreatment.gov of November 1, 2026" in said.web
    assert "434-" in said.web
    assert "434-" in said.sms
    assert len(said.sms) <= 320

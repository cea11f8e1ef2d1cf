"""A profile from YAML and back, and what a wrong one is told."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.program import Profile, ProfileError, dump_profile, load_profile, parse_profile
from tests.stores import EXAMPLE

TEXT = EXAMPLE.read_text()


def test_dump_and_parse_give_the_same_profile(profile: Profile) -> None:
    assert parse_profile(dump_profile(profile)) == profile


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("    cash_price: 185", "    cash_pryce: 185", 'cash_pryce: there is no such key; did you mean "cash_price"?'),
        ("format: hybrid", "format: hybird", 'tracks[2].format: "hybird" cannot stand here; did you mean "hybrid"?'),
        ('zip: "97103"', "zip: 97103", 'locations[0].zip: this must be text; write it in quotes, like "97103"'),
        ('zip: "97103"', 'zip: "00000"', 'locations[0].zip: "00000" is no ZIP in use'),
        ("location: astoria", "location: astora", 'location: no location is called "astora"; did you mean "astoria"?'),
        ('sat: ["09:00-12:00"]', 'sat: ["12:00-09:00"]', 'office_hours.sat[0]: "12:00-09:00" ends before it starts'),
        ("- slug: cannabis", "- slug: canabis", 'substances[4].slug: the assistant does not know "canabis"'),
        ("weeks_min: 8", "weeks_min: 80", "tracks[0].weeks_max: it is less than weeks_min (80)"),
        ("tracks: [day]", "tracks: {day: 1}", "prices[1].tracks: this must be a list"),
        ('mon: ["08', 'monday: ["08', 'office_hours.monday: "monday" cannot stand here; did you mean "mon"?'),
        ("checked: 2026-11-01", "checked: soon", "tracks[0].checked: this must be a date"),
        ("cash_price: 310", "cash_price: $310", "prices[1].cash_price: write dollars as a plain number"),
        ("cash_price: 310", "cash_price: 310.005", "prices[1].cash_price: write dollars and whole cents"),
        ('"+15035550140"', '"555"', 'provider.phone: "555" is no full phone number; write it in quotes with +1'),
        ("America/Los_Angeles", "Pacific", 'provider.time_zone: "Pacific" is no time zone'),
        ("backups: [luis, robin]", "backups: [dana]", "backups[0]: nobody can be their own backup"),
        ("  name: Example Harbor Recovery\n", "", "provider.name: this is missing; add it"),
        ("- id: morning", "- id: evening", 'tracks[1]: "evening" is there twice'),
        ("- up_to: 200", "- up_to: 90", "sliding_scale.tiers[1].up_to: it must be more than the one before it (100)"),
        ("- insurer: united", "- insurer: blue_cross", "plans[5]: blue_cross has two rows for all plan types"),
        ('"12:45-15:45"]', '"11:45-15:45"]', "tracks[2].sessions.sat: 09:00-12:00 and 11:45-15:45 overlap"),
        ("dana@harbor.example.org", "dana at harbor", "professionals[0].email"),
        ("last: 2026-12-30", "last: 2026-12-27", "calendar.closures[0].last: it is before the first day (2026-12-28)"),
        ("[Juneteenth National", "[Juneteeth National", 'calendar.open_on[0]: no public holiday is called "Juneteeth'),
        ("people: [robin]", "people: [roben]", 'extra_days[0].people[0]: no professional is called "roben"; did you'),
        ('["10:00-12:00"]', '["10:00-12:00", "11:00-13:00"]', "calendar.extra_days[0].hours: 10:00-12:00 and 11:00-1"),
        (
            "supervisors: [robin]",
            "supervisors: [nobody]",
            'hand_off.supervisors[0]: no professional is called "nob',
        ),
        ("who: owner", "who: supervisor", "hand_off.ladder[0].who: the ladder begins with the owner"),
        ("who: backups", "who: supervisor", "hand_off.ladder[2].who: supervisor is there twice; keep one"),
        ("who: backups", "who: backup", 'hand_off.ladder[1].who: "backup" cannot stand here; did you mean "backups"?'),
        ("contact_minutes: 15", "contact_minutes: 4", "hand_off.contact_minutes: nobody can call before saying that"),
    ],
)
def test_a_wrong_profile_is_told_where_and_what_to_write(right: str, wrong: str, message: str) -> None:
    assert right in TEXT
    with pytest.raises(ProfileError) as caught:
        parse_profile(TEXT.replace(right, wrong, 1), "my.yml")
    assert message in str(caught.value)
    assert str(caught.value).startswith("my.yml: ")


def test_the_message_names_the_line() -> None:
    line = next(number for number, text in enumerate(TEXT.splitlines(), start=1) if "format: hybrid" in text)
    with pytest.raises(ProfileError) as caught:
        parse_profile(TEXT.replace("format: hybrid", "format: hybird", 1))
    assert caught.value.problems[0].startswith(f"line {line}, tracks[2].format: ")


def test_all_faults_are_told_at_once() -> None:
    text = TEXT.replace("cash_price: 185", "cash_price: much").replace("state: OR", "state: Oregon")
    with pytest.raises(ProfileError) as caught:
        parse_profile(text)
    assert len(caught.value.problems) == 3
    assert "3 problems" in str(caught.value)


@pytest.mark.parametrize("text", ["", "just words", "- a\n- list", "a: [1", "a: 1\na: 2", "\x00", "provider:"])
def test_what_is_no_profile_is_refused(text: str) -> None:
    with pytest.raises(ProfileError):
        parse_profile(text)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match="cannot be read: No such file"):
        load_profile(tmp_path / "none.yml")
    (tmp_path / "latin.yml").write_bytes(b"provider: \xff")
    with pytest.raises(ProfileError, match="not UTF-8"):
        load_profile(tmp_path / "latin.yml")


@given(text=st.text(max_size=60))
def test_any_text_gives_a_profile_error_and_nothing_else(text: str) -> None:
    with pytest.raises(ProfileError):
        parse_profile(text)

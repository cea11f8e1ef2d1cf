"""The figures of the safety check: exact intervals, groups, and what counts as what."""

from pathlib import Path

import pytest

from bot.safety.figures import interval, measure
from bot.safety.floors import LEAST, FloorsError, missed, reached, read_floors


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    [(0, 300, 0.0, 0.0122), (300, 300, 0.9878, 1.0), (5, 10, 0.1871, 0.8129), (294, 300, 0.9570, 0.9926)],
)
def test_exact_interval(hits: int, total: int, low: float, high: float) -> None:
    assert interval(hits, total) == pytest.approx((low, high), abs=2e-4)


def test_nothing_tells_nothing() -> None:
    assert interval(0, 0) == (0.0, 1.0)


def test_counts_by_group() -> None:
    rows = [
        {"text": "a", "label": "crisis_suicide", "language": "en"},
        {"text": "b", "label": "crisis_suicide", "language": "es"},
        {"text": "c", "category": "overdose", "language": "es"},
        {"text": "d", "kind": "idiom"},
        {"text": "e", "kind": "idiom"},
    ]
    levels = {"a": "emergency", "b": "check", "c": "none", "d": "emergency", "e": "check"}
    found = measure(rows, levels.__getitem__).to_dict()
    assert (found["emergency"]["hits"], found["noticed"]["hits"], found["noticed"]["of"]) == (1, 2, 3)
    assert (found["false_emergency"]["hits"], found["false_check"]["hits"], found["precision"]["share"]) == (1, 1, 0.5)
    assert found["crises"]["language=es"]["noticed"]["share"] == 0.5
    assert found["benign"]["kind=idiom"]["emergency"]["of"] == 2
    assert "precision" in measure(rows, levels.__getitem__).render()


FLOORS = """
least:
  - {figure: noticed, among: language=en, share: 0.9, goal: 0.99}
  - {figure: noticed, among: language=fr, share: 0.9, goal: 0.99}
most:
  - {figure: false_emergency, share: 0.02, goal: 0.02}
  - {figure: false_check, among: kind=idiom, share: 0.6, goal: 0.1}
"""


def test_what_does_not_reach_its_floor_is_named(tmp_path: Path) -> None:
    (tmp_path / "floors.yml").write_text(FLOORS)
    rows = [
        {"text": "a", "label": "crisis_suicide", "language": "en"},
        {"text": "d", "label": "none", "kind": "idiom"},
        {"text": "e", "label": "none", "kind": "idiom"},
    ]
    found = measure(rows, {"a": "check", "d": "emergency", "e": "check"}.__getitem__)
    sentences = missed(found, read_floors(tmp_path / "floors.yml"))
    assert sentences == [
        "safety: noticed among language=fr is -, below its floor of 90.0%",
        "safety: false_emergency is 50.0% (1.3% to 98.7%) of 2, above its ceiling of 2.0%",
    ]


def test_a_file_without_floors_is_told(tmp_path: Path) -> None:
    (tmp_path / "floors.yml").write_text("least: []")
    with pytest.raises(FloorsError, match=r"floors\.yml"):
        read_floors(tmp_path / "floors.yml")


def test_the_committed_floors_name_figures_and_goals_that_are_no_lower_than_they() -> None:
    floors = read_floors(Path(__file__).with_name("floors.yml"))
    nothing = measure([], str)
    assert {floor.among for floor in floors} >= {"language=en", "language=es", "kind=veiled", None}
    for floor in floors:
        reached(nothing, floor)
        assert floor.goal >= floor.share if floor.bound == LEAST else floor.goal <= floor.share

"""The figures of the safety check: exact intervals, groups, and what counts as what."""

import pytest

from bot.safety.figures import interval, measure


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

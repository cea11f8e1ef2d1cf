"""The nearest vector is the one that comparing with all of them finds."""

import numpy as np
import pytest

from bot.nlu.nearest import Nearest, shrunk


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def every(rows):
    return np.ones(len(rows), dtype=bool)


@pytest.mark.parametrize("count", [1, 50, 5000])
@pytest.mark.parametrize("spread", [0.05, 1.0, 20.0])
def test_it_finds_what_comparing_with_all_finds(count, spread):
    chance = np.random.default_rng(7)
    topics = chance.normal(size=(20, 384))
    rows = topics[chance.integers(20, size=count)] + spread * chance.normal(size=(count, 384))
    kept = unit(rows).astype(np.float32)
    asked = unit(topics + spread * chance.normal(size=(20, 384))).astype(np.float32)
    numbers, scales = shrunk(kept)
    nearest = Nearest(numbers, scales, every(kept))
    kept = numbers * scales[:, np.newaxis]
    for vector in asked:
        cosines = kept @ vector
        cosine, number = nearest.find(vector[np.newaxis])
        assert cosine == pytest.approx(cosines.max(), abs=1e-5)
        assert cosines[number] == pytest.approx(cosines.max(), abs=1e-5)


def test_a_vector_that_is_kept_is_found_itself():
    rows = unit(np.random.default_rng(3).normal(size=(9000, 384))).astype(np.float32)
    nearest = Nearest(*shrunk(rows), every(rows))
    assert [nearest.find(rows[[number]])[1] for number in (0, 4095, 4096, 8999)] == [
        0,
        4095,
        4096,
        8999,
    ]


def test_of_several_vectors_the_best_counts():
    rows = unit(np.random.default_rng(5).normal(size=(100, 384))).astype(np.float32)
    asked = np.stack([-rows[4], rows[17]]).astype(np.float32)
    assert Nearest(*shrunk(rows), every(rows)).find(asked)[1] == 17


def test_of_nothing_there_is_no_nearest():
    rows = np.ones((3, 384), dtype=np.float32)
    assert Nearest(*shrunk(rows), np.zeros(3, dtype=bool)).find(np.ones((1, 384), dtype=np.float32)) == (0.0, -1)


def test_rows_that_are_not_chosen_are_not_found():
    rows = unit(np.random.default_rng(9).normal(size=(100, 384))).astype(np.float32)
    chosen = every(rows)
    chosen[17] = False
    assert Nearest(*shrunk(rows), chosen).find(rows[[17]])[1] not in (-1, 17)


def test_shrinking_moves_a_cosine_by_next_to_nothing():
    rows = unit(np.random.default_rng(4).normal(size=(200, 384))).astype(np.float32)
    numbers, scales = shrunk(rows)
    assert np.abs((numbers * scales[:, np.newaxis]) @ rows.T - rows @ rows.T).max() < 0.002

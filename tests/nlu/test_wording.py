import numpy as np
import pytest

from bot.nlu.wording import Characters, Wording, Words

TEXTS = ["evening groups", "evening groups cost", "the evening cost"]


def test_words_are_weighed_to_one_length():
    words = Words.learn(["a b", "a b", "a b c"], 0.5, least=2)
    assert words.terms == ["a", "a b", "b"]
    numbers, values = words.row(("a", "b", "unknown"))
    assert numbers.tolist() == [0, 1, 2]
    assert np.linalg.norm(values) == pytest.approx(0.5, abs=1e-5)
    assert not len(words.row(("nothing",))[0])


def test_runs_of_characters_know_the_edges_of_words():
    runs = Characters.learn(["an evening"], 1.0, least=1).terms
    assert " an " in runs
    assert " eve" in runs
    assert "n e" not in runs
    assert max(map(len, runs)) == 5


def test_what_is_said_twice_counts_for_more_but_not_twice():
    words = Words.learn(["a b"], 1.0, least=1)
    _, values = words.row(("a", "a", "b"))
    assert values[0] / values[-1] == pytest.approx(1 + np.log(2), abs=1e-5)


def test_a_text_with_a_typing_mistake_shares_runs_but_no_words():
    wording = Wording.learn(TEXTS, 1.0, 1.0, least=2)
    assert not len(wording.words.row(("evning",))[0])
    assert len(wording.characters.row(("evning",))[0]) > 2


def test_one_text_alone_gives_what_the_matrix_gives():
    wording = Wording.learn(TEXTS, 3.0, 4.0, least=1)
    weights = np.random.default_rng(0).normal(size=(wording.matrix(TEXTS).shape[1], 5)).astype(np.float32)
    for row, text in zip(wording.matrix(TEXTS) @ weights, TEXTS, strict=True):
        assert wording.values(text, weights) == pytest.approx(row, abs=1e-4)
    assert wording.values("xyz", weights) == pytest.approx(np.zeros(5))


def test_accents_and_capitals_do_not_count():
    wording = Wording.learn(["él está aquí"], 1.0, 1.0, least=1)
    assert (wording.matrix(["EL ESTA AQUI"]) != wording.matrix(["él está aquí"])).nnz == 0


def test_a_weight_of_nothing_leaves_a_kind_out():
    wording = Wording.learn(TEXTS, 0.0, 2.0, least=1)
    assert wording.words.terms == []
    assert np.linalg.norm(wording.matrix(TEXTS).toarray(), axis=1) == pytest.approx([2.0] * 3, abs=1e-5)


def test_it_survives_being_saved(tmp_path):
    wording = Wording.learn(TEXTS, 3.0, 4.0, least=1)
    np.savez(tmp_path / "wording.npz", **wording.arrays())
    with np.load(tmp_path / "wording.npz", allow_pickle=False) as data:
        again = Wording.of(data)
    assert (again.matrix(TEXTS) != wording.matrix(TEXTS)).nnz == 0

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from bot.nlu.regression import minimise, regress


def test_the_lowest_point_of_a_bowl_is_found():
    sizes = np.array([1, 10, 100], dtype=np.float32)
    found = minimise(lambda x: (float((sizes * (x - 1) ** 2).sum()), 2 * sizes * (x - 1)), np.zeros(3, np.float32), 100)
    assert found == pytest.approx(np.ones(3), abs=1e-2)


def test_it_agrees_with_scikit_learn_and_is_the_same_each_time():
    random = np.random.default_rng(0)
    centres = random.normal(size=(4, 12))
    classes = np.repeat(np.arange(4), 60)
    dense = (centres[classes] + random.normal(size=(240, 12))).astype(np.float32)
    words = csr_matrix((random.random((240, 30)) < 0.1).astype(np.float32))
    ours = regress(dense, words, classes, 4, 1.0, 200)
    again = regress(dense, words, classes, 4, 1.0, 200)
    assert (ours.dense == again.dense).all()
    assert (ours.words == again.words).all()
    both = np.hstack([dense, words.toarray()])
    theirs = LogisticRegression(C=1.0, max_iter=500).fit(both, classes)
    mine = (dense @ ours.dense + words @ ours.words + ours.bias).argmax(axis=1)
    assert (mine == theirs.predict(both)).mean() > 0.97

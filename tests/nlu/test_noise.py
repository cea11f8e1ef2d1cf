import random

from bot.nlu.noise import mistype

TEXT = "how much does the evening program cost without insurance"


def test_the_same_chance_gives_the_same_mistakes():
    assert mistype(TEXT, random.Random(1), 1.0) == mistype(TEXT, random.Random(1), 1.0)
    assert mistype(TEXT, random.Random(1), 1.0) != mistype(TEXT, random.Random(2), 1.0)


def test_short_words_stay_and_long_ones_change_little():
    for seed in range(50):
        for before, after in zip(TEXT.split(), mistype(TEXT, random.Random(seed), 1.0).split(), strict=True):
            assert before == after or len(before) > 3
            assert abs(len(before) - len(after)) <= 1


def test_no_share_no_mistakes():
    assert mistype(TEXT, random.Random(0), 0.0) == TEXT

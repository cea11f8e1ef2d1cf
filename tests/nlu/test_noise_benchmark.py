"""The noise that the benchmark measures with: seeded, and its short forms are people's, whole words only."""

import random

from benchmarks.nlu.noise import KINDS, shorten

TEXT = "How much do you charge for the evening program without insurance?"


def all_of(text):
    return shorten(text, random.Random(0), 1.0)


def test_every_kind_comes_out_the_same_for_the_same_seed():
    for noise in KINDS.values():
        assert noise(TEXT, random.Random(3)) == noise(TEXT, random.Random(3))


def test_the_clean_kind_changes_nothing_and_each_other_something():
    changed = {kind for kind, noise in KINDS.items() if any(noise(TEXT, random.Random(s)) != TEXT for s in range(20))}
    assert changed == set(KINDS) - {"as it is"}


def test_heavy_typing_mistakes_hit_more_words_than_ordinary_ones():
    def hit(kind):
        return sum(
            before != after
            for seed in range(100)
            for before, after in zip(TEXT.split(), KINDS[kind](TEXT, random.Random(seed)).split(), strict=True)
        )

    assert hit("typo2") > 1.5 * hit("typo") > 0


def test_phrases_and_words_get_their_short_forms():
    assert all_of("Are you open right now? Thank you.") == "r u open rn? ty"
    assert all_of(TEXT) == "hw much do u charge 4 da evening program w/o ins?"


def test_no_part_of_a_word_is_shortened():
    assert all_of("Beyond younger cantaloupes") == "beyond younger cantaloupes"


def test_a_share_of_nothing_only_drops_capitals_and_apostrophes():
    assert shorten("I don\u2019t know what to do!", random.Random(0), 0.0) == "i dont know what to do"

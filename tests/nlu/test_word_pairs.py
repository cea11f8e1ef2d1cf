"""What the training texts tell of words beside each other."""

import json

from bot.nlu.word_pairs import EDGE, Fluency, Learned

LINES = [
    line.split() for line in ["how much is it", "how much is detox", "i want to stop", "i want to come", "come in"]
]
GENERAL = ["to", "is", "it", "in", "want", "wont", "much", "must", "how", "stop", "come"]
LEARNED = Learned.of(LINES, frozenset(GENERAL), frozenset({"detox"}))


def test_pairs_are_counted_with_both_ends():
    assert LEARNED.counts["want"] == 2
    assert LEARNED.pairs["i", "want"] == 2
    assert LEARNED.pairs[EDGE, "how"] == 2
    assert LEARNED.pairs["detox", EDGE] == 1


def test_what_is_saved_comes_back():
    assert Learned.from_dict(json.loads(json.dumps(LEARNED.as_dict()))) == LEARNED


def test_a_slip_of_a_far_more_frequent_word_is_no_word_and_another_unknown_one_is():
    lines = [["how", "mcuh"], *[["how", "much"]] * 5, ["the", "vivitrolix"]]
    counts = Learned.of(lines, frozenset(GENERAL), frozenset()).counts
    assert "mcuh" not in counts
    assert "vivitrolix" in counts


def test_a_word_beside_those_it_was_met_with_is_likelier():
    fluency = Fluency(LEARNED, GENERAL, {"detox"})
    assert fluency.score("much", "how", "is") > fluency.score("must", "how", "is")
    assert fluency.score("want", "i", "to") > fluency.score("wont", "i", "to")
    assert fluency.met("i", "want")
    assert not fluency.met("i", "wont")


def test_unknown_neighbours_do_not_count():
    fluency = Fluency(LEARNED, GENERAL, {"detox"})
    assert fluency.score("much", None, None) == fluency.score("much", None, "qqq") == -fluency.rarity("much")
    assert not fluency.knows("qqq")
    assert fluency.knows("detox")


def test_nothing_learned_leaves_the_general_vocabulary_by_its_rank():
    fluency = Fluency(Learned(), GENERAL, frozenset())
    assert fluency.rarity("to") < fluency.rarity("come")

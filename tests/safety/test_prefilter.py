"""The prefilter leaves out only rules that cannot match."""

import re

import pytest

from bot.nlu.safety_head import LANGUAGES, safety_examples
from bot.safety.normalise import normalise, normalise_spanish
from bot.safety.prefilter import Prefilter, needs
from bot.safety.rule import benign_rules, benign_rules_for, crisis_rules, crisis_rules_for


@pytest.mark.parametrize(
    ("pattern", "ways"),
    [
        (r"suicid\w*", [[{"suicid"}]]),
        (r"(?:kill|end) (?:my|them)self", [[{"kill"}, {"my", "them"}, {"self"}], [{"end"}, {"my", "them"}, {"self"}]]),
        (r"(?:pills?|overdose)", [[{"pill"}], [{"overdose"}]]),
        (r"(?:very )?sad", [[{"sad"}]]),
        (r"a(?:ab|\w+)", [[{"ab"}], []]),
        (r"[abc]", [[]]),
        (r"(?:hurt ){0,2}x", [[]]),
        (r"(?:hurt ){1,2}x", [[{"hurt"}]]),
        (r"i a", [[]]),
    ],
)
def test_what_a_match_needs(pattern, ways):
    assert needs(re.compile(pattern)) == [[frozenset(clause) for clause in clauses] for clauses in ways]


def test_only_what_may_match_is_tried():
    prefilter = Prefilter([re.compile("suicid"), re.compile(r"\d"), re.compile("pills|knife")])
    assert prefilter.candidates("a knife") == [1, 2]
    assert prefilter.candidates("suicidal pills") == [0, 1, 2]
    assert prefilter.candidates("") == [1]
    both = Prefilter([re.compile("want to (?:die|go)")])
    assert both.candidates("to die i want") == [0]
    assert both.candidates("i want to know") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_rule_that_matches_is_left_out(language):
    short = language[:2] if language == "english" else "es"
    read = normalise if short == "en" else normalise_spanish
    for text, _ in safety_examples(language)[::9]:
        clean = read(text)
        for every, some in ((crisis_rules, crisis_rules_for), (benign_rules, benign_rules_for)):
            tried = {rule.id for rule in some(clean, short)}
            assert {rule.id for rule in every(short) if rule.pattern.search(clean)} <= tried

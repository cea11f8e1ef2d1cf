"""Every rule fires on its own examples and stays silent on its counter-examples."""

import pytest

from bot.safety import assess
from bot.safety.normalise import normalise, normalise_spanish
from bot.safety.rule import Benign, Mark, Rule, benign_rules, compile_patterns, crisis_rules, marks


@pytest.mark.parametrize("rule", crisis_rules() + crisis_rules("es"), ids=lambda rule: rule.id)
def test_crisis_rule(rule: Rule) -> None:
    assert rule.match
    for text in rule.match:
        assessment = assess(text)
        assert rule.id in assessment.evidence, text
        assert assessment.level == "emergency" or rule.level == "check", text
    for text in rule.spare:
        assessment = assess(text)
        assert assessment.level != "emergency", text
        assert rule.id not in assessment.evidence, text


@pytest.mark.parametrize("rule", benign_rules(), ids=lambda rule: rule.id)
def test_benign_rule(rule: Benign) -> None:
    assert rule.match
    assert rule.spare
    for text in rule.match:
        assert rule.pattern.search(normalise(text)), text
        assert assess(text).level != "emergency", text
    for text in rule.spare:
        assert assess(text).level == "emergency", text


@pytest.mark.parametrize("rule", benign_rules("es"), ids=lambda rule: rule.id)
def test_spanish_benign_rule(rule: Benign) -> None:
    for text in rule.match:
        assert rule.pattern.search(normalise_spanish(text)), text
        assert assess(text).level != "emergency", text
    for text in rule.spare:
        assert assess(text).level == "emergency", text


@pytest.mark.parametrize("mark", marks(), ids=lambda mark: f"{mark.flag}-{mark.language}")
def test_flag(mark: Mark) -> None:
    for text in mark.match:
        assert mark.flag in assess(text).flags, text
    for text in mark.spare:
        assert mark.flag not in assess(text).flags, text


def test_rule_ids_are_unique() -> None:
    ids = [rule.id for rule in crisis_rules() + crisis_rules("es")]
    ids += [rule.id for rule in benign_rules() + benign_rules("es")]
    assert len(ids) == len(set(ids))


def test_unknown_macro_is_an_error() -> None:
    with pytest.raises(KeyError):
        compile_patterns("@nobody_defined_this")

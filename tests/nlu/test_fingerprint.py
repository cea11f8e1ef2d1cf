import bot.nlu.fingerprint as fingerprint
from bot.nlu.classifier import IntentHead
from bot.nlu.featurizer import SentenceFeaturizer
from bot.nlu.gate import OutOfScopeGate
from bot.nlu.repair import MessageRepair
from bot.nlu.safety import SafetyCheck


def test_other_code_or_rules_make_another_fingerprint(tmp_path, monkeypatch):
    before = fingerprint.code_digest()
    rules = tmp_path / "rules.yml"
    rules.write_text("a: b")
    monkeypatch.setattr("bot.safety.__file__", str(tmp_path / "__init__.py"))
    digests = {before}
    for content in ("a: b", "a: c"):
        rules.write_text(content)
        fingerprint.code_digest.cache_clear()
        digests.add(fingerprint.code_digest())
    fingerprint.code_digest.cache_clear()
    assert len(digests) == 3


def test_every_component_that_learns_asks_for_it():
    for component in (MessageRepair, SentenceFeaturizer, IntentHead, OutOfScopeGate, SafetyCheck):
        assert str(component.fingerprint_addon({})).startswith(fingerprint.code_digest())

"""Each rule of the linter finds the fault that it is there for, and nothing in a sound project."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.lint import findings
from bot.lint.project import ProjectError

META = {"sources": ["A4"], "checked": "2026-11-23"}
DOMAIN: dict[str, Any] = {
    "version": "3.1",
    "intents": ["ask_cost", "greet"],
    "entities": ["insurer"],
    "forms": {},
    "responses": {
        "utter_ask_cost": [
            {"channel": "sms", "text": "It depends on the plan. Ask us.", "metadata": META},
            {"text": "It depends on the plan. Ask us.", "metadata": META},
        ],
        "utter_greet": [
            {"channel": "sms", "text": "Hello."},
            {"text": "Hello.", "buttons": [{"title": "Cost", "payload": '/ask_cost{"insurer": "aetna"}'}]},
        ],
    },
    "actions": ["action_answer"],
}
STORIES = {
    "version": "3.1",
    "rules": [
        {"rule": "cost is answered kindly", "steps": [{"intent": "ask_cost"}, {"action": "utter_ask_cost"}]},
        {"rule": "a hello is answered", "steps": [{"intent": "greet"}, {"action": "utter_greet"}]},
    ],
}


def write(root: Path, domain: dict[str, Any], examples: dict[str, list[str]], action: str = "") -> None:
    (root / "data" / "nlu").mkdir(parents=True)
    (root / "data" / "stories").mkdir()
    (root / "actions").mkdir()
    (root / "domain.yml").write_text(yaml.safe_dump(domain))
    nlu = [{"intent": name, "examples": "".join(f"- {line}\n" for line in lines)} for name, lines in examples.items()]
    (root / "data" / "nlu" / "all.yml").write_text(yaml.safe_dump({"version": "3.1", "nlu": nlu}))
    (root / "data" / "stories" / "all.yml").write_text(yaml.safe_dump(STORIES))
    (root / "actions" / "one.py").write_text(action)


def enough(word: str, count: int) -> list[str]:
    return [f"{word} number {n}" for n in range(count)]


EXAMPLES = {"ask_cost": enough("price", 40), "greet": enough("hello", 20)}


def faults(
    tmp_path: Path, domain: dict[str, Any], examples: dict[str, list[str]] | None = None, action: str = ""
) -> list[str]:
    write(tmp_path, domain, examples or EXAMPLES, action)
    return [str(finding) for finding in findings(tmp_path)]


def test_a_sound_project_has_no_findings(tmp_path: Path) -> None:
    assert faults(tmp_path, DOMAIN) == []


def _text(domain: dict[str, Any], name: str, index: int, text: str) -> None:
    domain["responses"][name][index]["text"] = text


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda d: d["responses"]["utter_greet"][1]["buttons"][0].update(payload="/ask_price"), "no intent of"),
        (
            lambda d: d["responses"]["utter_greet"][1]["buttons"][0].update(payload='/ask_cost{"plan": 1}'),
            "no entity of the domain",
        ),
        (lambda d: d["responses"]["utter_greet"][1]["buttons"][0].update(payload="/ask_cost{x}"), "no JSON"),
        (lambda d: d["responses"].pop("utter_greet"), "utter_greet is said somewhere but has no response"),
        (lambda d: d["responses"].pop("utter_ask_cost"), "the topic ask_cost has no reviewed response"),
        (lambda d: d["responses"]["utter_greet"].pop(0), "no variant with `channel: sms`"),
        (lambda d: d["responses"]["utter_greet"].pop(1), "no general variant"),
        (lambda d: _text(d, "utter_greet", 0, "a" * 321), "321 characters"),
        (lambda d: _text(d, "utter_ask_cost", 0, "a" * 261), "260 are allowed here"),
        (lambda d: _text(d, "utter_greet", 0, "It\u2019s us."), "outside GSM-7"),
        (lambda d: _text(d, "utter_greet", 1, "Help for addicts."), "person with a substance use disorder"),
        (
            lambda d: _text(
                d,
                "utter_greet",
                1,
                "Individualized interdisciplinary interventions facilitate comprehensive rehabilitation, "
                "incorporating multidimensional psychosocial methodologies and pharmacological considerations.",
            ),
            "reads at grade",
        ),
        (lambda d: _text(d, "utter_greet", 1, "Call 1-800-662-4357."), "holds the number"),
        (lambda d: d["responses"]["utter_ask_cost"][0].pop("metadata"), "needs metadata"),
        (lambda d: d["intents"].append("thank"), "nothing says what follows thank"),
        (lambda d: d["responses"].update(utter_old=d["responses"]["utter_greet"]), "utter_old is never said"),
        (
            lambda d: d["forms"].update(handoff_form={"required_slots": ["contact_zip"]}),
            "the form asks for contact_zip",
        ),
    ],
)
def test_a_fault_in_the_domain_is_found(tmp_path: Path, change: Any, expected: str) -> None:
    domain = copy.deepcopy(DOMAIN)
    change(domain)
    assert any(expected in fault for fault in faults(tmp_path, domain))


IN_SPANISH = {"condition": [{"type": "slot", "name": "language", "value": "es"}]}


@pytest.mark.parametrize(
    ("web", "sms", "expected"),
    [
        ("Hola, le ayudo.", None, "no variant with `channel: sms` in 'es'"),
        ("Hola, le ayudo.", "Hola, est\u00e1 aqu\u00ed.", "outside GSM-7"),
        ("Hola, le ayudo.", "a" * 321, "321 characters"),
        ("Ayuda para adictos.", "Hola.", "persona con un trastorno"),
        ("\u00bfQu\u00e9 quieres saber?", "Hola.", "better: usted"),
        (
            "Las intervenciones interdisciplinarias facilitan rehabilitaciones integrales, incorporando "
            "metodolog\u00edas psicosociales multidimensionales y consideraciones farmacol\u00f3gicas especializadas.",
            "Hola.",
            "reading ease",
        ),
    ],
)
def test_a_fault_in_spanish_is_found(tmp_path: Path, web: str, sms: str | None, expected: str) -> None:
    domain = copy.deepcopy(DOMAIN)
    said = [{**IN_SPANISH, "text": web}, *([{**IN_SPANISH, "channel": "sms", "text": sms}] if sms else [])]
    domain["responses"]["utter_greet"] += said
    assert any(expected in fault for fault in faults(tmp_path, domain))


def test_a_question_of_the_form_needs_spanish(tmp_path: Path) -> None:
    domain = copy.deepcopy(DOMAIN)
    domain["forms"] = {"handoff_form": {"required_slots": ["contact_zip"]}}
    domain["responses"]["utter_ask_contact_zip"] = [{"text": "ZIP?"}, {"channel": "sms", "text": "ZIP?"}]
    expected = "utter_ask_contact_zip: is a question of the form and has no Spanish variant"
    assert expected in faults(tmp_path, domain)


@pytest.mark.parametrize(
    ("spanish", "expected"),
    [
        ({}, "words: done: stands in one language only"),
        ({"done": "Listo."}, "words: done: has other fields in Spanish: ['ref']"),
        ({"done": "Listo, {ref}, en 15 minutos."}, "words: done: holds figures of its own: ['15']"),
        ({"done": "Listo, {ref}, sin drogadicci\u00f3n."}, "words: done: says 'drogadicci\u00f3n'"),
    ],
)
def test_what_is_composed_stands_in_both_languages(tmp_path: Path, spanish: dict[str, str], expected: str) -> None:
    (tmp_path / "bot" / "handoff").mkdir(parents=True)
    for language, texts in (("en", {"done": "Done, {ref}."}), ("es", spanish)):
        (tmp_path / "bot" / "handoff" / f"words_{language}.yml").write_text(yaml.safe_dump(texts, allow_unicode=True))
    assert any(fault.startswith(expected) for fault in faults(tmp_path, DOMAIN))


def test_a_thin_topic_is_found(tmp_path: Path) -> None:
    found = faults(tmp_path, DOMAIN, {**EXAMPLES, "ask_cost": enough("price", 39)})
    assert found == ["data/nlu: ask_cost has 39 examples; write 1 more"]


def test_an_example_twice_is_found_across_topics_whatever_its_case(tmp_path: Path) -> None:
    found = faults(tmp_path, DOMAIN, {**EXAMPLES, "greet": [*enough("hello", 20), "Price, number 7!"]})
    assert len(found) == 1
    assert "stands already in all.yml (ask_cost)" in found[0]


def test_a_dead_button_in_an_action_is_found(tmp_path: Path) -> None:
    found = faults(tmp_path, DOMAIN, action='BUTTONS = [{"title": "Go", "payload": "/nowhere"}]\n')
    assert found == ["one.py: the button leads to 'nowhere', which is no intent of the domain"]


def test_a_file_that_is_no_yaml_is_named(tmp_path: Path) -> None:
    write(tmp_path, DOMAIN, EXAMPLES)
    (tmp_path / "domain.yml").write_text("intents: [unclosed")
    with pytest.raises(ProjectError, match=r"domain\.yml is no YAML"):
        findings(tmp_path)


def test_our_own_project_has_no_findings() -> None:
    root = Path(__file__).resolve().parents[2]
    assert [str(finding) for finding in findings(root)] == []

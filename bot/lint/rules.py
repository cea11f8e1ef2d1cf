"""The linter's rules, one function each; a finding names the place and says what to do."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.lint.project import Project, load_project
from bot.lint.words import too_hard, words_to_avoid
from bot.safety import numbers, numbers_in
from bot.sms_text import LIMIT, length, outside

ENOUGH = 40
ENOUGH_SMALL_TALK = 20
SMALL_TALK = frozenset(
    {"affirm", "bot_challenge", "complaint", "deny", "goodbye", "greet", "out_of_scope", "start_over", "thank"}
    | {"what_can_you_do"}
)
WITHOUT_EXAMPLES = frozenset({"nlu_fallback"})
MOST_BUTTONS = 5
OFFER_ROOM = 60
"""Characters that an offer may take behind an answer in one SMS."""
PAYLOAD = re.compile(r"^/(?P<intent>[a-z_]+)(?P<entities>\{.*\})?$")
HOME_OF_NUMBERS = "bot/safety/resources.yml"
FIELD = re.compile(r"\{(\w+)\}")
DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$")


@dataclass(frozen=True)
class Finding:
    """One fault: where, what, and what to do."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def findings(root: Path) -> list[Finding]:
    """All faults of the project below `root`, in the order of the rules."""
    project = load_project(root)
    return [finding for rule in RULES for finding in rule(project)]


def dead_buttons(project: Project) -> Iterator[Finding]:
    """A button's payload is an intent of the domain, or plain words."""
    from_responses = [
        (button["payload"], name)
        for name, variants in project.responses.items()
        for variant in variants
        for button in variant.get("buttons") or []
    ]
    for payload, where in [*from_responses, *project.source_payloads]:
        if not payload.startswith("/"):
            continue
        match = PAYLOAD.match(payload)
        if match is None:
            yield Finding(where, f"the button's payload {payload!r} is not /intent or /intent{{json}}")
        elif match["intent"] not in project.intents:
            yield Finding(where, f"the button leads to {match['intent']!r}, which is no intent of the domain")
        elif match["entities"]:
            yield from _payload_entities(project, where, match["entities"])


def _payload_entities(project: Project, where: str, text: str) -> Iterator[Finding]:
    try:
        names = set(json.loads(text))
    except ValueError:
        yield Finding(where, f"the button's entities {text!r} are no JSON")
        return
    for name in sorted(names - project.entities):
        yield Finding(where, f"the button sets {name!r}, which is no entity of the domain")


def missing_responses(project: Project) -> Iterator[Finding]:
    """Every response that a story or an action names exists; every information topic and form question has one."""
    for name in sorted(project.source_responses | {a for a in project.story_actions if a.startswith("utter_")}):
        if name not in project.responses:
            yield Finding("domain.yml", f"{name} is said somewhere but has no response")
    for intent in sorted(project.intents):
        if intent.startswith("ask_") and f"utter_{intent}" not in project.responses:
            yield Finding("domain.yml", f"the topic {intent} has no reviewed response utter_{intent}")
    for form in project.domain.get("forms", {}).values():
        for slot in form["required_slots"]:
            if f"utter_ask_{slot}" not in project.responses and f"action_ask_{slot}" not in project.domain["actions"]:
                yield Finding("domain.yml", f"the form asks for {slot}, but there is no utter_ask_{slot}")


def channel_variants(project: Project) -> Iterator[Finding]:
    """Every response has a general variant and one for SMS, in each language in which it is said."""
    for name, variants in project.responses.items():
        for language in sorted({"en", *map(_language, variants)}):
            channels = {variant.get("channel") for variant in variants if _language(variant) == language}
            if "sms" not in channels:
                yield Finding(name, f"has no variant with `channel: sms` in {language!r}")
            if None not in channels:
                yield Finding(name, f"has no general variant (one without `channel`) in {language!r}")


def form_languages(project: Project) -> Iterator[Finding]:
    """Whoever is asked for consent in Spanish is asked every question of the form in Spanish."""
    for form in project.domain.get("forms", {}).values():
        for slot in form["required_slots"]:
            variants = project.responses.get(f"utter_ask_{slot}") or []
            if variants and "es" not in map(_language, variants):
                yield Finding(f"utter_ask_{slot}", "is a question of the form and has no Spanish variant")


def composed_words(project: Project) -> Iterator[Finding]:
    """The texts of bot/handoff: the same keys, fields and figures in both languages, kind and plain in each."""
    english, spanish = (_flat(project.words.get(language, {})) for language in ("en", "es"))
    for key in sorted(set(english) ^ set(spanish)):
        if not key.startswith("clock."):  # how each language tells the time
            yield Finding(f"words: {key}", "stands in one language only")
    for key in sorted(set(english) & set(spanish)):
        ours, theirs = english[key], spanish[key]
        if not key.startswith("day.") and ours and theirs and _fields(ours) != _fields(theirs):
            yield Finding(f"words: {key}", f"has other fields in Spanish: {sorted(_fields(ours) ^ _fields(theirs))}")
        if not key.endswith("version") and _figures(theirs) - _figures(ours):
            yield Finding(f"words: {key}", f"holds figures of its own: {sorted(_figures(theirs) - _figures(ours))}")
    for language, texts in (("en", english), ("es", spanish)):
        for key, text in texts.items():
            for word, better in words_to_avoid(text, language):
                yield Finding(f"words: {key}", f"says {word!r}; better: {better}")
            fault = too_hard(FIELD.sub("Ana", text), language)
            if fault:
                yield Finding(f"words: {key}", f"{fault} ({language})")


def _flat(tree: Any, path: str = "") -> dict[str, str]:
    if isinstance(tree, dict):
        return {key: text for name, below in tree.items() for key, text in _flat(below, f"{path}.{name}").items()}
    if isinstance(tree, list):
        return {f"{path}.{index}".lstrip("."): str(text) for index, text in enumerate(tree)}
    return {path.lstrip("."): str(tree)}


def _fields(text: str) -> set[str]:
    return set(FIELD.findall(text))


def _figures(text: str) -> set[str]:
    return set(re.findall(r"\d+", text))


def _language(variant: dict[str, Any]) -> str:
    """The language that a variant of a response is said in: Rasa chooses it by the slot of that name."""
    conditions = variant.get("condition") or []
    return next((str(one["value"]) for one in conditions if one.get("name") == "language"), "en")


def sms_texts(project: Project) -> Iterator[Finding]:
    """An SMS fits: at most 320 GSM-7 characters, an answer leaves room for the offer behind it; no buttons."""
    for name, text, variant in _texts(project):
        if variant.get("channel") != "sms":
            continue
        allowed = LIMIT - OFFER_ROOM if name.removeprefix("utter_") in project.intents else LIMIT
        if length(text) > allowed:
            yield Finding(name, f"the SMS text has {length(text)} characters; {allowed} are allowed here")
        if outside(text):
            yield Finding(name, f"the SMS text holds {outside(text)!r}, outside GSM-7; use plain ASCII")


def kind_words(project: Project) -> Iterator[Finding]:
    """Person-first language in everything that we say."""
    for name, text, variant in _texts(project):
        for word, better in words_to_avoid(text, _language(variant)):
            yield Finding(name, f"says {word!r}; better: {better}")


def plain_words(project: Project) -> Iterator[Finding]:
    """Grade 8 at most, in Spanish fairly easy; at most five buttons."""
    for name, text, variant in _texts(project):
        fault = too_hard(text, _language(variant))
        if fault:
            yield Finding(name, fault)
        if len(variant.get("buttons") or []) > MOST_BUTTONS:
            yield Finding(name, f"has more than {MOST_BUTTONS} buttons")


def one_home_for_numbers(project: Project) -> Iterator[Finding]:
    """Numbers of emergency and help lines come from bot/safety/resources.yml by name, never as digits.

    Rules that read the visitor's words hold what visitors type, so bot/safety/rules is left out.
    """
    for name, variants in project.responses.items():
        for variant in variants:
            for number in numbers_in(variant.get("text", "")):
                yield Finding(name, f"holds the number {number}; write its name in braces, as in {{helpline}}")
    for where, content in project.sources.items():
        if where in ("domain.yml", HOME_OF_NUMBERS) or where.startswith("bot/safety/rules/"):
            continue
        for line, text in enumerate(content.splitlines(), 1):
            for number in numbers_in(text):
                yield Finding(f"{where}:{line}", f"holds the number {number}; its only home is {HOME_OF_NUMBERS}")


def sourced_answers(project: Project) -> Iterator[Finding]:
    """An answer to an information topic names its sources and the day they were checked."""
    for name, variants in project.responses.items():
        if not any(name.startswith(f"utter_{intent}") for intent in project.intents if intent.startswith("ask_")):
            continue
        if name.startswith(("utter_ask_contact", "utter_ask_which")):
            continue
        for variant in variants:
            metadata = variant.get("metadata") or {}
            if not metadata.get("sources") or not DATE.match(str(metadata.get("checked", ""))):
                yield Finding(name, "needs metadata: {sources: [...], checked: YYYY-MM-DD}")


def thin_topics(project: Project) -> Iterator[Finding]:
    """40 examples a topic, 20 for small talk; no example file for an intent that the domain does not know."""
    for intent in sorted(project.intents - WITHOUT_EXAMPLES):
        count, enough = len(project.examples.get(intent, [])), ENOUGH_SMALL_TALK if intent in SMALL_TALK else ENOUGH
        if count < enough:
            yield Finding("data/nlu", f"{intent} has {count} examples; write {enough - count} more")
    for intent in sorted(set(project.examples) - project.intents):
        yield Finding("data/nlu", f"{intent} has examples but is no intent of the domain")


def doubled_examples(project: Project) -> Iterator[Finding]:
    """No example twice, within a topic or across topics; case, punctuation and spaces do not make a difference."""
    seen: dict[str, tuple[str, str]] = {}
    for intent, examples in project.examples.items():
        for text, file in examples:
            words = re.sub(r"[^\w?]+", " ", text.lower()).strip()
            key = words if re.search(r"\w", words) else text
            if key in seen:
                yield Finding(
                    f"data/nlu/{file}", f"{text!r} ({intent}) stands already in {seen[key][1]} ({seen[key][0]})"
                )
            else:
                seen[key] = (intent, file)


def reachable(project: Project) -> Iterator[Finding]:
    """Every intent has a rule or story; every response is said; every story action exists."""
    for intent in sorted(project.intents - project.story_intents):
        yield Finding("data/stories", f"nothing says what follows {intent}")
    said = project.story_actions | project.source_responses
    prefixes = ("utter_ask_", "utter_offer_", "utter_disclose", "utter_express")
    for name in sorted(project.responses):
        if name not in said and not name.startswith(prefixes):
            yield Finding("domain.yml", f"{name} is never said")
    known = set(project.domain.get("actions", [])) | set(project.responses) | set(project.domain.get("forms", {}))
    for action in sorted(project.story_actions - known - {"action_listen"}):
        yield Finding("data/stories", f"{action} is in a story but not in the domain")


def story_sentences(project: Project) -> Iterator[Finding]:
    """A story's name is a sentence that says what it shows, and no two are alike."""
    for name in project.story_names:
        if len(name.split()) < 3:
            yield Finding("data/stories", f"{name!r} is no sentence; say what the story shows")
    for name in sorted({name for name in project.story_names if project.story_names.count(name) > 1}):
        yield Finding("data/stories", f"{name!r} is the name of two stories")


def _texts(project: Project) -> Iterator[tuple[str, str, dict[str, Any]]]:
    known = numbers()
    for name, variants in project.responses.items():
        for variant in variants:
            text = variant.get("text", "")
            for key, number in known.items():
                text = text.replace(f"{{{key}}}", number)
            yield name, text, variant


RULES: tuple[Callable[[Project], Iterator[Finding]], ...] = (
    dead_buttons,
    missing_responses,
    channel_variants,
    form_languages,
    composed_words,
    sms_texts,
    kind_words,
    plain_words,
    one_home_for_numbers,
    sourced_answers,
    thin_topics,
    doubled_examples,
    reachable,
    story_sentences,
)

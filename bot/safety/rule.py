"""The safety rules as data: read from rules/*.yml, checked and compiled once.

A pattern is a regular expression over normalised text (bot.safety.normalise) with three shorthands:
`@name` stands for a word list of rules/macros.yml, `<3>` for up to three words of the same sentence (written before
the next word, without a space after it), and every pattern matches whole words only.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Literal

import yaml

from bot.safety.assessment import Flag, Language
from bot.safety.prefilter import Prefilter

#: The files of crisis rules; rules/benign.yml holds what lowers or hides them.
CRISIS_FILES = ("suicide", "overdose", "withdrawal", "violence", "distress")
#: The files of each language: its crisis rules, and what lowers or hides them.
FILES: dict[str, tuple[tuple[str, ...], str]] = {"en": (CRISIS_FILES, "benign"), "es": (("spanish",), "spanish_benign")}


@dataclass(frozen=True)
class Rule:
    """One crisis rule: its patterns say that `category` is at `level` for `subject` (auto: found in the sentence).

    `firm` rules stand whatever the frame around them; the others are lowered by the frames of rules/benign.yml.
    """

    id: str
    category: str
    level: Literal["check", "emergency"]
    subject: Literal["self", "other", "auto"]
    firm: bool
    pattern: re.Pattern[str]
    match: tuple[str, ...]
    spare: tuple[str, ...]


@dataclass(frozen=True)
class Benign:
    """One benign rule.

    `mask`: the words it matches are hidden from the crisis rules (idioms, denials). `frame`: crisis rules in the same
    clause (or `message`) are lowered to `to` (past, hypothetical, grief, questions about policy).
    """

    id: str
    kind: Literal["mask", "frame"]
    scope: Literal["clause", "message"]
    categories: frozenset[str]
    to: Literal["none", "check"]
    pattern: re.Pattern[str]
    match: tuple[str, ...]
    spare: tuple[str, ...]


@dataclass(frozen=True)
class Mark:
    """One rule of rules/flags.yml: its words set `flag` on a check or an emergency of these categories (empty: any)."""

    flag: Flag
    language: Language
    categories: frozenset[str]
    pattern: re.Pattern[str]
    match: tuple[str, ...]
    spare: tuple[str, ...]


def read_rules(name: str) -> Any:
    """The entries of rules/`name`.yml, as they stand there."""
    return yaml.safe_load(files("bot.safety").joinpath("rules").joinpath(f"{name}.yml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _macros() -> dict[str, str]:
    macros: dict[str, str] = {}
    for name, value in read_rules("macros").items():
        # A macro may use those above it.
        macros[name] = _expand(value if isinstance(value, str) else "|".join(value), macros)
    return macros


def _expand(pattern: str, macros: dict[str, str]) -> str:
    pattern = re.sub(r"@(\w+)", lambda m: f"(?:{macros[m.group(1)]})", pattern)
    return re.sub(r"<(\d+)>", r"(?:[^\\s.?]+ ){0,\1}", pattern)


def compile_patterns(patterns: str | list[str]) -> re.Pattern[str]:
    """One expression for the patterns of a rule. Raises KeyError on an unknown macro, re.error on a bad pattern."""
    alternatives = [patterns] if isinstance(patterns, str) else patterns
    joined = "|".join(_expand(pattern, _macros()) for pattern in alternatives)
    return re.compile(rf"(?<!\S)(?:{joined})(?!\S)")


@cache
def crisis_rules(language: str = "en") -> tuple[Rule, ...]:
    """All crisis rules of a language, in the order of their files."""
    rules = []
    for name in FILES[language][0]:
        for entry in read_rules(name):
            rules.append(
                Rule(
                    id=entry["id"],
                    category=entry.get("category", name),
                    level=entry.get("level", "emergency"),
                    subject=entry.get("subject", "auto"),
                    firm=entry.get("firm", False),
                    pattern=compile_patterns(entry["pattern"]),
                    match=tuple(entry["match"]),
                    spare=tuple(entry.get("spare", ())),
                )
            )
    return tuple(rules)


@cache
def benign_rules(language: str = "en") -> tuple[Benign, ...]:
    """All benign rules of a language, in the order of their file."""
    every = frozenset(("suicide", "overdose", "withdrawal", "violence", "threat", "minor", "distress"))
    return tuple(
        Benign(
            id=entry["id"],
            kind=entry["kind"],
            scope=entry.get("scope", "clause"),
            categories=frozenset(entry["categories"]) if "categories" in entry else every,
            to=entry.get("to", "none"),
            pattern=compile_patterns(entry["pattern"]),
            match=tuple(entry["match"]),
            spare=tuple(entry.get("spare", ())),
        )
        for entry in read_rules(FILES[language][1])
    )


@cache
def _called(of: Callable[[str], tuple[Rule | Benign, ...]], language: str) -> Prefilter:
    return Prefilter([rule.pattern for rule in of(language)])


def crisis_rules_for(text: str, language: str) -> list[Rule]:
    """Those of `crisis_rules` that can match in a normalised text at all, in their order."""
    rules = crisis_rules(language)
    return [rules[number] for number in _called(crisis_rules, language).candidates(text)]


def benign_rules_for(text: str, language: str) -> list[Benign]:
    """Those of `benign_rules` that can match in a normalised text at all, in their order."""
    rules = benign_rules(language)
    return [rules[number] for number in _called(benign_rules, language).candidates(text)]


@lru_cache(maxsize=1)
def marks() -> tuple[Mark, ...]:
    """The rules that set flags."""
    return tuple(
        Mark(
            flag=entry["id"],
            language=entry.get("language", "en"),
            categories=frozenset(entry.get("categories", ())),
            pattern=compile_patterns(entry["pattern"]),
            match=tuple(entry["match"]),
            spare=tuple(entry.get("spare", ())),
        )
        for entry in read_rules("flags")
    )

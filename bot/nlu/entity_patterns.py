"""Entities that are words: spaCy's span ruler over the lists in bot/nlu/entities/, with their normalised values."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files
from typing import Any

import spacy
import yaml
from spacy.language import Language
from spacy.util import filter_spans

from bot.nlu.entity_context import Entity, in_context

_LISTS = ("care.yml", "payment.yml", "when.yml")
_OWNERS = ["my", "our", "her", "his", "their", "mine", "a", "the", "this"]
_SHORT_OWNERS = ["my", "our"]
_BETWEEN = [
    "adult",
    "teen",
    "teenage",
    "teenaged",
    "older",
    "younger",
    "oldest",
    "youngest",
    "little",
    "big",
    "own",
    "dear",
    "elderly",
    "late",
    "ex",
    "pregnant",
    "year",
    "old",
]


def _data(name: str) -> dict[str, dict[str, list[str]]]:
    loaded: dict[str, dict[str, list[str]]] = yaml.safe_load(
        files("bot.nlu").joinpath("entities", name).read_text(encoding="utf-8")
    )
    return loaded


@lru_cache(maxsize=1)
def _lists() -> tuple[tuple[str, str, str], ...]:
    """Every (entity, value, words) of the lists."""
    rows = []
    for name in _LISTS:
        for entity, values in _data(name).items():
            for value, phrases in values.items():
                rows += [(entity, value, str(phrase).lower()) for phrase in phrases]
    return tuple(rows)


@lru_cache(maxsize=1)
def entity_words() -> frozenset[str]:
    """Every single word of the lists, lower case: repair leaves these alone and corrects towards them."""
    people = _data("person.yml")
    phrases = [words for _, _, words in _lists()]
    phrases += [str(word) for group in people.values() for words in group.values() for word in words]
    return frozenset(word for phrase in phrases for word in re.findall(r"[^\W_]+", phrase) if len(word) > 1)


@lru_cache(maxsize=1)
def _pipeline() -> tuple[Language, Any]:
    nlp = spacy.blank("en")
    # Phrases are compared token by token in lower case; patterns and text go through the same tokenizer.
    ruler: Any = nlp.add_pipe("span_ruler", config={"phrase_matcher_attr": "LOWER", "spans_key": "facts"})
    patterns: list[dict[str, Any]] = []
    seen: set[tuple[str, str]] = set()
    for entity, value, words in _lists():
        plural = [] if words.endswith("s") or not words[-1].isalpha() else [words + "s"]
        for form in [words, *plural]:
            if (entity, form) not in seen:
                seen.add((entity, form))
                patterns.append({"label": entity, "pattern": form, "id": f"{entity}={value}"})
    patterns += _person_patterns(nlp)
    ruler.add_patterns(patterns)
    return nlp, ruler


def _person_patterns(nlp: Language) -> list[dict[str, Any]]:
    data = _data("person.yml")
    patterns: list[dict[str, Any]] = [
        {"label": "person", "pattern": str(words).lower(), "id": f"person={value}"}
        for value, phrases in data["alone"].items()
        for words in phrases
    ]
    for value, phrases in data["owned"].items():
        # "the patient" and "a friend" may be anybody's; family words need an owner who is the writer.
        owners = [*_OWNERS] if value in ("client", "employee", "friend") else _SHORT_OWNERS
        for words in phrases:
            noun = [{"LOWER": token.lower_} for token in nlp.make_doc(str(words))]
            between = {"LOWER": {"IN": _BETWEEN}, "OP": "*"}
            number = {"LIKE_NUM": True, "OP": "?"}
            patterns.append(
                {
                    "label": "person",
                    "pattern": [{"LOWER": {"IN": owners}}, number, between, *noun],
                    "id": f"person={value}",
                }
            )
    return patterns


def find_listed(text: str) -> list[Entity]:
    """The listed words in a lower-case text, where they stand for what the list says; of several of one kind that
    overlap, the longest."""
    nlp, ruler = _pipeline()
    by_kind: dict[str, list[Any]] = {}
    for span in ruler.match(nlp.make_doc(text)):
        by_kind.setdefault(span.label_, []).append(span)
    found = [
        Entity(kind, span.id_.split("=", 1)[1], span.start_char, span.end_char)
        for kind, spans in by_kind.items()
        for span in filter_spans(spans)
    ]
    kept = in_context(text, sorted(found, key=lambda fact: (fact.start, fact.entity)))
    return [replace(f, entity="time", value={"part": f.value}) if f.entity == "part" else f for f in kept]

"""What the thresholds of bot/safety/judge.py catch and cost: `python -m benchmarks.safety.thresholds` after a tuning.

The safety classifier is trained anew without the texts that the encoder's tuning never saw (bot.nlu.tuned.set_aside,
one in ten), and judges those, so neither knows them. The lines of data/safety are hard ones: of the harmless many were
written because they alarm. Runs in the project's folder; the vectors come from the cache of trainings.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from rasa.shared.importers.utils import training_data_from_paths

from bot.nlu.reading import Reading
from bot.nlu.repair import known_words, reading_of, speller
from bot.nlu.safety import describe, judge, learn
from bot.nlu.safety_head import LANGUAGES, SafetyModel, class_of, safety_examples
from bot.nlu.sentences import Piece
from bot.nlu.text import plain
from bot.nlu.tuned import set_aside
from bot.safety import judge as rules

EMERGENCY = (0.25, 0.35, 0.50, 0.65)
CHECK = (0.02, 0.04, 0.06)
EXPLAINED = 0.50  # of what a benign rule explained, at least
Case = tuple[str, str, Reading, str]
"""Language, class, reading and text."""


def cases() -> list[Case]:
    """All that the safety check learns from."""
    data = training_data_from_paths(["data/nlu"], "en")
    repairs = speller(known_words(data))
    labelled = [
        ("topics", class_of(str(example.get("intent"))), example.get("text")) for example in data.intent_examples
    ]
    for language in LANGUAGES:
        labelled += [(language, name, text) for text, name in safety_examples(language)]
    return [
        (language, name, reading_of(Piece(plain(text), 0, len(plain(text))), repairs), text)
        for language, name, text in labelled
    ]


def levels(model: SafetyModel, asked: Iterable[Case]) -> dict[tuple[str, bool], list[str]]:
    """The levels given, by language and whether there is danger (distress, whose level may be any, is left out)."""
    found: dict[tuple[str, bool], list[str]] = {}
    for language, name, reading, text in asked:
        if name != "distress":
            found.setdefault((language, name != "none"), []).append(judge(text, [reading], model).level)
    return found


def share(given: list[str], *wanted: str) -> str:
    """How many of the levels are one of these."""
    return f"{sum(given.count(level) for level in wanted) / max(len(given), 1):6.1%}"


def main() -> None:
    """Print a table a language: the share of emergencies caught and of harmless messages alarmed."""
    every = cases()
    unknown = [case for case in every if set_aside(plain(case[3]))]
    known = [(reading, name) for _, name, reading, text in every if not set_aside(plain(text))]
    describe([reading for _, _, reading, _ in unknown])
    model = learn(known)
    print("language  emergency check | caught, noticed, of | false emergency, false check, of")
    for emergency, check in itertools.product(EMERGENCY, CHECK):
        rules.EMERGENCY_FROM, rules.CHECK_FROM = emergency, check
        rules.EXPLAINED_FROM = max(EXPLAINED, emergency)
        found = levels(model, unknown)
        for language in ("topics", *LANGUAGES):
            danger, none = found.get((language, True), []), found.get((language, False), [])
            print(
                f"{language:9} {emergency:8.2f} {check:6.2f} | {share(danger, 'emergency')} "
                f"{share(danger, 'emergency', 'check')} {len(danger):4} | {share(none, 'emergency')} "
                f"{share(none, 'check')} {len(none):5}"
            )


if __name__ == "__main__":
    main()

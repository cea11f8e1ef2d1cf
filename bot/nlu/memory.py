"""The training texts by heart: a message that is one of them (but for capitals and end marks) means what it does there.

Needed for fragments above all ("y", "n", "$$?", "operator"): a sentence vector says little of them, or there is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from bot.nlu.text import plain

SURE = 0.95
"""The least probability of the topic of a text known by heart."""
_SPACE = re.compile(r"\s+")
_END = " .!,;:"


def key_of(text: str) -> str:
    """What counts of a text: lower case, single spaces, no marks at its end other than a question mark.

    A text of nothing but marks keeps them.
    """
    spaced = _SPACE.sub(" ", plain(text).lower()).strip()
    return spaced.rstrip(_END) or spaced


def learn(examples: Iterable[tuple[str, str]]) -> dict[str, str]:
    """From (text, label) pairs, the label of each text's key; a key with two labels is left to the classifier."""
    known: dict[str, str] = {}
    disputed: set[str] = set()
    for text, label in examples:
        key = key_of(text)
        if known.setdefault(key, label) != label:
            disputed.add(key)
    return {key: label for key, label in known.items() if key and key not in disputed}


def recall(known: Mapping[str, str], texts: Iterable[str]) -> str | None:
    """The label of the first of these texts (as typed, as repaired) that is known by heart; None when none is."""
    return next((label for text in texts if (label := known.get(key_of(text))) is not None), None)


def certain(probabilities: Mapping[str, float], label: str) -> dict[str, float]:
    """The probabilities with at least 0.95 for this label, the others in proportion; alone when there are none."""
    before = probabilities.get(label, 0.0)
    if before >= SURE:
        return dict(probabilities)
    others = {name: p for name, p in probabilities.items() if name != label}
    total = sum(others.values())
    rest = {name: p * (1 - SURE) / total for name, p in others.items()} if total > 0 else {}
    return {label: SURE if total > 0 else 1.0, **rest}

"""Lines of the hold-out that are nearly a training example, by the encoder that reads both.

    python -m tests.nlu.apart [--remove]

tells them by number, so that nobody reads a held-out text on the way to the training data; --remove takes them out
unread.

ALIKE is the cosine from which `firststep learn` leaves a text out because one says nothing that the other does not say
(bot.learning.proposal): a change of a word's spelling lies above it, the same question in other words below. Fragments
of up to three words ("how much?") are anybody's; they may meet.
"""

import json
import sys
from pathlib import Path

import numpy as np

from bot.learning.proposal import ALIKE
from bot.nlu.examples import training_examples
from bot.nlu.faults import sentence_vectors
from tests.conftest import ROOT

HOLD_OUT = ROOT / "tests/nlu/holdout.jsonl"
FRAGMENT = 3
"""Words."""


def held_texts(path: Path = HOLD_OUT) -> list[str]:
    """The hold-out's texts, line by line."""
    return [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def near_lines(held: list[str], examples: list[str]) -> dict[int, tuple[float, str]]:
    """By the number of a held text (from 0): the cosine to the example that it is nearly, and that example."""
    vectors = sentence_vectors([*examples, *held])
    cosines = vectors[len(examples) :] @ vectors[: len(examples)].T
    nearest = cosines.argmax(axis=1)
    near = [n for n in np.flatnonzero(cosines.max(axis=1) >= ALIKE) if len(held[n].split()) > FRAGMENT]
    return {int(n): (float(cosines[n].max()), examples[nearest[n]]) for n in near}


def main(remove: bool) -> None:
    """Tell, and with `remove` take out."""
    found = near_lines(held_texts(), [text for text, _ in training_examples(ROOT / "data/nlu")])
    for number, (cosine, example) in found.items():
        print(f"line {number + 1}, {cosine:.3f}: {example}")
    if remove:
        lines = [line for line in HOLD_OUT.read_text(encoding="utf-8").splitlines() if line.strip()]
        kept = (line for number, line in enumerate(lines) if number not in found)
        HOLD_OUT.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")


if __name__ == "__main__":
    main("--remove" in sys.argv[1:])

"""How a fault of a profile is told: where it is, what is wrong, and the nearest known word."""

from collections.abc import Iterable
from difflib import get_close_matches

Problem = tuple[str, str]
"""Path in the YAML file, and what is wrong with what to write."""


class CrossReferenceError(ValueError):
    """Parts of a profile contradict one another; `problems` holds a path and a message for each."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{path}: {message}" for path, message in problems))
        self.problems = problems


def suggestion(word: str, known: Iterable[str]) -> str:
    """The nearest known word as a question, else what there is to choose from; to stand behind a message."""
    words = sorted(known)
    near = get_close_matches(word, words, n=1, cutoff=0.6)
    if near:
        return f'; did you mean "{near[0]}"?'
    return f"; known: {', '.join(words)}" if words else ""

"""The safety check's classifier: what danger a message speaks of, learned from data/safety and the topics' examples.

Multinomial logistic regression over what the text says (words, pairs of words and runs of characters), what it means
(the tuned sentence vector) and what the rules of bot.safety see in it, in English and Spanish. It stands beside those
rules: the rules catch what can be named, this catches what can only be meant. Plain numpy and scipy; nothing here
knows Rasa.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from bot.nlu.regression import Weights, regress
from bot.nlu.weights import Array
from bot.nlu.wording import Wording
from bot.safety import OPINIONS, Signs

DATA = Path("data/safety")
"""The training data, in the folder that the project is trained in."""
LANGUAGES = ("english", "spanish")
SIGNS = 4
"""Numbers that `signs_row` gives."""

# The safe loader, in C where PyYAML has it: fifteen times as fast, seconds of every training.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WORD_WEIGHT, _CHARACTER_WEIGHT = 4.0, 4.0
_INVERSE_PENALTY, _STEPS = 3.0, 60
_FROM_TOPIC = {
    "crisis_suicide": "suicide",
    "crisis_overdose": "overdose",
    "crisis_withdrawal": "withdrawal",
    "crisis_violence": "violence",
    "express_distress": "distress",
}


class SafetyDataError(ValueError):
    """A file of data/safety cannot be used; the message says which and why."""


def class_of(topic: str) -> str:
    """The class (one of OPINIONS) of a training example with this topic (intent): `none` for every ordinary one."""
    return _FROM_TOPIC.get(topic, "none")


def safety_examples(language: str, folder: Path = DATA) -> list[tuple[str, str]]:
    """Texts and classes of `folder`/`language`/*.yml.

    Raises SafetyDataError where a file cannot be read, names a class that is none of OPINIONS, or there is no file.
    """
    examples: list[tuple[str, str]] = []
    files = sorted((folder / language).glob("*.yml"))
    if not files:
        raise SafetyDataError(f"{folder / language} holds no .yml files: the safety check cannot be trained without")
    for file in files:
        try:
            content = yaml.load(file.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506  (a safe one)
        except (OSError, ValueError, yaml.YAMLError) as error:
            raise SafetyDataError(f"{file} cannot be read: {error}") from error
        for name, texts in content.items() if isinstance(content, dict) else [(None, None)]:
            if name not in OPINIONS or not isinstance(texts, list):
                raise SafetyDataError(f"{file}: needs lists of messages under {', '.join(OPINIONS)}; found {name!r}")
            for text in texts:
                if not isinstance(text, str) or not text.strip():
                    raise SafetyDataError(f"{file}: {name} holds {text!r}, which is no message; quote it")
                examples.append((text, name))
    return examples


def data_digest(folder: Path = DATA) -> str:
    """SHA-256 over the training data, so that a changed message trains anew; of nothing when there is no folder."""
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*.yml")):
        digest.update(f"\0{file.relative_to(folder).as_posix()}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def signs_row(signs: Signs) -> list[float]:
    """What the rules see, as numbers: an emergency, a firm one, a check, a reason why it may be none."""
    level = signs.level
    return [float(level == "emergency"), float(signs.firm), float(level == "check"), float(signs.benign)]


@dataclass
class SafetyModel:
    """The trained classifier, of both languages."""

    weights: Weights
    wording: Wording

    def opinion(self, dense: Array, texts: list[str]) -> dict[str, float]:
        """The probability of each of OPINIONS: the mean over the given rows (one text as typed and as repaired)."""
        values = dense @ self.weights.dense + self.weights.bias
        for row, text in enumerate(texts):
            values[row] += self.wording.values(text, self.weights.words)
        values = np.exp(values - values.max(axis=1, keepdims=True))  # SciPy's softmax takes ten times as long for a row
        mean = (values / values.sum(axis=1, keepdims=True)).mean(axis=0)
        return dict(zip(OPINIONS, map(float, mean), strict=True))

    def save(self, path: Path) -> None:
        """Write it as an npz without pickled objects."""
        np.savez(
            path,
            dense=self.weights.dense,
            sparse=self.weights.words.astype(np.float16),
            bias=self.weights.bias,
            **self.wording.arrays(),
        )

    @classmethod
    def load(cls, path: Path) -> SafetyModel:
        """Read what `save` wrote; unpickles nothing."""
        with np.load(path, allow_pickle=False) as data:
            weights = Weights(data["dense"], data["sparse"].astype(np.float32), data["bias"])
            return cls(weights, Wording.of(data))


def fit(dense: Array, texts: list[str], classes: list[str], least: int | None = None) -> SafetyModel:
    """Train on rows of dense features (sentence vector and signs), their texts and classes.

    `least`: from how many texts on words and runs of characters count.
    """
    wording = Wording.learn(texts, _WORD_WEIGHT, _CHARACTER_WEIGHT, least)
    numbers = np.array([OPINIONS.index(name) for name in classes], dtype=np.int64)
    sparse = wording.matrix(texts)
    weights = regress(dense.astype(np.float32), sparse, numbers, len(OPINIONS), _INVERSE_PENALTY, _STEPS)
    return SafetyModel(weights, wording)


def strongest(opinions: Iterable[dict[str, float]]) -> dict[str, float]:
    """Of several opinions the one that sees most danger; {} of none."""
    nothing: dict[str, float] = {}
    return max(opinions, key=danger, default=nothing)


def danger(opinion: Mapping[str, float]) -> float:
    """The probability that somebody is in danger: of all classes but `none` and `distress`."""
    return sum(p for name, p in opinion.items() if name not in ("none", "distress"))

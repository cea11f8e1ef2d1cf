"""What the approved corrections would add to the training data, and what of them is left out, and why."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from bot.conversations.corrections import Corrected
from bot.learning import training_data
from bot.learning.deidentify import Unsafe, Vocabulary, make_safe
from bot.nlu.memory import key_of
from bot.nlu.weights import WIDTH, Array

ALIKE = 0.95
"""Cosine of two sentence vectors from which one says nothing that the other does not."""
Vectors = Callable[[list[str]], Array]
"""Texts to sentence vectors of length 1, a row each."""


@dataclass(frozen=True)
class Addition:
    """A safe text for a topic, and the correction that it comes from."""

    correction: str
    text: str
    topic: str


@dataclass(frozen=True)
class LeftOut:
    """A correction that is not proposed. `known`: because the training data holds its like for the same topic."""

    correction: str
    conversation: str
    seq: int
    why: str
    known: bool = False


@dataclass(frozen=True)
class Proposal:
    """`files`: the new content by path; `diff`: the same as a unified diff."""

    added: tuple[Addition, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    files: Mapping[Path, str] = field(default_factory=dict)
    diff: str = ""

    @property
    def settled(self) -> tuple[str, ...]:
        """The corrections that are in the training data once this is applied."""
        return (*(one.correction for one in self.added), *(one.correction for one in self.left_out if one.known))


def sentence_vectors(texts: list[str]) -> Array:
    """By the assistant's own encoder; what was worked out for a training is read from its cache."""
    from bot.nlu.encoder import cache_folder, shared_encoder
    from bot.nlu.vectors import describe_all

    return describe_all(shared_encoder(), texts, cache_folder())[:, :WIDTH]


def propose(
    corrected: Iterable[Corrected],
    names: Mapping[str, Iterable[str | None]],
    root: Path,
    held_out: Iterable[str] = (),
    accepted: Iterable[str] = (),
    vectors: Vectors = sentence_vectors,
) -> Proposal:
    """What to add to `root`/data/nlu.

    `names`: those known in each conversation, by its id; `held_out`: texts kept for measuring, of which nothing may
    be learned; `accepted`: words that somebody has said to be no names. Raises training_data.DataError.
    """
    examples = training_data.examples(root)
    topics = {topic for _, topic in examples}
    vocabulary = Vocabulary.of((text for text, _ in examples), accepted)
    safe: list[tuple[Corrected, str]] = []
    left_out: list[LeftOut] = []
    for one in corrected:
        if one.topic not in topics:
            left_out.append(_left_out(one, f"data/nlu holds no examples of {one.topic}"))
            continue
        try:
            safe.append((one, make_safe(one.text, names.get(one.conversation_id, ()), vocabulary)))
        except Unsafe as why:
            left_out.append(_left_out(one, str(why)))
    added = _new(safe, examples, list(held_out), vectors, left_out) if safe else []
    files = training_data.with_added(root, [(one.text, one.topic) for one in added])
    return Proposal(tuple(added), tuple(left_out), files, training_data.diff(root, files))


def _new(
    safe: list[tuple[Corrected, str]],
    examples: list[tuple[str, str]],
    held_out: list[str],
    vectors: Vectors,
    left_out: list[LeftOut],
) -> list[Addition]:
    """Of the safe texts those that say something new; the others are told in `left_out`."""
    known = [*examples]
    by_key: dict[str, set[str]] = {}
    for text, topic in examples:
        by_key.setdefault(key_of(text), set()).add(topic)
    held_keys = {key_of(text) for text in held_out}
    rows = vectors([text for text, _ in examples] + held_out + [text for _, text in safe])
    there = rows[: len(examples)]
    held = rows[len(examples) : len(examples) + len(held_out)]
    own = rows[len(examples) + len(held_out) :]
    added = []
    for (one, text), row in zip(safe, own, strict=True):
        key = key_of(text)
        nearest = int(np.argmax(there @ row)) if len(there) else -1
        near = known[nearest] if nearest >= 0 and float(there[nearest] @ row) >= ALIKE else None
        topics_of_it = by_key.get(key, set())
        if one.topic in topics_of_it:
            left_out.append(_left_out(one, "the training data holds it already", known=True))
        elif topics_of_it:
            others = ", ".join(sorted(topics_of_it))
            left_out.append(_left_out(one, f"the training data holds it as {others}: change that by hand"))
        elif key in held_keys or (len(held) and float((held @ row).max()) >= ALIKE):
            left_out.append(_left_out(one, "it is too like a message that is held out for measuring"))
        elif near and near[1] == one.topic:
            left_out.append(_left_out(one, f"the training data holds its like: {near[0]}", known=True))
        else:
            added.append(Addition(one.id, text, one.topic))
            by_key.setdefault(key, set()).add(one.topic)
            known.append((text, one.topic))
            there = np.vstack([there, row])
    return added


def _left_out(one: Corrected, why: str, known: bool = False) -> LeftOut:
    return LeftOut(one.id, one.conversation_id, one.seq, why, known)

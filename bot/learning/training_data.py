"""The training examples in data/nlu as text: read, added to at the end of a topic's list, and shown as a diff."""

import difflib
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path("data/nlu")
_INTENT = re.compile(r"^\s*- intent: *([\w-]+)\s*$")
_EXAMPLES = re.compile(r"^\s*examples: *\|[-+]?\s*$")
_EXAMPLE = re.compile(r"^(\s+- )(.*\S)\s*$")


class DataError(ValueError):
    """The training data has no place for this; the message says what."""


@dataclass(frozen=True)
class Block:
    """A topic's list in one file: line numbers (from 0) of its first example and the one after its last."""

    file: Path
    topic: str
    start: int
    end: int
    examples: tuple[str, ...]


def blocks(root: Path) -> list[Block]:
    """All lists of examples below `root`/data/nlu, file by file."""
    return [block for file in sorted((root / FOLDER).glob("*.yml")) for block in _blocks(file)]


def examples(root: Path) -> list[tuple[str, str]]:
    """All (text, topic) pairs."""
    return [(text, block.topic) for block in blocks(root) for text in block.examples]


def with_added(root: Path, added: Iterable[tuple[str, str]]) -> dict[Path, str]:
    """The new content of each file that changes when these (text, topic) pairs are added; paths relative to `root`.

    A topic with several lists gets them at the end of its longest. Raises DataError for a topic without one.
    """
    longest: dict[str, Block] = {}
    for block in blocks(root):
        if block.topic not in longest or len(block.examples) > len(longest[block.topic].examples):
            longest[block.topic] = block
    new: dict[Block, list[str]] = {}
    for text, topic in added:
        if topic not in longest:
            raise DataError(f"data/nlu holds no examples of {topic}")
        new.setdefault(longest[topic], []).append(text)
    files: dict[Path, list[str]] = {}
    for block, texts in sorted(new.items(), key=lambda item: (item[0].file, -item[0].end)):  # from the end: no shifts
        lines = files.setdefault(block.file, block.file.read_text(encoding="utf-8").splitlines())
        found = _EXAMPLE.match(lines[block.end - 1])
        lead = found[1] if found else "    - "
        lines[block.end : block.end] = [f"{lead}{text}" for text in texts]
    return {file.relative_to(root): "\n".join(lines) + "\n" for file, lines in files.items()}


def diff(root: Path, changed: Mapping[Path, str]) -> str:
    """The change as a unified diff, which `git apply` and `patch -p1` take."""
    parts: list[str] = []
    for path, text in sorted(changed.items()):
        old = (root / path).read_text(encoding="utf-8").splitlines(keepends=True)
        name = path.as_posix()
        parts += difflib.unified_diff(old, text.splitlines(keepends=True), f"a/{name}", f"b/{name}")
    return "".join(parts)


def write(root: Path, changed: Mapping[Path, str]) -> None:
    """Put the new content in place, each file whole or not at all."""
    for path, text in changed.items():
        scratch = (root / path).with_suffix(".new")
        scratch.write_text(text, encoding="utf-8")
        os.replace(scratch, root / path)


def _blocks(file: Path) -> list[Block]:
    lines = file.read_text(encoding="utf-8").splitlines()
    found = []
    for number, line in enumerate(lines):
        intent = _INTENT.match(line)
        if not intent:
            continue
        start = number + 1
        while start < len(lines) and not _EXAMPLES.match(lines[start]) and not _INTENT.match(lines[start]):
            start += 1
        if start == len(lines) or not _EXAMPLES.match(lines[start]):
            continue
        start += 1
        end, texts = start, []
        while end < len(lines) and (example := _EXAMPLE.match(lines[end])):
            texts.append(example[2])
            end += 1
        found.append(Block(file, intent[1], start, end, tuple(texts)))
    return found

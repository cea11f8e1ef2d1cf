"""The training examples of a folder of Rasa's NLU files, as text and topic."""

from __future__ import annotations

from pathlib import Path

import yaml


def training_examples(folder: Path) -> list[tuple[str, str]]:
    """All (text, topic) pairs, file by file; nothing for a folder without such files."""
    found = []
    for path in sorted(folder.glob("*.yml")):
        for block in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("nlu") or []:
            if "intent" in block:
                rows = (row.strip() for row in str(block.get("examples") or "").splitlines())
                found += [(row[2:].strip(), str(block["intent"])) for row in rows if row.startswith("- ")]
    return found

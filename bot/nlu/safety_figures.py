"""Measure the safety check on labelled files: `python -m bot.nlu.safety_figures FILE... [--rules] [--json]`.

With the newest trained model (rules and classifier together), or with --rules as the front does it without an engine.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.nlu.evaluate import load_parser, newest_model
from bot.safety import assess
from bot.safety.figures import Figures, measure


def figures_of(files: list[Path], level_of: Callable[[str], str]) -> Figures:
    """The figures over all lines of these files; raises OSError and ValueError on a file that cannot be read."""
    rows = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines() if line]
    return measure(rows, level_of)


def by_model(parse: Callable[[str], dict[str, Any]]) -> Callable[[str], str]:
    """The level that a model gives a text: the rules and the classifier together."""
    return lambda text: str(parse(text)["safety"]["level"])


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description="Sensitivity, false alarms and precision of the safety check.")
    parser.add_argument("files", nargs="+", type=Path, help="JSON lines: text, label or category, and groups")
    parser.add_argument("--rules", action="store_true", help="the rules alone, as in the front when the engine is away")
    parser.add_argument("--json", action="store_true", help="as JSON")
    given = parser.parse_args()

    def by_rules(text: str) -> str:
        return assess(text).level

    level_of = by_rules if given.rules else by_model(load_parser(newest_model()))
    found = figures_of(given.files, level_of)
    print(json.dumps(found.to_dict(), indent=2) if given.json else found.render())


if __name__ == "__main__":
    main()

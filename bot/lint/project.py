"""The project's files as the linter sees them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

RESPONSE_CALL = re.compile(r"""["'](utter_[a-z0-9_]+)["']""")
SPEAKING = ("bot", "actions", "data/stories", "domain.yml", "docs", "examples")
READABLE = frozenset({".py", ".yml", ".html", ".js", ".css", ".md", ".txt"})
PAYLOAD_LITERAL = re.compile(r""""payload":\s*"([^"]+)\"""")


class ProjectError(ValueError):
    """A file is missing or no YAML; the message says which."""


@dataclass
class Project:
    """Domain, examples, stories and the actions' source."""

    domain: dict[str, Any]
    examples: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """Intent -> (example, file it stands in)."""
    story_names: list[str] = field(default_factory=list)
    story_actions: set[str] = field(default_factory=set)
    story_intents: set[str] = field(default_factory=set)
    source_responses: set[str] = field(default_factory=set)
    source_payloads: list[tuple[str, str]] = field(default_factory=list)
    """(payload, file) of buttons that actions make."""
    texts: list[tuple[str, str]] = field(default_factory=list)
    """(text, where) of reviewed texts outside the domain."""

    words: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Language -> texts that bot.handoff fills in."""

    sources: dict[str, str] = field(default_factory=dict)
    """Path and content of every file that might hold a number of an emergency or help line."""

    @property
    def intents(self) -> set[str]:
        """Names of the domain's intents."""
        return {item if isinstance(item, str) else next(iter(item)) for item in self.domain.get("intents", [])}

    @property
    def entities(self) -> set[str]:
        """Names of the domain's entities."""
        return {item if isinstance(item, str) else next(iter(item)) for item in self.domain.get("entities", [])}

    @property
    def responses(self) -> dict[str, list[dict[str, Any]]]:
        """Responses by name."""
        responses: dict[str, list[dict[str, Any]]] = self.domain.get("responses", {})
        return responses


def load_project(root: Path) -> Project:
    """Read domain.yml, data/ and actions/ below `root`. Raises ProjectError with the file's name."""
    project = Project(domain=_yaml(root / "domain.yml"))
    for path in sorted((root / "data" / "nlu").glob("*.yml")):
        for block in _yaml(path).get("nlu") or []:
            if "intent" not in block:
                continue
            lines = [line[2:].strip() for line in block["examples"].splitlines() if line.startswith("- ")]
            project.examples.setdefault(block["intent"], []).extend((line, path.name) for line in lines)
    for path in sorted((root / "data" / "stories").glob("*.yml")):
        content = _yaml(path)
        for item in [*(content.get("rules") or []), *(content.get("stories") or [])]:
            project.story_names.append(item.get("rule") or item.get("story"))
            for step in item["steps"]:
                if "action" in step:
                    project.story_actions.add(step["action"])
                if "intent" in step:
                    project.story_intents.add(step["intent"])
    for path in sorted((root / "actions").glob("*.py")):
        source = path.read_text(encoding="utf-8")
        project.source_responses.update(RESPONSE_CALL.findall(source))
        project.source_payloads += [(payload, path.name) for payload in PAYLOAD_LITERAL.findall(source)]
    for path in sorted((root / "bot" / "handoff").glob("words_*.yml")):
        project.words[path.stem.removeprefix("words_")] = _yaml(path)
    for folder in SPEAKING:
        for path in sorted((root / folder).rglob("*")) if (root / folder).is_dir() else [root / folder]:
            if path.suffix in READABLE and path.is_file():
                project.sources[path.relative_to(root).as_posix()] = path.read_text(encoding="utf-8")
    return project


def _yaml(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except FileNotFoundError:
        raise ProjectError(f"{path.name} is missing; run the linter at the project's top folder") from None
    except yaml.YAMLError as error:
        raise ProjectError(f"{path.name} is no YAML: {error}") from None
    return content

"""The folders' import directions of docs/architecture.md, and what a process must never load."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LEAVES = {"settings", "addresses", "logs", "sms_text", "store", "safety"}
"""Everybody may import them; each names below what of the others it may import itself."""
CORE = {
    "store",
    "program",
    "handoff",
    "conversations",
    "safety",
    "console",
    "channels",
    "nlu",
    "engine",
    "reconciliation",
}
# Packages of bot that each package may import, beside itself and the leaves.
MAY_IMPORT: dict[str, set[str]] = {
    "settings": set(),
    "addresses": {"settings"},
    "logs": set(),
    "sms_text": set(),
    "store": {"settings"},
    "safety": set(),
    "lint": {"safety", "program"},
    "program": {"store"},
    "handoff": {"store", "program"},
    "conversations": {"store", "safety"},
    "reconciliation": {"store", "handoff", "conversations"},
    "channels": {"store", "conversations", "safety"},
    "console": {"store", "program", "handoff", "conversations", "reconciliation", "safety", "nlu"},
    "nlu": {"safety"},
    "learning": {"store", "nlu", "safety", "conversations", "handoff", "console"},
    "engine": {"store", "nlu", "safety"},
    "widget": set(),
    "front": (CORE - {"nlu"}) | {"widget"},
    "worker": CORE - {"nlu"},
    "cli": CORE | {"lint"},
    "actions": {"store", "program", "handoff", "conversations", "safety"},
}
# cli starts the worker's loop in its own process; the front's is named to uvicorn as text.
MAY_IMPORT["cli"] |= {"worker", "learning"}
RASA = {"rasa", "rasa_sdk", "spacy", "tensorflow"}
MAY_USE_RASA = {"engine": {"rasa"}, "nlu": {"rasa", "spacy", "tensorflow"}, "actions": {"rasa_sdk"}}


def files() -> Iterator[tuple[str, Path]]:
    for path in sorted((ROOT / "bot").rglob("*.py")):
        parts = path.relative_to(ROOT / "bot").with_suffix("").parts
        if parts != ("__init__",) and "migrations" not in parts:
            yield parts[0], path
    for path in sorted((ROOT / "actions").rglob("*.py")):
        yield "actions", path


def imported(path: Path) -> set[str]:
    """Full names of the modules that a file imports anywhere, functions included."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level:
            package = path.relative_to(ROOT).parts[: -node.level]
            names.add(".".join([*package, *([node.module] if node.module else [])]))
    return names


def test_every_package_has_its_rule() -> None:
    assert {package for package, _ in files()} <= set(MAY_IMPORT)


def test_no_package_imports_what_it_must_not() -> None:
    wrong = []
    for package, path in files():
        allowed = MAY_IMPORT[package] | {package} | (set() if package in LEAVES else LEAVES)
        used = {name.split(".")[1] for name in imported(path) if name.startswith("bot.")}
        wrong += [f"{path.relative_to(ROOT)} imports bot.{name}" for name in sorted(used - allowed)]
        if package != "actions" and any(name.split(".")[0] == "actions" for name in imported(path)):
            wrong.append(f"{path.relative_to(ROOT)} imports actions")
    assert wrong == []


def test_there_is_no_cycle_between_packages() -> None:
    graph: dict[str, set[str]] = {}
    for package, path in files():
        used = {name.split(".")[1] for name in imported(path) if name.startswith("bot.")}
        graph.setdefault(package, set()).update(used - {package})
    done: list[str] = []
    while graph:
        free = sorted(package for package, used in graph.items() if not used & set(graph))
        assert free, f"these import each other: {sorted(graph)}"
        done += free
        for package in free:
            del graph[package]
    assert "store" in done


def test_rasa_is_used_where_it_belongs() -> None:
    wrong = []
    for package, path in files():
        used = {name.split(".")[0] for name in imported(path)} & RASA
        wrong += [
            f"{path.relative_to(ROOT)} imports {name}" for name in sorted(used - MAY_USE_RASA.get(package, set()))
        ]
    assert wrong == []


@pytest.mark.parametrize("module", ["bot.engine.erase", "bot.engine.events", "bot.engine.turns", "bot.cli"])
def test_what_light_processes_use_of_the_engine_loads_no_rasa(module: str) -> None:
    assert loaded(module) & {"rasa", "spacy", "tensorflow", "rasa_sdk"} == set()


@pytest.mark.parametrize("module", ["bot.front.app", "bot.worker"])
def test_front_and_worker_load_neither_rasa_nor_spacy(module: str) -> None:
    assert loaded(module) & {"rasa", "spacy", "tensorflow", "sklearn"} == set()


def test_the_actions_do_not_load_the_engine() -> None:
    names = loaded(
        "actions.__main__", "from rasa_sdk.executor import ActionExecutor as E; E().register_package('actions')"
    )
    assert names & {"rasa.core", "rasa.nlu", "rasa.server", "tensorflow"} == set()


def loaded(module: str, then: str = "pass") -> set[str]:
    """Modules in memory after importing one in a fresh interpreter: top-level names, and those right below rasa."""
    code = f"import {module}, sys; {then}; print('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    names = done.stdout.split()
    return {name.split(".")[0] for name in names} | {".".join(name.split(".")[:2]) for name in names}

"""`firststep learn`, as an operator runs it, on a tiny project that is trained in seconds."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.conversations import answer, corrections, open_conversation, receive
from bot.conversations.models import Correction
from bot.learning import shelf
from bot.settings import settings
from bot.store import Database, load_keys, utcnow
from tests import stores
from tests.cli.conftest import Run

SECRET = {"FIRSTSTEP_SECRET_KEY": "a-secret-for-tests-only-0123456789abcdef"}
FILES = {
    "config.yml": """
recipe: default.v1
assistant_id: tiny
language: en
pipeline:
  - name: WhitespaceTokenizer
  - name: KeywordIntentClassifier
policies: []
""",
    "domain.yml": 'version: "3.1"\nintents: [ask_cost, ask_place, crisis_suicide]\n',
    "data/nlu/all.yml": """version: "3.1"
nlu:
- intent: ask_cost
  examples: |
    - price
    - i want to know the fees
- intent: ask_place
  examples: |
    - address
    - which bus goes there
- intent: crisis_suicide
  examples: |
    - to die
    - kill myself
""",
    "holdout.jsonl": '{"text": "tell me the price", "label": "ask_cost"}\n'
    '{"text": "your address", "label": "ask_place"}\n{"text": "which bus do i take", "label": "ask_place"}\n',
    "safety/crisis.jsonl": '{"text": "i want to die", "category": "suicide"}\n',
    "floors.yml": "accuracy: {floor: 0.5}\ncrisis_recall: {floor: 0}\ncrisis_noticed: {floor: 0}\n",
}
OPTIONS = ("--holdout", "holdout.jsonl", "--safety", "safety", "--floors", "floors.yml")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.fixture
def store(project: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """The store that the command opens."""
    monkeypatch.setenv("FIRSTSTEP_DATA_DIR", str(project / "var"))
    for name, value in SECRET.items():
        monkeypatch.setenv(name, value)
    for cached in (settings, load_keys):
        cached.cache_clear()
    (project / "var").mkdir()
    with stores.sqlite(project / "var") as made:
        yield made
    for cached in (settings, load_keys):
        cached.cache_clear()


def corrected(store: Database, text: str, topic: str, *, approved: bool = True) -> None:
    with store.write() as session:
        conversation, _ = open_conversation(session, "web")
        received = receive(session, conversation.id, "c-1", text)
        assert received is not None
        answer(session, received.message.id, [{"text": "Hm."}], {"topic": "out_of_scope"})
        row = corrections.propose(session, received.message.id, topic, "a@harbor.example", "", utcnow())
        if approved:
            corrections.decide(session, row.id, True, "b@harbor.example", utcnow())


def learned(store: Database) -> list[str | None]:
    with store.read() as session:
        return list(session.execute(select(Correction.learned_in).order_by(Correction.at)).scalars())


def test_a_diff_is_proposed_and_nothing_else_done(firststep: Run, project: Path, store: Database) -> None:
    assert "nothing to learn" in firststep("learn", *OPTIONS, cwd=project, **SECRET).stdout
    corrected(store, "which bus do i want", "ask_place", approved=False)
    assert "nothing to learn" in firststep("learn", *OPTIONS, cwd=project, **SECRET).stdout
    corrected(store, "the fees there", "ask_cost")
    corrected(store, "which bus goes to maria", "ask_place")
    done = firststep("learn", "--diff-only", *OPTIONS, cwd=project, **SECRET)
    assert done.returncode == 0, done.stderr
    assert ": ask_cost: the fees there" in done.stdout
    assert ": message 1 of conversation" in done.stdout
    assert "may be names: maria" in done.stdout
    assert "+    - the fees there\n" in (project / "learned.diff").read_text()
    assert (project / "data/nlu/all.yml").read_text() == FILES["data/nlu/all.yml"]
    assert learned(store) == [None, None, None]
    shown = re.findall(r"^(?:to learn|left out) (\w{8}):", done.stdout, re.MULTILINE)
    skipped = firststep("learn", *(f"--skip={one}" for one in shown), *OPTIONS, cwd=project, **SECRET)
    assert (len(shown), skipped.stdout) == (2, "There is nothing to learn.\n")
    assert firststep("learn", "--skip", "nothing", *OPTIONS, cwd=project, **SECRET).returncode == 2
    refused = firststep("learn", *OPTIONS, cwd=project, **SECRET)
    assert refused.returncode == 2
    assert "firststep train" in refused.stderr


def test_a_better_model_goes_live_and_the_old_one_comes_back(firststep: Run, project: Path, store: Database) -> None:
    assert firststep("train", cwd=project, **SECRET).returncode == 0
    old = shelf.live_name(project / "models")
    assert old
    corrected(store, "which bus", "ask_place")
    dry = firststep("learn", *OPTIONS, cwd=project, **SECRET)
    assert dry.returncode == 0, dry.stderr
    assert "66.7%   100.0%" in dry.stdout
    assert shelf.live_name(project / "models") == old
    assert learned(store) == [None]

    done = firststep("learn", "--apply", *OPTIONS, cwd=project, **SECRET)
    assert done.returncode == 0, done.stderr
    new = shelf.live_name(project / "models")
    assert new not in (None, old)
    assert learned(store) == [new]
    assert "    - which bus goes there\n    - which bus\n" in (project / "data/nlu/all.yml").read_text()
    assert firststep("train", "--if-needed", cwd=project, **SECRET).stdout == "The model is up to date.\n"
    listed = json.loads(firststep("models", "list", "--json", cwd=project, **SECRET).stdout)
    assert [(one["name"], round(one["figures"]["accuracy"], 3)) for one in listed] == [(new, 1.0), (old, 0.667)]
    assert firststep("models", "use", old, cwd=project, **SECRET).returncode == 0
    assert shelf.live_name(project / "models") == old


def test_a_model_that_is_worse_at_danger_is_refused_and_nothing_changes(
    firststep: Run, project: Path, store: Database
) -> None:
    assert firststep("train", cwd=project, **SECRET).returncode == 0
    old = shelf.live_name(project / "models")
    corrected(store, "i want to", "ask_cost")
    done = firststep("learn", "--apply", *OPTIONS, cwd=project, **SECRET)
    assert done.returncode == 1
    assert "refused: suicide: named fell from 1 to 0 of 1 lines" in done.stderr
    assert shelf.live_name(project / "models") == old
    assert len(shelf.models(project / "models")) == 1
    assert (project / "data/nlu/all.yml").read_text() == FILES["data/nlu/all.yml"]
    assert learned(store) == [None]

import json
from pathlib import Path

import pytest

from bot.cli import training
from bot.cli.errors import OperatorError
from bot.learning import shelf


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in (
        "config.yml",
        "domain.yml",
        "data/nlu/a.yml",
        "bot/nlu/b.py",
        "bot/safety/c.yml",
        "bot/engine/policy.py",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    return tmp_path


def adopt_a_model() -> None:
    with training.new_folder() as folder:
        (Path(folder) / "firststep.tar.gz").write_text("a model")
        training.adopt(folder, training.inputs_hash())


def test_without_a_model_one_is_made(project: Path) -> None:
    assert training.why_train() == "there is none yet"


def test_an_adopted_model_is_fresh_until_an_input_changes(project: Path) -> None:
    adopt_a_model()
    assert training.why_train() is None
    for name in ("config.yml", "domain.yml", "data/nlu/a.yml", "bot/nlu/b.py", "bot/safety/c.yml"):
        before = (project / name).read_text()
        (project / name).write_text("changed")
        assert training.why_train() == "what it is made from has changed"
        (project / name).write_text(before)
        assert training.why_train() is None
    (project / "data/nlu/new.yml").write_text("")
    assert training.why_train() is not None


def test_bytecode_is_no_input(project: Path) -> None:
    adopt_a_model()
    (project / "bot/nlu/__pycache__").mkdir()
    (project / "bot/nlu/__pycache__/b.pyc").write_text("")
    assert training.why_train() is None


def test_a_model_put_back_by_hand_is_not_trained_over(project: Path) -> None:
    adopt_a_model()
    old = shelf.live_name(training.MODELS)
    assert old
    (project / "config.yml").write_text("changed")
    assert training.why_train() is not None
    adopt_a_model()
    shelf.put_live(training.MODELS, old)
    shelf.pin(training.MODELS, old)
    assert training.why_train() is None
    adopt_a_model()
    assert shelf.live_name(training.MODELS) != old
    assert training.why_train() is None


@pytest.mark.parametrize("record", ["", "[]", json.dumps({"other": 1})])
def test_a_model_of_unknown_origin_is_made_anew(project: Path, record: str) -> None:
    adopt_a_model()
    training.record_file().write_text(record)
    assert "not known" in str(training.why_train())


def test_a_training_without_a_model_changes_nothing(project: Path) -> None:
    adopt_a_model()
    with training.new_folder() as folder, pytest.raises(OperatorError):
        training.adopt(folder, "x")
    assert training.why_train() is None


def test_elsewhere_there_is_nothing_to_train(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OperatorError, match=r"config\.yml"):
        training.inputs_hash()

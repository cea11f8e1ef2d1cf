"""`firststep models`, as an operator runs it."""

import json
from pathlib import Path

import pytest

from bot.learning import shelf
from tests.cli.conftest import Run


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "config.yml").write_text("recipe: default.v1")
    return tmp_path


def add(project: Path, content: str, **figures: float) -> str:
    folder = project / "models"
    folder.mkdir(exist_ok=True)
    source = folder / "new.tar.gz"
    source.write_text(content)
    return shelf.add(folder, source, "inputs", figures=figures).name


def test_models_are_listed_with_their_figures(firststep: Run, project: Path) -> None:
    assert "No models are kept yet" in firststep("models", "list", cwd=project).stdout
    old, new = add(project, "a", accuracy=0.86, crisis_recall=0.9), add(project, "b")
    shelf.put_live(project / "models", new)
    first, second = firststep("models", "list", cwd=project).stdout.splitlines()
    assert first.split()[0] == new
    assert "live" in first
    assert "not measured" in first
    assert second.split()[0] == old
    assert "accuracy 86.0%, crisis recall 90.0%" in second
    listed = json.loads(firststep("models", "list", "--json", cwd=project).stdout)
    assert [(one["name"], one["live"]) for one in listed] == [(new, True), (old, False)]


def test_the_old_model_is_put_back_in_one_command(firststep: Run, project: Path) -> None:
    old, new = add(project, "a"), add(project, "b")
    shelf.put_live(project / "models", new)
    done = firststep("models", "use", old, cwd=project)
    assert done.returncode == 0, done.stderr
    assert "stays live until" in done.stdout
    assert (project / "models" / "firststep.tar.gz").read_text() == "a"
    assert firststep("train", "--if-needed", cwd=project).stdout == "The model is up to date.\n"
    assert "live, put back" in firststep("models", "list", cwd=project).stdout


def test_what_cannot_be_used_is_one_sentence(firststep: Run, project: Path) -> None:
    name = add(project, "a")
    shelf.archive(project / "models", name).write_text("altered")
    for wrong, why in (("nothing", "no model nothing"), (name, "checksum")):
        done = firststep("models", "use", wrong, cwd=project)
        assert (done.returncode, done.stdout) == (2, "")
        assert why in done.stderr
    assert not (project / "models" / "firststep.tar.gz").exists()

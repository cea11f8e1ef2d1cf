"""The shelf of models: what is kept, which is live, and the switch between them."""

import json
import os
import threading
from pathlib import Path

import pytest

from bot.learning import shelf
from bot.learning.shelf import ShelfError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "models"


def trained(folder: Path, content: str, inputs: str = "i") -> str:
    folder.mkdir(exist_ok=True)
    source = folder / "new.tar.gz"
    source.write_text(content)
    name = shelf.add(folder, source, inputs, note=content).name
    assert not source.exists()
    return name


def test_a_new_model_is_not_live_until_it_is_put_live(folder: Path) -> None:
    name = trained(folder, "a")
    assert shelf.live_name(folder) is None
    assert not shelf.live_file(folder).exists()
    shelf.put_live(folder, name)
    assert shelf.live_name(folder) == name
    assert shelf.live_file(folder).read_text() == "a"
    assert json.loads(shelf.manifest_file(folder).read_text())["inputs"] == "i"


def test_an_older_one_can_be_put_back(folder: Path) -> None:
    first, second = trained(folder, "a"), trained(folder, "b")
    assert first != second
    shelf.put_live(folder, second)
    shelf.put_live(folder, first)
    assert shelf.live_file(folder).read_text() == "a"
    assert [(one.name, one.note) for one in shelf.models(folder)] == [(second, "b"), (first, "a")]


def test_who_opens_the_live_file_always_sees_a_whole_model(folder: Path) -> None:
    names = [trained(folder, letter * 100_000) for letter in "ab"]
    shelf.put_live(folder, names[0])
    seen: set[str] = set()
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            text = shelf.live_file(folder).read_text()
            seen.add(text[0] if len(text) == 100_000 and len(set(text)) == 1 else "broken")

    reader = threading.Thread(target=read)
    reader.start()
    for turn in range(100):
        shelf.put_live(folder, names[turn % 2])
    done.set()
    reader.join()
    assert seen <= {"a", "b"}


@pytest.mark.parametrize("name", ["nothing", "", "..", "../firststep", "a/b"])
def test_what_is_not_there_is_told(folder: Path, name: str) -> None:
    trained(folder, "a")
    with pytest.raises(ShelfError, match="no model"):
        shelf.put_live(folder, name)


def test_an_altered_model_is_refused(folder: Path) -> None:
    good, bad = trained(folder, "a"), trained(folder, "b")
    shelf.put_live(folder, good)
    shelf.archive(folder, bad).write_text("something else")
    with pytest.raises(ShelfError, match="checksum"):
        shelf.put_live(folder, bad)
    assert shelf.live_name(folder) == good


def test_a_model_from_before_the_shelf_is_kept(folder: Path) -> None:
    folder.mkdir()
    plain = folder / "firststep.tar.gz"
    plain.write_text("old")
    os.utime(plain, (1_700_000_000, 1_700_000_000))
    (folder / "firststep.inputs.json").write_text(json.dumps({"inputs": "before"}))
    assert shelf.manifest_file(folder) == folder / "firststep.inputs.json"
    shelf.put_live(folder, trained(folder, "new"))
    old = shelf.models(folder)[-1]
    assert (old.name, old.inputs) == ("20231114-221320", "before")
    shelf.put_live(folder, old.name)
    assert plain.read_text() == "old"
    assert not (folder / "firststep.inputs.json").exists()


def test_old_models_go_and_the_live_one_stays(folder: Path) -> None:
    first = trained(folder, "0")
    shelf.put_live(folder, first)
    shelf.pin(folder, first)
    for number in range(1, shelf.KEPT + 3):
        trained(folder, str(number))
    shelf.put_live(folder, first)
    names = [one.name for one in shelf.models(folder)]
    assert len(names) == shelf.KEPT
    assert first in names
    assert len(list((folder / "kept").iterdir())) == 2 * shelf.KEPT


def test_a_pin_holds_until_another_is_put_live(folder: Path) -> None:
    first, second = trained(folder, "a"), trained(folder, "b")
    shelf.put_live(folder, first)
    assert not shelf.is_pinned(folder)
    shelf.pin(folder, first)
    assert shelf.is_pinned(folder)
    shelf.put_live(folder, second)
    assert not shelf.is_pinned(folder)


def test_figures_are_noted(folder: Path) -> None:
    name = trained(folder, "a")
    shelf.note_figures(folder, name, {"accuracy": 0.9})
    assert shelf.models(folder)[0].figures == {"accuracy": 0.9}
    with pytest.raises(ShelfError):
        shelf.note_figures(folder, "nothing", {})
    (folder / "kept" / f"{name}.json").write_text("{")
    assert shelf.models(folder) == []

"""The models that were trained: each kept with a manifest, one of them live.

    models/kept/NAME.tar.gz, models/kept/NAME.json    the archive and its manifest
    models/firststep.tar.gz -> kept/NAME.tar.gz       the live one; the link is replaced in one rename
    models/pinned                                     the name of a model that was put back by hand

A model archive is code that is run: before one goes live it must be byte for byte what was trained (SHA-256).
"""

import hashlib
import json
import os
import tempfile
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

NAME = "firststep"
SUFFIX = ".tar.gz"
KEPT = 10
"""Models kept; older ones go when a new one comes, the live one never."""


class ShelfError(ValueError):
    """There is no such model, or it is not what was trained; the message says which."""


@dataclass(frozen=True)
class Manifest:
    """What is known of a model. `inputs`: hash of what it was made from; `figures`: as measured, when it was."""

    name: str
    trained_at: str
    """ISO 8601, UTC."""
    inputs: str
    sha256: str
    note: str = ""
    figures: dict[str, Any] = field(default_factory=dict)


def live_file(folder: Path) -> Path:
    """The path under which the engine finds the live model."""
    return folder / f"{NAME}{SUFFIX}"


def manifest_file(folder: Path) -> Path:
    """The live model's manifest; of a model from before there were any, the record of its inputs."""
    live = live_file(folder)
    return _manifest_of(live.resolve()) if live.is_symlink() else folder / f"{NAME}.inputs.json"


def archive(folder: Path, name: str) -> Path:
    """The archive of the model with this name. Raises ShelfError when there is none."""
    path = folder / "kept" / f"{name}{SUFFIX}"
    if Path(name).name != name or not path.is_file():
        raise ShelfError(f"there is no model {name}; see: firststep models list")
    return path


def models(folder: Path) -> list[Manifest]:
    """All models, the newest first. A manifest that cannot be read leaves its model out."""
    found = [_read(path) for path in (folder / "kept").glob("*.json")]
    return sorted((one for one in found if one is not None), key=lambda one: (one.trained_at, one.name), reverse=True)


def live_name(folder: Path) -> str | None:
    """The name of the live model; None when there is none, or none that is kept with a manifest."""
    live = live_file(folder)
    return live.resolve().name.removesuffix(SUFFIX) if live.is_symlink() and live.is_file() else None


def add(folder: Path, trained: Path, inputs: str, note: str = "", figures: dict[str, Any] | None = None) -> Manifest:
    """Take a trained archive onto the shelf (it is moved; the same file system), not live yet."""
    _take_in(folder)
    moment = datetime.now(UTC)
    return _place(folder, trained, moment, inputs, note, figures or {}, keep_source=False)


def put_live(folder: Path, name: str) -> Manifest:
    """Make this model the live one, in one rename: who opens the live file sees the old one or the new one, whole.

    Raises ShelfError when there is none of that name, or its archive is not the one that was trained.
    """
    _take_in(folder)
    path = archive(folder, name)
    manifest = _read(_manifest_of(path))
    if manifest is None or _sha256(path) != manifest.sha256:
        raise ShelfError(f"the model {name} is not the one that was trained (its checksum differs); it was not used")
    with tempfile.TemporaryDirectory(dir=folder, prefix=".switch-") as scratch:
        link = Path(scratch) / "live"
        link.symlink_to(Path("kept") / path.name)
        os.replace(link, live_file(folder))
    (folder / f"{NAME}.inputs.json").unlink(missing_ok=True)
    _prune(folder)
    return manifest


def pin(folder: Path, name: str) -> None:
    """Keep this model live although its inputs have changed, until another one is put live."""
    _write(folder / "pinned", name)


def is_pinned(folder: Path) -> bool:
    """Whether the live model was put back by hand."""
    try:
        return (folder / "pinned").read_text().strip() == live_name(folder) is not None
    except OSError:
        return False


def note_figures(folder: Path, name: str, figures: dict[str, Any]) -> None:
    """Write down what was measured of this model. Raises ShelfError when there is none of that name."""
    path = _manifest_of(archive(folder, name))
    manifest = _read(path)
    if manifest is None:
        raise ShelfError(f"the manifest of the model {name} cannot be read")
    _write(path, json.dumps(asdict(manifest) | {"figures": figures}, indent=2))


def _take_in(folder: Path) -> None:
    """Give a live model from before there was a shelf its place on it."""
    live = live_file(folder)
    if live.is_symlink() or not live.is_file():
        return
    try:
        inputs = str(json.loads((folder / f"{NAME}.inputs.json").read_text())["inputs"])
    except (OSError, ValueError, KeyError, TypeError):
        inputs = ""
    moment = datetime.fromtimestamp(live.stat().st_mtime, UTC)
    kept = [one for one in models(folder) if one.sha256 == _sha256(live)]
    name = (kept[0] if kept else _place(folder, live, moment, inputs, "", {}, keep_source=True)).name
    with tempfile.TemporaryDirectory(dir=folder, prefix=".switch-") as scratch:
        link = Path(scratch) / "live"
        link.symlink_to(Path("kept") / f"{name}{SUFFIX}")
        os.replace(link, live)
    (folder / f"{NAME}.inputs.json").unlink(missing_ok=True)


def _place(
    folder: Path,
    source: Path,
    moment: datetime,
    inputs: str,
    note: str,
    figures: dict[str, Any],
    *,
    keep_source: bool,
) -> Manifest:
    kept = folder / "kept"
    kept.mkdir(parents=True, exist_ok=True)
    plain = f"{moment:%Y%m%d-%H%M%S}"
    name, number = plain, 2
    while (kept / f"{name}{SUFFIX}").exists():
        name, number = f"{plain}-{number}", number + 1
    manifest = Manifest(name, moment.isoformat(timespec="seconds"), inputs, _sha256(source), note, figures)
    target = kept / f"{name}{SUFFIX}"
    if keep_source:
        os.link(source, target)
    else:
        os.replace(source, target)
    _write(_manifest_of(target), json.dumps(asdict(manifest), indent=2))
    return manifest


def _prune(folder: Path) -> None:
    live = live_name(folder)
    for old in [one for one in models(folder) if one.name != live][KEPT - 1 :]:
        path = folder / "kept" / f"{old.name}{SUFFIX}"
        path.unlink(missing_ok=True)
        _manifest_of(path).unlink(missing_ok=True)


def _manifest_of(path: Path) -> Path:
    return path.with_name(path.name.removesuffix(SUFFIX) + ".json")


def _read(path: Path) -> Manifest | None:
    try:
        return Manifest(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _write(path: Path, text: str) -> None:
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    scratch.write_text(text + "\n", encoding="utf-8")
    os.replace(scratch, path)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

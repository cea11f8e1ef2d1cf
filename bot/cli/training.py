"""The live model and what it was made from: is it there, is it fresh, make it (bot.learning.shelf keeps the models)."""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from bot.cli.errors import OperatorError
from bot.learning import shelf

MODELS = Path("models")
INPUTS = ("config.yml", "domain.yml", "data", "bot/nlu", "bot/safety", "bot/engine/policy.py")
ABOUT = "one to two minutes the first time"


def model_file() -> Path:
    """The model that `train` makes and `serve` loads."""
    return shelf.live_file(MODELS)


def record_file() -> Path:
    """Where the hash of the live model's inputs is kept."""
    return shelf.manifest_file(MODELS)


def inputs_hash(root: Path = Path()) -> str:
    """SHA-256 over everything a model is made from and the version of rasa. Raises OperatorError without config.yml."""
    if not (root / "config.yml").is_file():
        raise OperatorError("config.yml is not here; run this in the project's folder")
    digest = hashlib.sha256(version("rasa").encode())
    for name in INPUTS:
        path = root / name
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(f"\0{file.relative_to(root).as_posix()}\0".encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()


def why_train() -> str | None:
    """Why the model must be made, as words that follow "training the model:"; None when it is fresh, or put back by
    hand."""
    if not model_file().is_file():
        return "there is none yet"
    if shelf.is_pinned(MODELS):
        return None
    try:
        made_from = json.loads(record_file().read_text())["inputs"]
    except (OSError, ValueError, KeyError, TypeError):
        return "it is not known what the one that is there was made from"
    return None if made_from == inputs_hash() else "what it is made from has changed"


def train_command(folder: str) -> list[str]:
    """Arguments, after `python -m`, that train into this folder."""
    return ["bot.engine.training", "--fixed-model-name", shelf.NAME, "--out", folder]


HUGE_PAGES = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
"""The C library asks for huge pages: the encoder reads ten megabytes of weights a run, and spends a quarter of its
time on looking up small ones. To be set before a process starts; without effect where Linux never gives such pages."""
ENGINE = HUGE_PAGES | {"OPENBLAS_NUM_THREADS": "1"}
"""For the process that reads messages: a single message's products are so small that a second thread of numpy's only
waits, and takes a sixth of the processor time of a message doing so."""


def training_environment() -> dict[str, str]:
    """The environment for Rasa's own commands: nothing is reported to anybody, and TensorFlow is quiet."""
    quiet = {
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "-1",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "PYTHONWARNINGS": "ignore",
    }
    return HUGE_PAGES | os.environ | quiet


def new_folder() -> tempfile.TemporaryDirectory[str]:
    """A folder beside the model to train into, so that a half-made model never takes the place of a whole one."""
    MODELS.mkdir(exist_ok=True)
    return tempfile.TemporaryDirectory(dir=MODELS, prefix=".training-")


def take(folder: str, made_from: str, note: str = "") -> shelf.Manifest:
    """Keep the model trained in `folder`, not live yet. Raises OperatorError when there is none."""
    trained = Path(folder) / model_file().name
    if not trained.is_file():
        raise OperatorError("the training ended without a model; its messages above say why")
    return shelf.add(MODELS, trained, made_from, note)


def adopt(folder: str, made_from: str) -> None:
    """Put the model trained in `folder` live. Raises OperatorError when there is none."""
    shelf.put_live(MODELS, take(folder, made_from).name)


def train() -> Path:
    """Train now, showing Rasa's own output, and give the model's path. Raises OperatorError."""
    made_from = inputs_hash()
    with new_folder() as folder:
        command = [sys.executable, "-m", *train_command(folder)]
        done = subprocess.run(command, env=training_environment(), check=False)  # noqa: S603  (our own command)
        if done.returncode != 0:
            raise OperatorError("the training failed; its messages above say why")
        adopt(folder, made_from)
    return model_file()

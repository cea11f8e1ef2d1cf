"""The sentence encoder: all-MiniLM-L6-v2 in int8 on onnxruntime, built once a machine from the pinned weights.

There are two: the original, for likeness in general (near-duplicates, public benchmarks), and the one whose upper
layers are tuned to this project's messages (bot.nlu.tuned), with which visitors are understood.

What the build leaves (10 MB of graph, 23 MB of word vectors that are memory-mapped, so shared by all processes) lies
in a cache
folder named after the weights and the build's version; a model archive holds none of it.
"""

import os
import tempfile
from functools import lru_cache
from pathlib import Path

import numpy as np
import onnxruntime

from bot.nlu import tuned
from bot.nlu.onnx_graph import build
from bot.nlu.weights import SHA256, WIDTH, Array, load_tensors, weight_files
from bot.nlu.wordpiece import WordPiece

MAX_TOKENS = 128
_BUILD = 2  # raise when the graph or the layout of the cache changes
BUILD_NAME = f"minilm-{SHA256['model.safetensors'][:12]}-v{_BUILD}"
"""Names the weights and the build; the same name gives the same vectors on one machine."""
_FILES = ("encoder.onnx", "words.npy", "positions.npy", "vocab.txt")


def cache_folder() -> Path:
    """Where the built encoder is kept: XDG_CACHE_HOME or ~/.cache, else the temporary folder when that cannot be
    written."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    try:
        base.mkdir(parents=True, exist_ok=True)
        usable = os.access(base, os.W_OK)
    except OSError:
        usable = False
    return (base if usable else Path(tempfile.gettempdir())) / "first-step"


def tuned_name() -> str:
    """Names the build of the tuned encoder: other weights, other name."""
    return f"{BUILD_NAME}-tuned-{tuned.digest()[:12]}"


def ensure_built(cache: Path, with_tuning: bool = False) -> Path:
    """The folder with the encoder's files, built when missing; safe when several processes do it at once.

    Raises WeightsError when the weights are absent or altered.
    """
    target = cache / (tuned_name() if with_tuning else BUILD_NAME)
    if all((target / name).is_file() for name in _FILES):
        return target
    files = weight_files()
    tensors = load_tensors(files.tensors) | (tuned.load() if with_tuning else {})
    target.mkdir(parents=True, exist_ok=True)
    positions = (
        tensors["embeddings.position_embeddings.weight"][:MAX_TOKENS]
        + tensors["embeddings.token_type_embeddings.weight"][0]
    )
    with tempfile.TemporaryDirectory(dir=cache) as scratch:
        folder = Path(scratch)
        (folder / "encoder.onnx").write_bytes(build(tensors))
        np.save(folder / "words.npy", tensors["embeddings.word_embeddings.weight"].astype(np.float16))
        np.save(folder / "positions.npy", positions.astype(np.float32))
        (folder / "vocab.txt").write_bytes(files.vocabulary.read_bytes())
        for name in _FILES:  # a rename is atomic: another process sees a whole file or none
            (folder / name).replace(target / name)
    return target


class Encoder:
    """Turns one sentence into numbers: its meaning (384, length 1), and with that how it is put (another 384)."""

    def __init__(self, folder: Path) -> None:
        """Open the built files of `ensure_built`."""
        self.name = folder.name
        """Names the weights and the build."""
        self.word_pieces = WordPiece.from_file(folder / "vocab.txt")
        self._words = np.load(folder / "words.npy", mmap_mode="r")
        self._positions: Array = np.load(folder / "positions.npy")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(
            str(folder / "encoder.onnx"), options, providers=["CPUExecutionProvider"]
        )

    def embeddings(self, text: str) -> Array:
        """What the transformer is fed with: [1, tokens, 384], at most 128 tokens."""
        numbers = self.word_pieces.encode(text, MAX_TOKENS)
        vectors = self._words[numbers].astype(np.float32) + self._positions[: len(numbers)]
        return np.asarray(vectors[np.newaxis], dtype=np.float32)

    def encode(self, text: str) -> Array:
        """The sentence's vector, float32, length 1."""
        vector: Array = self.describe(text)[:WIDTH]
        return vector

    def describe(self, text: str) -> Array:
        """What the classifier sees, float32: the sentence's vector, then that of a middle layer, each of length 1."""
        parts = self._session.run(["pooled", "middle"], {"embeddings": self.embeddings(text)})
        unit = [part[0] / max(float(np.linalg.norm(part[0])), 1e-9) for part in parts]
        described: Array = np.concatenate(unit).astype(np.float32)
        return described

    def encode_all(self, texts: list[str]) -> Array:
        """One row a text, each encoded on its own: activations are scaled by call, so a batch would change the
        vectors."""
        if not texts:
            return np.zeros((0, WIDTH), dtype=np.float32)
        return np.stack([self.encode(text) for text in texts])

    def describe_all(self, texts: list[str]) -> Array:
        """One row a text, as `describe` gives it."""
        if not texts:
            return np.zeros((0, 2 * WIDTH), dtype=np.float32)
        return np.stack([self.describe(text) for text in texts])


@lru_cache(maxsize=1)
def shared_encoder() -> Encoder:
    """The process's one original encoder, opened (and on a new machine built) at first use."""
    return Encoder(ensure_built(cache_folder()))


@lru_cache(maxsize=1)
def tuned_encoder() -> Encoder:
    """The process's one encoder tuned to our messages, opened (and on a new machine built) at first use."""
    return Encoder(ensure_built(cache_folder(), with_tuning=True))


@lru_cache(maxsize=1)
def shared_vocabulary() -> tuple[str, ...]:
    """The encoders' word pieces, most frequent first; read without opening an encoder."""
    folder = ensure_built(cache_folder(), with_tuning=True)
    return tuple((folder / "vocab.txt").read_text(encoding="utf-8").split("\n")[:-1])

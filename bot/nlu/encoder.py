"""The sentence encoder: all-MiniLM-L6-v2 in int8 on onnxruntime, built once a machine from the pinned weights.

There are two: the original, for likeness in general (near-duplicates, public benchmarks), and the one whose upper
layers are tuned to this project's messages (bot.nlu.tuned), with which visitors are understood.

What the build leaves (10 MB of graph, 23 MB of word vectors of which the few that a text needs are read from the
system's file cache, so shared by all processes) lies in a cache folder named after the weights and the build's
version; a model archive holds none of it.
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
_BUILD = 4  # raise when the graph or the layout of the cache changes
BUILD_NAME = f"minilm-{SHA256['model.safetensors'][:12]}-v{_BUILD}"
"""Names the weights and the build; the same name gives the same vectors on one machine."""
_ROW = 2 * WIDTH  # bytes of a word's vector
_APART, _SQUARE = np.float32(-1e9), np.float32(1e-18)
_FILES = ("encoder.onnx", "words.f16", "positions.npy", "vocab.txt")


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
        tensors["embeddings.word_embeddings.weight"].astype(np.float16).tofile(folder / "words.f16")
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
        # Read by row: of a mapped file, Linux counts sixteen pages for each one that is touched.
        self._words = (folder / "words.f16").open("rb", buffering=0)
        self._row = lru_cache(maxsize=4096)(self._read)
        self._positions: Array = np.load(folder / "positions.npy")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        # Weights are packed anew for the CPU; outside of an arena what they were read into is given back: 7 MB.
        options.enable_cpu_mem_arena = False
        options.add_session_config_entry("session.use_device_allocator_for_initializers", "1")
        # Fused with the sum before it, the norm takes four times as long on the CPU: a fifth of the whole run.
        self._session = onnxruntime.InferenceSession(
            str(folder / "encoder.onnx"),
            options,
            providers=["CPUExecutionProvider"],
            disabled_optimizers=["SkipLayerNormFusion"],
        )

    def _read(self, number: int) -> bytes:
        return os.pread(self._words.fileno(), _ROW, number * _ROW)

    def _embeddings(self, numbers: list[int]) -> Array:
        """What the transformer is fed with for one text: [tokens, 384]."""
        words = np.frombuffer(b"".join(map(self._row, numbers)), dtype=np.float16).reshape(len(numbers), WIDTH)
        embeddings: Array = words + self._positions[: len(numbers)]
        return embeddings

    def encode(self, text: str) -> Array:
        """The sentence's vector, float32, length 1."""
        vector: Array = self.describe(text)[:WIDTH]
        return vector

    def describe(self, text: str) -> Array:
        """What the classifier sees, float32: the sentence's vector, then that of a middle layer, each of length 1."""
        row: Array = self._run([self.word_pieces.encode(text, MAX_TOKENS)])[0]
        return row

    def describe_together(self, texts: list[str]) -> Array:
        """One row a text, as `describe` gives it but for rounding: for the texts of one message, which cost little
        more than the longest of them alone."""
        rows: list[Array] = []
        group: list[list[int]] = []
        for numbers in (self.word_pieces.encode(text, MAX_TOKENS) for text in texts):
            if group and sum(map(len, group)) + len(numbers) > MAX_TOKENS:
                rows.append(self._run(group))
                group = []
            group.append(numbers)
        return np.concatenate([*rows, self._run(group)]) if group else np.zeros((0, 2 * WIDTH), dtype=np.float32)

    def _run(self, group: list[list[int]]) -> Array:
        lengths = [len(numbers) for numbers in group]
        mine = np.repeat(np.arange(len(group)), lengths)
        shares = (mine == np.arange(len(group))[:, np.newaxis]) / np.array(lengths)[:, np.newaxis]
        fed = {
            "embeddings": np.concatenate([self._embeddings(numbers) for numbers in group])[np.newaxis],
            "apart": np.where(mine == mine[:, np.newaxis], np.float32(0), _APART)[np.newaxis, np.newaxis],
            "shares": shares.astype(np.float32),
        }
        parts = [part[0] for part in self._session.run(["pooled", "middle"], fed)]
        unit = [part / np.sqrt(np.maximum((part * part).sum(axis=1, keepdims=True), _SQUARE)) for part in parts]
        return np.concatenate(unit, axis=1)

    def encode_all(self, texts: list[str]) -> Array:
        """One row a text, each encoded on its own: together they would differ by rounding (bot.nlu.onnx_graph)."""
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

"""The training texts' vectors, kept on disk from one training to the next, and worked out on all cores.

A text is kept by its SHA-256, so the file holds no words. A file that cannot be read is left out of account: the
vectors are worked out again.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from bot.nlu.encoder import Encoder
from bot.nlu.weights import WIDTH, Array

MOST = 60_000
"""Vectors kept at most: 180 MB."""


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _read(file: Path) -> dict[bytes, Array]:
    try:
        with np.load(file, allow_pickle=False) as data:
            keys, rows = data["keys"], data["rows"]
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return {}
    if keys.ndim != 2 or rows.shape != (len(keys), 2 * WIDTH) or not np.isfinite(rows).all():
        return {}
    return {key.tobytes(): row for key, row in zip(keys, rows, strict=True)}


def _write(file: Path, kept: dict[bytes, Array]) -> None:
    keys = np.frombuffer(b"".join(kept), dtype=np.uint8).reshape(len(kept), -1)
    with tempfile.NamedTemporaryFile(dir=file.parent, suffix=".npz", delete=False) as scratch:
        np.savez(scratch, keys=keys, rows=np.stack(list(kept.values())))
    os.replace(scratch.name, file)


def describe_all(encoder: Encoder, texts: list[str], cache: Path) -> Array:
    """What `Encoder.describe` gives of each text, one row each; from the cache folder what is known there.

    A folder that cannot be written is no error: the vectors are then not kept.
    """
    if not texts:
        return np.zeros((0, 2 * WIDTH), dtype=np.float32)
    file = cache / f"vectors-{encoder.name}.npz"
    known = _read(file)
    keys = [_key(text) for text in texts]
    unknown = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
    if unknown:
        with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:  # onnxruntime lets go of the interpreter's lock
            known.update(zip(unknown, pool.map(encoder.describe, unknown.values()), strict=True))
        used = {key: known[key] for key in keys}
        others = {key: row for key, row in known.items() if key not in used}
        kept = dict([*others.items(), *used.items()][-MOST:])
        try:
            cache.mkdir(parents=True, exist_ok=True)
            _write(file, kept)
        except OSError:
            pass  # next time they are worked out again
    return np.stack([known[key] for key in keys])

"""What Rasa does not see of a component: the code and the rules behind it.

Rasa keeps trained components by their configuration, their data and the source of their class alone. Ours lean on other
modules, on the safety rules and on the weights of the encoder; with another version of those they must be trained anew.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

import bot.safety
from bot.nlu import tuned

_KINDS = (".py", ".yml")


@lru_cache(maxsize=1)
def code_digest() -> str:
    """SHA-256 over the code and data files of bot/nlu and bot/safety and the name of the encoder's weights."""
    digest = hashlib.sha256(tuned.digest().encode())
    for folder in (Path(__file__).parent, Path(str(bot.safety.__file__)).parent):
        for file in sorted(path for path in folder.rglob("*") if path.suffix in _KINDS):
            digest.update(f"\0{file.relative_to(folder).as_posix()}\0".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()

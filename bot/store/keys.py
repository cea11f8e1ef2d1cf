"""One secret, a key for each purpose.

The secret comes from FIRSTSTEP_SECRET_KEY or is made on first start and kept in the data folder (mode 0600).
Keys are derived with HKDF-SHA256 (RFC 5869), so that the key which signs links can never decrypt a transcript.
"""

import base64
import contextlib
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.settings import Settings, SettingsError, settings

MINIMUM_LENGTH = 32


@dataclass(frozen=True)
class Keys:
    """The master secret; every method derives, none stores."""

    secret: bytes

    def derive(self, purpose: str) -> bytes:
        """32 bytes that belong to this purpose alone."""
        return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose.encode()).derive(self.secret)

    def token(self, purpose: str) -> str:
        """A URL-safe text form of `derive`, for bearer tokens between our own processes and for signers."""
        return base64.urlsafe_b64encode(self.derive(purpose)).decode().rstrip("=")

    def fernet(self) -> Fernet:
        """The cipher for personal data at rest."""
        return Fernet(base64.urlsafe_b64encode(self.derive("at-rest")))

    def blind_index(self, value: str) -> str:
        """A keyed hash (hex) by which an encrypted value, such as a phone number, can be looked up."""
        return hmac.new(self.derive("blind-index"), value.encode(), hashlib.sha256).hexdigest()


def read_or_make_secret(path: Path) -> str:
    """The secret in `path`; made there, readable by its owner only, when the file is absent.

    Two processes that start together agree: the file is created exclusively, and the loser reads the winner's.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    candidate = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(candidate, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):
            os.link(candidate, path)
    finally:
        candidate.unlink()
    return path.read_text().strip()


def keys_for(config: Settings) -> Keys:
    """Keys of these settings. Raises SettingsError when the given secret is too short to be one."""
    text = config.secret_key or read_or_make_secret(config.data_dir / "secret.key")
    if len(text) < MINIMUM_LENGTH:
        raise SettingsError(
            f"FIRSTSTEP_SECRET_KEY is shorter than {MINIMUM_LENGTH} characters; "
            "make one with: python -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    return Keys(text.encode())


@lru_cache(maxsize=1)
def load_keys() -> Keys:
    """The process's keys, read once."""
    return keys_for(settings())

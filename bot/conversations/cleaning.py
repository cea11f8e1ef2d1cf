"""Normal form of what a visitor types."""

import re
import unicodedata

MAX_CHARACTERS = 2000
_INVISIBLE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")


def clean(text: str) -> str:
    """NFC, without control characters, direction overrides and lone surrogates; line ends alike, spaces trimmed."""
    text = text.encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    text = "".join(
        character if character == "\n" or unicodedata.category(character) not in ("Cc", "Co", "Cn") else " "
        for character in text
    )
    text = re.sub(r"[^\S\n]+", " ", text)
    return re.sub(r" ?\n ?", "\n", re.sub(r"\n{3,}", "\n\n", text)).strip()

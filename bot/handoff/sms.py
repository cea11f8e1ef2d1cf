"""Text for SMS: the GSM-7 alphabet and the length that one text of ours may have."""

import re
import unicodedata

LIMIT = 320
"""Characters in one text of ours: two segments and a bit of the carriers' counting."""
GSM7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The basic set only: characters of the extension table count double and are not used."""
_PLAIN = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "•": "-", "\u00a0": " "}
)


def gsm7(text: str) -> str:
    """The text in the GSM-7 alphabet: typographic signs made plain, other accents dropped, the rest left out."""
    out: list[str] = []
    for character in text.translate(_PLAIN):
        if character in GSM7:
            out.append(character)
        else:
            out.extend(part for part in unicodedata.normalize("NFKD", character) if part in GSM7)
    return "".join(out)


def texts(text: str, limit: int = LIMIT) -> list[str]:
    """The text as SMS messages of at most `limit` GSM-7 characters, parted between sentences, else between words."""
    pieces: list[str] = []
    for sentence in re.split(r"(?<=[.?!:])\s+", gsm7(text).strip()):
        pieces += [sentence] if len(sentence) <= limit else sentence.split()
    out: list[str] = []
    for piece in pieces:
        while len(piece) > limit:  # a single word that no text can hold
            out.append(piece[:limit])
            piece = piece[limit:]
        if out and len(out[-1]) + 1 + len(piece) <= limit:
            out[-1] = f"{out[-1]} {piece}"
        else:
            out.append(piece)
    return out

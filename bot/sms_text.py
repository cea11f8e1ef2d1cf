"""Text for SMS: the GSM-7 alphabet (3GPP TS 23.038), length, and parts of a bounded length."""

import re
import unicodedata

LIMIT = 320
"""Characters of one text of ours; Twilio advises against more."""
GSM7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The basic set; the characters of EXTENDED may be sent too, but each counts twice: our own texts avoid them."""
EXTENDED = frozenset("^{}\\[~]|\u20ac")
PLAIN = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201a": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u201e": '"',
        "\u2013": "-",
        "\u2014": "-",
        "\u2212": "-",
        "\u2011": "-",
        "\u2026": "...",
        "\u2022": "-",
        "\u00a0": " ",
        "\t": " ",
        "`": "'",
        "[": "(",
        "]": ")",
        "{": "(",
        "}": ")",
        "|": "/",
        "~": "-",
        "\u20ac": "EUR ",
    }
)
BOLD = re.compile(r"\*\*(.+?)\*\*")


def gsm7(text: str) -> str:
    """The text in the basic GSM-7 alphabet: typographic signs plain, other accents dropped, anything else left out."""
    plain = BOLD.sub(r"\1", text).translate(PLAIN)
    kept = (
        character
        if character in GSM7
        else "".join(part for part in unicodedata.normalize("NFKD", character) if part in GSM7)
        for character in plain
    )
    return "".join(kept)


def parts(text: str, limit: int = LIMIT) -> list[str]:
    """The text as messages of at most `limit` characters, broken after a paragraph, a sentence or a word."""
    rest = gsm7(text).strip()
    out: list[str] = []
    while len(rest) > limit:
        window = rest[: limit + 1]
        cut = max(window.rfind("\n\n"), *(window.rfind(mark) + 1 for mark in (". ", "? ", "! ", ".\n", ":\n")))
        if cut < limit // 3:
            cut = max(window.rfind("\n"), window.rfind(" "))
        if cut <= 0:
            cut = limit
        out.append(rest[:cut].strip())
        rest = rest[cut:].strip()
    return [*out, rest] if rest else out


def length(text: str) -> int:
    """Length in GSM-7 septets: characters of the extension table count twice."""
    return sum(2 if character in EXTENDED else 1 for character in text)


def outside(text: str) -> str:
    """The characters that would turn an SMS into UCS-2, each once."""
    return "".join(sorted(set(text) - GSM7 - EXTENDED))

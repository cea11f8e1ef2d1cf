"""Text for SMS: the GSM-7 alphabet, parts of a bounded length, and choices as one numbered list."""

import re
import unicodedata

LIMIT = 320
"""Characters of one text of ours; Twilio advises against more."""
BASIC = frozenset(
    "@£$¥èéùìòÇ\nØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The basic set only: characters of the extension table (such as the euro sign) count double."""
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
        if character in BASIC
        else "".join(part for part in unicodedata.normalize("NFKD", character) if part in BASIC)
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


def with_choices(text: str, titles: list[str], limit: int = LIMIT) -> list[str]:
    """The text and its choices as a numbered list: in the same message when they fit, else in one of their own."""
    messages = parts(text, limit)
    if not titles:
        return messages
    listed = gsm7("\n".join(f"{number} {title}" for number, title in enumerate(titles, 1)) + "\nReply with a number.")
    if messages and len(messages[-1]) + 1 + len(listed) <= limit:
        messages[-1] = f"{messages[-1]}\n{listed}"
        return messages
    return [*messages, *parts(listed, limit)]

"""An emergency told in pieces: short messages right after one another are also read as one.

People in distress send "i am going to" and "kill myself tonight" as two messages; neither need alarm by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.safety.assessment import Assessment
from bot.safety.judge import assess

#: A piece has at most so many words: a longer message speaks for itself.
PIECE = 8
#: The message that ends them may be longer.
LAST = 20
PIECES = 3
"""How many pieces before a message are read with it."""
TOGETHER = "together"
SURE_TOGETHER = 0.9


def is_piece(text: str) -> bool:
    """Whether a message may be the beginning of one that is told in pieces: a few words, and no question."""
    return 0 < len(text.split()) <= PIECE and "?" not in text and not text.startswith("/")


def joined(text: str, before: Sequence[str]) -> str | None:
    """The message read as one with the pieces `before` it (oldest first); None where there is nothing to join."""
    pieces = [piece.strip() for piece in before[-PIECES:] if is_piece(piece)]
    if not pieces or not text.strip() or text.startswith("/") or len(text.split()) > LAST:
        return None
    return " ".join([*pieces, text.strip()])


def worse_together(alone: Assessment, whole: Assessment, before: Sequence[str]) -> Assessment:
    """The whole's assessment where only the two together are an emergency, else the message's own.

    Two sentences that do not belong together often sound worse than they are, so the classifier alone has to be sure.
    """
    alone_said = whole.evidence[:1] and whole.evidence[0].startswith("classifier:")
    if alone_said and (whole.danger or 0.0) < SURE_TOGETHER:
        return alone
    earlier = assess(" ".join(before[-PIECES:]))
    if whole.level != "emergency" or "emergency" in (alone.level, earlier.level):
        return alone
    return replace(whole, evidence=(TOGETHER, *whole.evidence))


def assess_together(text: str, before: Sequence[str] = ()) -> Assessment:
    """`assess` by the rules, with the pieces that came before the message (oldest first)."""
    alone = assess(text)
    whole = joined(text, before) if alone.level != "emergency" else None
    return alone if whole is None else worse_together(alone, assess(whole), before)

"""The shape of a composed answer, and the helpers that keep it short, plain and sendable as a text message."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import phonenumbers

from bot.program.fields import cents
from bot.sms_text import gsm7

SMS_LIMIT = 235
"""Characters: what 320 leave when the dialogue adds its offer."""
NOT_A_QUOTE = "This is arithmetic, not a quote or a promise."
MOST_POINTS = 3


@dataclass(frozen=True)
class Answer:
    """An answer for both channels.

    `found` is False when the program's data does not hold what was asked; the texts then say so and how to find out.
    `next_step` is one sentence; `web` ends with it, and so does `sms` when there is room.
    """

    web: str
    sms: str
    found: bool
    next_step: str


def compose(
    lead: str,
    points: Sequence[str] = (),
    *,
    sms: Sequence[str],
    next_step: str,
    notes: Sequence[str] = (),
    found: bool = True,
) -> Answer:
    """An answer from its parts: a first sentence, points (each a line behind a dash), notes, the next step.

    `sms` holds sentences, the most important first; those that fit are sent, in this order.
    """
    lines = [lead, *(f"- {point}" for point in points), " ".join(note for note in notes if note), next_step]
    return Answer("\n".join(line for line in lines if line), text_message([*sms, next_step]), found, next_step)


def text_message(sentences: Sequence[str], limit: int = SMS_LIMIT) -> str:
    """The sentences that fit into `limit` characters, in GSM-7; the first is always there, cut at a word if need be."""
    cleaned = list(dict.fromkeys(clean for sentence in sentences if (clean := " ".join(gsm7(sentence).split()))))
    text = cleaned[0] if cleaned else ""
    if len(text) > limit:
        text = text[: limit - 3].rsplit(" ", 1)[0].rstrip(" ,;:.") + "..."
    for sentence in cleaned[1:]:
        if len(text) + 1 + len(sentence) <= limit:
            text = f"{text} {sentence}"
    return text


def dollars(amount: Decimal) -> str:
    """A sum as people write it: "$1,288", "$1,288.50"."""
    exact = cents(amount)
    return f"${exact:,.0f}" if exact == exact.to_integral_value() else f"${exact:,.2f}"


def percent(number: Decimal) -> str:
    """A percentage without useless zeros: "20%", "12.5%"."""
    text = f"{number:f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text}%"


def checked(what: str, *dates: date) -> str:
    """Where figures come from: "From our price list, checked 2026-11-01."; the oldest date of several."""
    return f"From {what}, checked {min(dates).isoformat()}." if dates else f"From {what}."


def sentence(text: str) -> str:
    """The text with a full stop, unless it ends as a sentence already."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


def phone_text(number: str) -> str:
    """An E.164 number as people write it: "(503) 555-0140"; other countries keep their code."""
    parsed = phonenumbers.parse(number)
    style = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(parsed, style.NATIONAL if parsed.country_code == 1 else style.INTERNATIONAL)


def capital(text: str) -> str:
    """The text with its first letter large, the rest untouched."""
    return text[:1].upper() + text[1:]

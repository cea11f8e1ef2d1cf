"""What hides a person on the screen: the shapes that bot.conversations.redact knows, and what is known of this person.

A bare first name has no shape. It is hidden because a lead holds it, or because it answers the question for a name.
"""

import re
from collections.abc import Iterable
from typing import Any

from bot.conversations import redact

ASKS_NAME = re.compile(r"\b(?:first name|your name|name should we use|what name)\b", re.IGNORECASE)
"""How our own texts ask for a name (domain.yml, utter_ask_contact_name)."""
LEAD_IN = re.compile(
    r"^(?:(?:hi|hello|hey|sure|okay|ok|yes|well|it'?s|i'?m|i am|my name(?:'?s| is)|call me|this is|just)\b[\s,.!]*)+",
    re.IGNORECASE,
)
LONGEST_NAME = 3
"""Words. A longer answer to the question for a name is no name."""
NOT_NAMES = frozenset(
    ("skip", "no", "none", "pass", "why", "stop", "cancel", "yes", "ok", "okay", "nobody", "anonymous", "help")
)
PERSONAL = {"phone": "[phone]", "email": "[email]", "zip": "[zip]"}
"""Entities whose value is a personal detail by itself."""


class Mask:
    """Hides personal details in everything that is shown of one conversation or lead."""

    def __init__(self, known: Iterable[str | None] = ()) -> None:
        values = sorted({value.strip() for value in known if value and len(value.strip()) > 1}, key=len, reverse=True)
        self._known = (
            re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, values))})(?!\w)", re.IGNORECASE) if values else None
        )

    def text(self, text: str) -> str:
        """The text without personal details."""
        return self._known.sub("[name]", redact(text)) if self._known else redact(text)

    def entity(self, entity: dict[str, Any]) -> str:
        """The value of an entity, or what stands for it."""
        return PERSONAL.get(str(entity.get("entity")), self.text(plain(entity.get("value"))))


class Open(Mask):
    """Hides nothing: for who has unmasked."""

    def text(self, text: str) -> str:
        """The text as it is."""
        return text

    def entity(self, entity: dict[str, Any]) -> str:
        """The value as it is."""
        return plain(entity.get("value"))


def names_in(turns: Iterable[tuple[str, str]]) -> list[str]:
    """Names that the visitor gave when asked for one; `turns` are pairs of author and text, in order."""
    found, asked = [], False
    for author, text in turns:
        if author == "visitor":
            name = given_name(text) if asked else None
            if name:
                found.append(name)
            asked = False
        else:
            asked = bool(ASKS_NAME.search(text))
    return found


def given_name(text: str) -> str | None:
    """The name in an answer to the question for one: "it's Riley" gives "Riley". None when it holds none."""
    name = LEAD_IN.sub("", text.strip()).strip(" .,!")
    words = name.split()
    if not words or len(words) > LONGEST_NAME or "?" in name or words[0].casefold() in NOT_NAMES:
        return None
    return name


def plain(value: Any) -> str:
    """An entity's value as one reads it: {"value": 8, "unit": "week"} is "value 8, unit week"."""
    if isinstance(value, dict):
        return ", ".join(f"{key} {plain(part)}" for key, part in value.items())
    if isinstance(value, list):
        return " to ".join(plain(part) for part in value)
    return "" if value is None else str(value)

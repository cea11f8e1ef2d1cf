"""What the safety check concludes about one message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Level = Literal["none", "check", "emergency"]
Category = Literal["suicide", "overdose", "withdrawal", "violence", "threat", "minor", "distress"]
Subject = Literal["self", "other"]
Flag = Literal["minor", "child_abuse", "partner_violence", "threat_to_others"]
Language = Literal["en", "es"]

#: Rank of a level, for comparisons.
RANK: dict[str, int] = {"none": 0, "check": 1, "emergency": 2}

#: The crisis topic (an intent of the domain) that a category belongs to.
TOPICS: dict[str, str] = {
    "suicide": "crisis_suicide",
    "overdose": "crisis_overdose",
    "withdrawal": "crisis_withdrawal",
    "violence": "crisis_violence",
    "threat": "crisis_violence",
    "minor": "crisis_violence",
    "distress": "express_distress",
}

#: Categories in the order in which one is named when a message shows several: what kills soonest comes first.
URGENCY: tuple[Category, ...] = ("overdose", "withdrawal", "suicide", "threat", "minor", "violence", "distress")


@dataclass(frozen=True)
class Assessment:
    """The result of one safety check.

    `level`: none, check (answer as usual, add one gentle line) or emergency (numbers first, nothing else).
    `category` and `subject` (who is in danger) are None at level none. `evidence` names the rules and
    classifier signals that led here, the decisive ones first, and those that lowered it (`benign:...`).
    `flags` say what the answer and the staff must also know, at check and emergency: somebody under 18 writes or is
    in danger (`minor`), a child is harmed (`child_abuse`), a partner harms (`partner_violence`), somebody else is
    threatened (`threat_to_others`). `language` is what the message is written in, at every level. `danger` is the
    classifier's probability, 0 to 1, that somebody is in danger; None where the rules decided alone.
    """

    level: Level = "none"
    category: Category | None = None
    subject: Subject | None = None
    evidence: tuple[str, ...] = ()
    flags: tuple[Flag, ...] = ()
    language: Language = "en"
    danger: float | None = None

    @property
    def topic(self) -> str | None:
        """The crisis topic of the category (`express_distress` for distress), None without one."""
        return TOPICS[self.category] if self.category else None

    def to_dict(self) -> dict[str, Any]:
        """The assessment as JSON-able data: level, category, subject, evidence and flags (lists), language, danger."""
        return {
            "level": self.level,
            "category": self.category,
            "subject": self.subject,
            "evidence": list(self.evidence),
            "flags": list(self.flags),
            "language": self.language,
            "danger": None if self.danger is None else round(self.danger, 4),
        }

"""What does not fit, by name: ids and codes only, never a word of a visitor."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

KINDS = {
    "promise_without_lead": "The assistant said that a request is stored, and there is none",
    "lead_without_promise": "A request is stored, and its visitor was never told",
    "trace_without_lead": "History, consent or messages of a request are there, and the request is not",
    "state_not_in_history": "A request's state is not the one that its history leads to",
    "offer_without_consent": "A request is with somebody whom no consent names",
    "offer_without_message": "A request was offered, and there is no message to the professional",
    "step_without_message": "Somebody took or declined a request, and there is no message to the visitor",
    "message_given_up": "A message was given up: neither delivered nor owed any more",
    "message_overdue": "A message is owed, and long past its time",
    "message_not_in_chat": "A message counts as sent to the visitor, and is not in the conversation",
}
"""Every kind of finding, in words for staff."""


@dataclass(frozen=True)
class Finding:
    """One thing that does not fit. What is not known of it is None."""

    kind: str
    lead_id: str | None = None
    ref: str | None = None
    conversation_id: str | None = None
    message_id: str | None = None
    """Of the transcript or of the outbox."""

    def as_dict(self) -> dict[str, Any]:
        """A JSON-able form without what is not known."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Finding":
        """The finding that `as_dict` wrote."""
        return cls(**values)

    @property
    def ids(self) -> str:
        """All that is known of it, in a line: "ref QQQ234, conversation_id ..."."""
        return ", ".join(f"{name} {value}" for name, value in self.as_dict().items() if name != "kind")

    def __str__(self) -> str:
        return f"{self.kind}: {self.ids}"


@dataclass(frozen=True)
class Report:
    """The balance: codes promised, leads stored, offers delivered and offers still owed; and what does not fit."""

    promises: int
    leads: int
    delivered: int
    owed: int
    findings: tuple[Finding, ...]

    @property
    def fits(self) -> bool:
        """Whether everything is where it should be."""
        return not self.findings

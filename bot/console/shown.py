"""Messages of a transcript, ready to be shown: everything in them is masked or meant to be seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.console.clock import Clock
from bot.console.masking import Mask, names_in
from bot.conversations import review
from bot.conversations.models import Correction
from bot.handoff.models import Lead
from bot.safety import check_line

DELIVERY = {
    "pending": "waiting to be sent",
    "claimed": "being sent",
    "twiml": "sent in answer",
    "accepted": "accepted by the carrier",
    "scheduled": "accepted by the carrier",
    "queued": "accepted by the carrier",
    "sending": "being sent",
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "canceled": "cancelled",
    "undelivered": "not delivered",
    "failed": "failed",
    "blocked": "blocked: opted out",
}
STATUS = {"received": "not answered yet", "failed": "could not be answered"}
KINDS = {
    "unavailable": "fixed text: the assistant was not reachable",
    "post": "sent later",
    "notice": "notice",
    "joined": "a person takes over",
    "left": "the assistant is back",
    "silence": "about the wait",
}


@dataclass(frozen=True)
class Shown:
    """One message of a transcript, ready to be shown: everything in it is masked or meant to be seen."""

    line: review.Line
    text: str
    author: str
    new_day: bool
    replies: list[str]
    ranking: list[dict[str, Any]]
    topics: list[dict[str, Any]]
    entities: list[tuple[str, str]]
    safety: dict[str, Any]
    repaired: str
    notes: list[str]
    correction: Correction | None
    """The last one made of this message's topic."""
    correctable: bool
    hint: str
    """For the person who has the conversation: the gentle line that the assistant, who is silent, did not say."""


def mask_of(lines: Sequence[review.Line], leads: Sequence[Lead]) -> Mask:
    """What hides the person of a conversation: the names given in these lines (all of them) and in its leads."""
    known: list[str | None] = [*names_in((line.author, line.text) for line in lines)]
    for lead in leads:
        known += [lead.name, lead.contact]
    return Mask(known)


def shown_lines(
    lines: Sequence[review.Line], mask: Mask, clock: Clock, corrected: Mapping[str, Correction], channel: str
) -> list[Shown]:
    """These lines of a conversation on this channel."""
    shown, day = [], ""
    for line in lines:
        understood = line.understanding if line.author == "visitor" else {}
        safety = understood.get("safety") or {}
        repaired = understood.get("repaired") or ""
        notes = [
            STATUS.get(line.status or "", ""),
            KINDS.get(line.kind, ""),
            DELIVERY.get(line.delivery, line.delivery) if line.delivery else "",
        ]
        shown.append(
            Shown(
                line=line,
                text=mask.text(line.text),
                author=_author(line),
                new_day=clock.day(line.at) != day,
                replies=[mask.text(reply.get("title", "")) for reply in line.quick_replies],
                ranking=(understood.get("ranking") or [])[:3],
                topics=[
                    {**topic, "text": mask.text(topic.get("text") or "")}
                    for topic in (understood.get("topics") or [])
                    if len(understood["topics"]) > 1
                ],
                entities=[
                    (str(entity.get("entity")), mask.entity(entity)) for entity in understood.get("entities") or []
                ],
                safety={**safety, "evidence": [mask.text(str(item)) for item in safety.get("evidence") or []]},
                repaired=mask.text(repaired) if _differs(repaired, line.text) else "",
                notes=[note for note in notes if note],
                correction=corrected.get(line.id),
                correctable=line.author == "visitor" and bool(line.topic) and not line.chosen,
                hint=_hint(line, safety, channel),
            )
        )
        day = clock.day(line.at)
    return shown


def _differs(repaired: str, text: str) -> bool:
    return bool(repaired) and repaired.casefold().split() != text.casefold().split()


def _author(line: review.Line) -> str:
    if line.author == "staff":
        return f"{line.author_name}, staff" if line.author_name else "Staff"
    return "Visitor" if line.author == "visitor" else "Assistant"


def _hint(line: review.Line, safety: Mapping[str, Any], channel: str) -> str:
    if not line.attended or line.safety != "check":
        return ""
    return check_line(safety.get("category"), channel, safety.get("language") or "en")

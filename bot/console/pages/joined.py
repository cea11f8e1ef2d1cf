"""Requests that have joined a lead by its number, as the lead's page shows them: their own details and consents."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.handoff.models import HandoverRequest, Lead, LeadLink

HIDDEN = "***"
ANSWERS = {
    "asked": "asked, no answer yet",
    "agreed": "said yes",
    "refused": "said no",
    "void": "the question is void",
}


@dataclass(frozen=True)
class Asked:
    """A question to its visitor whether somebody else may have the request."""

    about: str
    at: datetime
    answer: str


@dataclass(frozen=True)
class Joined:
    """One request; `details` are label and value, the value hidden unless unmasked."""

    ref: str
    at: datetime
    channel: str
    agreed_to: str
    ended_at: datetime | None
    not_passed_on: bool
    """Its visitor has not agreed to whoever has the lead now, who therefore sees nothing of it."""
    details: list[tuple[str, str]]
    asked: list[Asked]


def joined_requests(session: Session, lead: Lead, people: dict[str, str], shown: bool) -> list[Joined]:
    """All requests that ever joined this lead, oldest first."""
    rows = session.execute(
        select(LeadLink).where(LeadLink.lead_id == lead.id).order_by(LeadLink.at, LeadLink.id)
    ).scalars()
    return [
        Joined(
            row.ref,
            row.at,
            row.channel,
            people.get(row.professional_id, row.professional_id),
            row.ended_at,
            row.open_key is not None and row.professional_id != lead.professional_id,
            [_detail(line, shown) for line in row.details or []],
            _asked(session, row, people),
        )
        for row in rows
    ]


def names_of(session: Session, lead: Lead) -> list[str]:
    """What their visitors told of themselves, to be hidden wherever the lead's page quotes it."""
    rows = session.execute(select(LeadLink.details).where(LeadLink.lead_id == lead.id)).scalars()
    told = (line.partition(": ") for details in rows for line in details or [])
    return [value for label, _, value in told if label in ("Name", "Phone", "E-mail")]


def _detail(line: str, shown: bool) -> tuple[str, str]:
    label, _, value = line.partition(": ")
    return label, value if shown or label == "Safe ways" else HIDDEN


def _asked(session: Session, link: LeadLink, people: dict[str, str]) -> list[Asked]:
    rows = session.execute(
        select(HandoverRequest).where(HandoverRequest.link_id == link.id).order_by(HandoverRequest.asked_at)
    ).scalars()
    return [
        Asked(
            people.get(row.professional_id, row.professional_id),
            row.asked_at,
            ANSWERS["void" if link.ended_at is not None and row.state == "asked" else row.state],
        )
        for row in rows
    ]

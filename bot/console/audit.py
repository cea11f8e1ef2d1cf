"""The audit: every look at personal data is written down before it is shown."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.console.models import AuditEntry

ACTIONS = {
    "login": "signed in",
    "login_failed": "failed to sign in",
    "login_throttled": "was kept waiting at sign-in",
    "logout": "signed out",
    "denied": "was refused",
    "list_conversations": "listed conversations",
    "read_transcript": "read a transcript",
    "unmask_conversation": "unmasked a transcript",
    "take_over": "took over a conversation",
    "write_message": "wrote to a visitor",
    "hand_back": "handed a conversation back",
    "correct_topic": "corrected a topic",
    "list_corrections": "listed corrections",
    "approve_correction": "approved a correction",
    "reject_correction": "rejected a correction",
    "list_alerts": "listed alerts",
    "acknowledge_alert": "said that they have an alert",
    "list_leads": "listed leads",
    "read_lead": "read a lead",
    "unmask_lead": "unmasked a lead",
    "withdraw_lead": "took a lead back for its visitor",
    "list_deliveries": "listed messages given up",
    "read_figures": "read the figures",
    "retry_delivery": "tried a message again",
    "read_audit": "read the audit",
}
"""Every action that is recorded, and how it reads."""


def record(
    session: Session,
    action: str,
    *,
    user_id: str | None = None,
    email: str | None = None,
    role: str | None = None,
    kind: str | None = None,
    subject: str | None = None,
    address: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Add a row, with what else matters in `detail` (JSON-able, no visitor's words). The caller commits.

    Raises KeyError for an action that ACTIONS does not hold.
    """
    ACTIONS[action]
    session.add(
        AuditEntry(
            action=action,
            user_id=user_id,
            email=email,
            role=role,
            subject_kind=kind,
            subject_id=subject,
            address=address[:64],
            detail=dict(detail or {}),
        )
    )


def entries(
    session: Session, *, action: str | None = None, email: str | None = None, limit: int = 50, offset: int = 0
) -> tuple[list[AuditEntry], int]:
    """A page of the audit, the latest first, and how many rows there are in all."""
    wanted = []
    if action:
        wanted.append(AuditEntry.action == action)
    if email:
        wanted.append(AuditEntry.email == email.strip().lower())
    total: int = session.execute(select(func.count()).select_from(AuditEntry).where(*wanted)).scalar_one()
    rows = session.execute(
        select(AuditEntry).where(*wanted).order_by(AuditEntry.id.desc()).limit(limit).offset(offset)
    ).scalars()
    return list(rows), total

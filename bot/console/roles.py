"""Who may do what: the least that each role's work needs."""

from enum import StrEnum


class Permission(StrEnum):
    """One thing that a page asks for."""

    READ_CONVERSATIONS = "read_conversations"
    """The list and the transcripts, masked."""
    UNMASK_CONVERSATIONS = "unmask_conversations"
    TAKE_OVER = "take_over"
    """Writing to a visitor in the assistant's place."""
    CORRECT_TOPICS = "correct_topics"
    """Saying what a message was about, and deciding on what others said."""
    READ_LEADS = "read_leads"
    """The list and the leads, with masked contact details."""
    UNMASK_LEADS = "unmask_leads"
    RETRY_DELIVERIES = "retry_deliveries"
    """Messages that were given up: the list, and trying again."""
    READ_AUDIT = "read_audit"


class Role(StrEnum):
    """What an account is for."""

    REVIEWER = "reviewer"
    RESPONDER = "responder"
    LEAD_WORKER = "lead_worker"
    AUDITOR = "auditor"
    ADMIN = "admin"


PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.REVIEWER: frozenset(
        {Permission.READ_CONVERSATIONS, Permission.UNMASK_CONVERSATIONS, Permission.CORRECT_TOPICS}
    ),
    Role.RESPONDER: frozenset({Permission.READ_CONVERSATIONS, Permission.UNMASK_CONVERSATIONS, Permission.TAKE_OVER}),
    Role.LEAD_WORKER: frozenset({Permission.READ_LEADS, Permission.UNMASK_LEADS, Permission.RETRY_DELIVERIES}),
    Role.AUDITOR: frozenset({Permission.READ_AUDIT}),
    Role.ADMIN: frozenset(Permission),
}


def permissions_of(role: str) -> frozenset[Permission]:
    """What this role may do; nothing for a role that is not known (any more)."""
    return PERMISSIONS[Role(role)] if role in set(Role) else frozenset()

"""Unmasking: an act with a reason, which is kept."""

from collections.abc import Mapping

SHORTEST, LONGEST = 8, 300
"""Characters of a reason."""


def checked_reason(
    form: Mapping[str, str], missing: str = "Write a few words on why you need to see the personal details."
) -> tuple[str, str]:
    """The reason as it is recorded, and what is wrong with it (empty: nothing)."""
    reason = " ".join(form.get("reason", "").split())
    if len(reason) < SHORTEST:
        return reason, missing
    if len(reason) > LONGEST:
        return reason, f"The reason is too long. Keep it under {LONGEST} characters."
    return reason, ""

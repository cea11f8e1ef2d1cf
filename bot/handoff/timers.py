"""The times by which a request moves on by itself, set where its state changes and read by bot.handoff.escalation.

They are columns of the lead, written in the transaction of their cause: a restart loses none, and whoever claims,
declines or withdraws stops or turns them in the same commit.
"""

from datetime import datetime

from bot.handoff.models import Lead
from bot.handoff.promise import claim_due, contact_due
from bot.program.profile import Professional, Profile


def begin_ladder(program: Profile, lead: Lead, owner: Professional, now: datetime) -> None:
    """Offered: the owner has their time to say "I have it", then the ladder goes on."""
    lead.climb, lead.rung, lead.reminded_at = (lead.climb or 0) + 1, 0, None
    lead.due_at = lead.next_rung_at = claim_due(program, owner, now).at
    lead.contact_due_at = contact_due(program, owner, now, lead.best_time).at if lead.contact else None
    if lead.test:
        stop(lead)  # nobody is told of it


def climb_at_once(lead: Lead, now: datetime) -> None:
    """Given back: there is nothing to wait for before the next one is asked."""
    lead.climb, lead.rung = (lead.climb or 0) + 1, 0
    lead.due_at, lead.contact_due_at, lead.next_rung_at = None, None, now


def climb_on(lead: Lead, now: datetime) -> None:
    """The visitor's answer is not waited for any longer; a ladder that has ended stays so."""
    if lead.next_rung_at is not None:
        lead.next_rung_at = now


def begin_contact(program: Profile, lead: Lead, owner: Professional, now: datetime) -> None:
    """Claimed: the ladder stops, and the time of the first contact runs; one that has passed begins anew."""
    if lead.contact is None:
        lead.contact_due_at = None
    elif lead.contact_due_at is None or lead.contact_due_at <= now:
        lead.contact_due_at = contact_due(program, owner, now, lead.best_time).at
    lead.rung, lead.next_rung_at = 0, lead.contact_due_at


def reach_nowhere(lead: Lead) -> None:
    """The visitor left no way to reach them: no time of a first contact runs, the ladder does."""
    if lead.claimed_at is not None and lead.next_rung_at == lead.contact_due_at:
        lead.next_rung_at = None
    lead.contact_due_at = None


def stop(lead: Lead) -> None:
    """The visitor was contacted, or the request has ended: nothing moves by itself any more."""
    lead.next_rung_at = None

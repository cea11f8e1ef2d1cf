"""Reconciliation: what visitors were promised = what is stored = what was delivered or is still owed, once a day.

Three witnesses that are written apart from each other: the assistant's own words in the transcripts, the leads with
their append-only history, and the outbox. Assembles bot.conversations and bot.handoff; the worker, the command line
and the console call it.
"""

from bot.reconciliation.check import check
from bot.reconciliation.findings import Finding, Report
from bot.reconciliation.models import Reconciliation
from bot.reconciliation.run import is_due, latest, reconcile

__all__ = ["Finding", "Reconciliation", "Report", "check", "is_due", "latest", "reconcile"]

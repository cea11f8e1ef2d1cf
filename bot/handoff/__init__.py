"""The warm hand-off: consent, leads, routing to a professional, delivery by outbox, and the professional's page.

What the dialogue, the console and the command line use is exported here; `bot.handoff.pages.routes` is the front's,
`bot.handoff.outbox` and `bot.handoff.escalation` are the worker's.
"""

import bot.handoff.append_only  # noqa: F401  (its triggers come with the tables)
from bot.handoff.agreed import agreed_text
from bot.handoff.consent import ConsentText, disclosure_text
from bot.handoff.handover import told_at
from bot.handoff.handover_answer import answer_question, ask_now, has_unsent, waiting_question
from bot.handoff.hours import office_hours
from bot.handoff.leads import OpenedLead, correct, open_lead
from bot.handoff.limits import LimitReachedError
from bot.handoff.models import Consent, Lead, LeadEvent, OutboxItem
from bot.handoff.no_texts import stop_texts
from bot.handoff.numbers import is_blocked, unblock
from bot.handoff.phrases import text_of
from bot.handoff.proposals import ConsentGiven, ConsentMismatchError, NumberBlockedError, Proposal, propose
from bot.handoff.reading import draft_of, lead_history, list_leads, open_lead_of
from bot.handoff.retention import purge_leads
from bot.handoff.routing import route
from bot.handoff.safe import Safe, safe_words
from bot.handoff.staff import StaffNotice, notify_staff
from bot.handoff.states import IllegalMoveError, State
from bot.handoff.status import has_request, status_for
from bot.handoff.summary import LeadDraft, lines
from bot.handoff.texts import agree_to_texts, conversation_of_number, texts_offer
from bot.handoff.withdrawal import Withdrawal, taken_back_briefly, withdraw, withdraw_number
from bot.handoff.wording import Say

__all__ = [
    "Consent",
    "ConsentGiven",
    "ConsentMismatchError",
    "ConsentText",
    "IllegalMoveError",
    "Lead",
    "LeadDraft",
    "LeadEvent",
    "LimitReachedError",
    "NumberBlockedError",
    "OpenedLead",
    "OutboxItem",
    "Proposal",
    "Safe",
    "Say",
    "StaffNotice",
    "State",
    "Withdrawal",
    "agree_to_texts",
    "agreed_text",
    "answer_question",
    "ask_now",
    "conversation_of_number",
    "correct",
    "disclosure_text",
    "draft_of",
    "has_request",
    "has_unsent",
    "is_blocked",
    "lead_history",
    "lines",
    "list_leads",
    "notify_staff",
    "office_hours",
    "open_lead",
    "open_lead_of",
    "propose",
    "purge_leads",
    "route",
    "safe_words",
    "status_for",
    "stop_texts",
    "taken_back_briefly",
    "text_of",
    "texts_offer",
    "told_at",
    "unblock",
    "waiting_question",
    "withdraw",
    "withdraw_number",
]

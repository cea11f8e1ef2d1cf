"""Safety: emergency rules, the one table of numbers, and the texts. Pure Python, imports nothing of bot.

Every message on every channel is assessed, before and apart from its topic. The front uses it too while the engine
is away. `assess` gives an `Assessment`; the texts say what to answer.
"""

from bot.safety.afterwards import AFTERWARDS, danger_after
from bot.safety.assessment import TOPICS, Assessment, Category, Flag, Language, Level, Subject
from bot.safety.judge import OPINIONS, Signs, assess, conclude, examine
from bot.safety.language import folded, language_of, looks_english, looks_spanish
from bot.safety.medical import medical_kind, stops_suddenly, wants_to_hide
from bot.safety.resources import Resource, numbers, numbers_in, recheck_after, resources
from bot.safety.statements import Statement, spanish_question, statement
from bot.safety.texts import (
    after_text,
    again_text,
    ask_safe_text,
    asks_if_safe_to_talk,
    asks_safety,
    called_text,
    cannot_talk_text,
    check_line,
    emergency_more,
    emergency_text,
    emergency_texts,
    person_text,
    safe_text,
    scene,
    spanish_in_form,
    spanish_no_call,
    spanish_offer,
    spanish_phone,
    spanish_text,
    sudden_stop_text,
    unavailable_text,
    worse_text,
    yes_no,
)
from bot.safety.together import assess_together, is_piece, joined, worse_together

__all__ = [
    "AFTERWARDS",
    "OPINIONS",
    "TOPICS",
    "Assessment",
    "Category",
    "Flag",
    "Language",
    "Level",
    "Resource",
    "Signs",
    "Statement",
    "Subject",
    "after_text",
    "again_text",
    "ask_safe_text",
    "asks_if_safe_to_talk",
    "asks_safety",
    "assess",
    "assess_together",
    "called_text",
    "cannot_talk_text",
    "check_line",
    "conclude",
    "danger_after",
    "emergency_more",
    "emergency_text",
    "emergency_texts",
    "examine",
    "folded",
    "is_piece",
    "joined",
    "language_of",
    "looks_english",
    "looks_spanish",
    "medical_kind",
    "numbers",
    "numbers_in",
    "person_text",
    "recheck_after",
    "resources",
    "safe_text",
    "scene",
    "spanish_in_form",
    "spanish_no_call",
    "spanish_offer",
    "spanish_phone",
    "spanish_question",
    "spanish_text",
    "statement",
    "stops_suddenly",
    "sudden_stop_text",
    "unavailable_text",
    "wants_to_hide",
    "worse_text",
    "worse_together",
    "yes_no",
]

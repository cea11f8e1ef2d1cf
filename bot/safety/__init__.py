"""Safety: emergency rules, the one table of numbers, and the texts. Pure Python, imports nothing of bot.

Every message on every channel is assessed, before and apart from its topic. The front uses it too while the engine
is away. `assess` gives an `Assessment`; the texts say what to answer.
"""

from bot.safety.assessment import TOPICS, Assessment, Category, Level, Subject
from bot.safety.judge import assess
from bot.safety.resources import Resource, recheck_after, resources
from bot.safety.texts import check_line, emergency_more, emergency_text, unavailable_text

__all__ = [
    "TOPICS",
    "Assessment",
    "Category",
    "Level",
    "Resource",
    "Subject",
    "assess",
    "check_line",
    "emergency_more",
    "emergency_text",
    "recheck_after",
    "resources",
    "unavailable_text",
]

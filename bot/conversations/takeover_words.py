"""What visitors read around a take-over, in English and Spanish, and what a member of staff may write.

Reviewed text, grade 6 to 8; on SMS at most 320 GSM-7 characters. Emergency numbers come from bot.safety alone.
"""

from bot.conversations.cleaning import MAX_CHARACTERS, clean
from bot.conversations.reading import QuickReply
from bot.safety import numbers
from bot.sms_text import LIMIT, gsm7

WAIT, RETURN, CALL = "/takeover_wait", "/takeover_return", "/takeover_call"
"""Payloads of the choices; none is an intent of the engine."""
FOR_THE_ENGINE = {CALL: "/request_callback"}
"""What the engine is given for a choice that it has to answer."""
RETURN_WORDS = frozenset(
    ("assistant", "the assistant", "back to the assistant", "bot", "asistente", "el asistente", "volver al asistente")
)
"""A whole message that asks for the assistant while a person has the conversation."""
SMS_LONGEST = 2 * LIMIT
"""Characters of one message of staff by text: it leaves as at most two texts."""

WORDS = {
    "en": {
        "joined": "You are now with {name}, a person at {provider}. The automated assistant is quiet while you two "
        "write. To go back to it, write: assistant.\n\nIn danger call {emergency}. In a crisis call or text "
        "{lifeline}.",
        "left_staff": "{name} has left this chat. You are back with the automated assistant.",
        "left_visitor": "You are back with the automated assistant.",
        "left_silence": "{name} could not answer, so you are back with the automated assistant. I am sorry for the "
        "wait. You can ask me anything, or ask for a call.",
        "left_quiet": "This chat has been quiet for a while, so you are back with the automated assistant. You can "
        "ask me anything.",
        "asked_before": "Before that I asked you: {question}",
        "silence": "{name} has not answered yet. What would you like to do?",
        "waiting": "OK. {name} can see that you are waiting.",
        "not_attended": "You are with the automated assistant. What would you like to know?",
    },
    "es": {
        "joined": "Ahora habla con {name}, una persona de {provider}. El asistente automático no escribe mientras "
        "tanto. Para volver a él, escriba: asistente.\n\nEn peligro llame al {emergency}. En una crisis llame o "
        "escriba al {lifeline}.",
        "left_staff": "{name} ha salido de este chat. Vuelve a estar con el asistente automático.",
        "left_visitor": "Vuelve a estar con el asistente automático.",
        "left_silence": "{name} no pudo responder, así que vuelve a estar con el asistente automático. Siento la "
        "espera. Puede preguntarme algo o pedir una llamada.",
        "left_quiet": "Este chat ha estado un rato en silencio, así que vuelve a estar con el asistente automático. "
        "Puede preguntarme lo que quiera.",
        "asked_before": "Antes de eso le pregunté: {question}",
        "silence": "{name} no ha respondido todavía. ¿Qué prefiere hacer?",
        "waiting": "De acuerdo. {name} puede ver que usted espera.",
        "not_attended": "Está con el asistente automático. ¿Qué desea saber?",
    },
}
TITLES = {
    "en": {WAIT: "Keep waiting", RETURN: "Back to the assistant", CALL: "Ask for a call"},
    "es": {WAIT: "Seguir esperando", RETURN: "Volver al asistente", CALL: "Pedir una llamada"},
}


class NotSendable(ValueError):
    """A member of staff wrote what cannot be sent; the message says why and what to do."""


def words(key: str, language: str, **values: str) -> str:
    """The text of this key in this language; the emergency numbers are filled in."""
    return WORDS[language][key].format(**values, **numbers())


def choices(language: str, *payloads: str) -> list[QuickReply]:
    """Buttons for these payloads."""
    return [QuickReply(title=TITLES[language][payload], payload=payload) for payload in payloads]


def asks_for_the_assistant(text: str) -> bool:
    """Whether the whole message asks for the assistant."""
    return " ".join(text.lower().strip(" .,!?\"'").split()) in RETURN_WORDS


def checked(text: str, channel: str) -> str:
    """The text of a member of staff as the visitor gets it. Raises NotSendable: empty, too long, not for texts."""
    text = clean(text)
    if not text:
        raise NotSendable("Write something first.")
    if channel != "sms":
        if len(text) > MAX_CHARACTERS:
            raise NotSendable(f"This is too long: {len(text)} characters. Keep it under {MAX_CHARACTERS}, or send two.")
        return text
    lost = "".join(dict.fromkeys(character for character in text if not gsm7(character)))
    if lost:
        raise NotSendable(f"A text message cannot carry these characters: {lost} Please leave them out.")
    plain = gsm7(text)
    if len(plain) > SMS_LONGEST:
        raise NotSendable(
            f"This is too long for a text message: {len(plain)} characters. Keep it under {SMS_LONGEST}, or send two."
        )
    return plain

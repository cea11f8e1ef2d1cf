"""Fixed texts of the channels: the first message of a chat, the words around SMS, and what is said in an outage.

Reviewed text, grade 6 to 8; SMS texts at most 320 GSM-7 characters. Emergency numbers come from bot.safety alone.
"""

from collections.abc import Sequence
from typing import NamedTuple

from bot.channels.host import Host
from bot.conversations import QuickReply
from bot.safety import (
    Assessment,
    again_text,
    assess,
    emergency_texts,
    language_of,
    resources,
    unavailable_text,
)
from bot.sms_text import LIMIT, gsm7

MAIN_TOPICS: list[QuickReply] = [
    {"title": "What is IOP?", "payload": "/ask_what_is_iop"},
    {"title": "What does it cost?", "payload": "/ask_cost"},
    {"title": "Days and hours", "payload": "/ask_schedule"},
    {"title": "Help for someone I love", "payload": "/ask_help_loved_one"},
    {"title": "Ask for a call", "payload": "/request_callback"},
]
SPANISH_CHOICES: list[QuickReply] = [
    {"title": "Pedir una llamada", "payload": "/request_callback"},
    {"title": "Hablar con una persona", "payload": "/request_human"},
]
TEXT_ONLY = "I can read only words, not pictures or sound. Please type your question."


def numbers() -> tuple[str, str]:
    """The two numbers that every first message carries: emergency services and the crisis line."""
    table = resources()
    return table["emergency"].call or "", table["lifeline"].call or ""


def web_greeting(host: Host, retention_days: int, locale: str = "en") -> str:
    """The first message of every web chat, in the language of the page."""
    emergency, lifeline = numbers()
    if _spanish(locale):
        return (
            f"Hola. Soy el asistente automatizado de {host.name}, no un consejero ni un médico. "
            "Mis respuestas sobre el programa están en inglés. En español puedo pedir que una persona le llame.\n\n"
            f"No soy un servicio de emergencia. En peligro o en una sobredosis: llame al {emergency}. "
            f"En una crisis: llame al {lifeline} y oprima el 2, de día o de noche.\n\n"
            f"Nuestro personal puede leer este chat. Se guarda {retention_days} días, y usted puede borrarlo."
        )
    return (
        f"Hi. I am the automated assistant of {host.name}, not a counselor or a doctor. "
        "Ask me about our intensive outpatient program (IOP), or ask for a call from one of our people. "
        "En español: escriba hola.\n\n"
        f"I am not an emergency service. In danger or an overdose: call {emergency}. "
        f"In a crisis: call or text {lifeline}, day or night.\n\n"
        f"Our staff can read this chat. It is kept for {retention_days} days, and you can erase it."
    )


def first_choices(locale: str = "en") -> list[QuickReply]:
    """The choices below the first message."""
    return SPANISH_CHOICES if _spanish(locale) else MAIN_TOPICS


def sms_greeting(host: Host, locale: str = "en") -> str:
    """The first text to a new number: who writes, what it is not, the numbers, and how to stop."""
    emergency, lifeline = numbers()
    if _spanish(locale):
        return _fit(
            "{name}: soy un asistente automatizado, no un consejero o doctor. Nuestro personal puede leer esto. "
            f"Peligro o sobredosis: llame al {emergency}. Crisis: llame al {lifeline} y oprima 2. "
            "Se pueden aplicar tarifas de mensajes y datos. HELP si necesita ayuda, STOP para no recibir textos.",
            host,
        )
    return _fit(
        "{name}: I am an automated assistant, not a counselor or doctor. Our staff can read this. "
        f"Danger or overdose: call {emergency}. Crisis: call or text {lifeline}. "
        "Msg & data rates may apply, msgs as you write. HELP for help, STOP to end. En español: escriba HOLA.",
        host,
    )


def sms_help(host: Host, locale: str = "en") -> str:
    """The answer to HELP and INFO. Somebody in danger may text just that: the numbers come first."""
    emergency, lifeline = numbers()
    if _spanish(locale):
        return _fit(
            f"Peligro o sobredosis: llame al {emergency}. Crisis: llame al {lifeline} y oprima 2, a toda hora. "
            "Una persona de {name}: {phone}. Soy su asistente automatizado: puedo pedir que alguien le llame. "
            "Se pueden aplicar tarifas de mensajes y datos. STOP para no recibir textos.",
            host,
        )
    return _fit(
        f"Danger or overdose: call {emergency}. Crisis: call or text {lifeline}, day or night. "
        "A person at {name}: {phone}. I am its automated assistant: text me your question. "
        "Msg & data rates may apply. Text STOP to end.",
        host,
    )


def sms_goodbye(host: Host, locale: str = "en") -> str:
    """The one confirmation of an opt-out that was said in other words."""
    emergency, lifeline = numbers()
    if _spanish(locale):
        return _fit(
            "{name}: de acuerdo, ya no le mandamos textos. Si cambia de idea, mande START. "
            f"En una crisis llame al {lifeline} y oprima 2; en peligro llame al {emergency}, a toda hora.",
            host,
        )
    return _fit(
        "{name}: OK, you will get no more texts from us. Text START if you change your mind. "
        f"In a crisis call or text {lifeline}, in danger call {emergency}, day or night.",
        host,
    )


def sms_welcome_back(host: Host, locale: str = "en") -> str:
    """The answer to START after an opt-out."""
    if _spanish(locale):
        return _fit("{name}: ya puede escribirnos otra vez. HELP si necesita ayuda, STOP para no recibir textos.", host)
    return _fit("{name}: you can text with us again. Text me your question. HELP for help, STOP to end.", host)


def _spanish(locale: str) -> bool:
    return locale.lower().startswith("es")


class Outage(NamedTuple):
    """The fixed texts, with the safety level and category that the rules see."""

    texts: list[str]
    level: str
    category: str | None


URGENT_SECONDS = 3.0
"""Who is in an emergency by the rules waits no longer for the engine; its own answer may still follow."""


def patience(safety: str | None, engine_timeout: float) -> float:
    """How long a visitor waits for the engine before the fixed text is given."""
    return min(engine_timeout, URGENT_SECONDS) if safety == "emergency" else engine_timeout


def outage_texts(
    text: str, channel: str, locale: str, host: Host, found: Assessment | None = None, said: Sequence[str] = ()
) -> Outage:
    """What a visitor gets at once while the engine is away, and what the rules see in what they wrote.

    In an emergency its texts and nothing else, other ones when these stand in what was `said` before; otherwise that
    the message is kept, with the numbers. In the language of the message; one that tells none is answered in the
    conversation's. `found`: what the rules see in it where more is known than the text alone.
    """
    found = found or assess(text)
    locale = language_of(text, locale)
    if found.level == "emergency":
        told = emergency_texts(found.category, found.subject, channel, locale, found.flags)
        times = 0
        while told[0] in said and times < 2:
            times += 1
            told = [again_text(found.category, found.subject, times, locale, found.flags)]
        return Outage(told, found.level, found.category)
    return Outage([unavailable_text(channel, host.name, host.phone, locale)], found.level, found.category)


def _fit(template: str, host: Host) -> str:
    """The text within one SMS of ours; a long provider's name is cut, never a number."""
    text = gsm7(template.format(name=host.name, phone=host.phone))
    excess = len(text) - LIMIT
    if excess <= 0:
        return text
    name = gsm7(host.name)
    return gsm7(template.format(name=name[: max(0, len(name) - excess)].rstrip(), phone=host.phone))

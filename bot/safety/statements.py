"""What somebody says after an emergency, told by its words: that they are safe, that they are not, that help is called.

These words decide only what is said next. They never lower the assessment of the message that holds them.
"""

from __future__ import annotations

import re
from typing import Literal

from bot.safety.language import looks_spanish
from bot.safety.normalise import bare_words

Statement = Literal["safe", "unsafe", "called", "next", "person"]

_NOT = r"(?:not|no|never|isnt|arent|aint|dont (?:feel|think)|doesnt feel|nobody is|no one is)"
_WHO = r"(?:i|im|we|were|hes|shes|theyre|he is|she is|they are|everyone is|everybody is|all of us are|both of us are)"
_PATTERNS: tuple[tuple[Statement, str], ...] = (
    (
        "person",
        r"^(?:(?:a |the |your )?(?:person|human|staff)|talk to (?:a |your )?(?:person|human|staff|someone)|"
        r"(?:una |la )?persona|(?:el |su )?personal|hablar con (?:una persona|alguien|el personal))"
        r"(?: (?:please|por favor))?$",
    ),
    (
        "unsafe",
        rf"\b{_NOT} (?:\w+ ){{0,2}}(?:safe|ok|okay|alright)\b|\bunsafe\b|"
        r"\bstill (?:want|going|thinking|here with (?:him|her)|in danger|not)\b|"
        r"\bgetting worse\b|\bit(?:s| is) worse\b|"
        r"\bno (?:estoy|esta|estamos|me siento) (?:a salvo|segur[oa]s?|bien)\b|\bsigo en peligro\b|\besta peor\b",
    ),
    (
        "called",
        r"\b(?:(?:i|we|she|he|they|someone|somebody|my \w+) (?:just |already )?(?:called|dialed|rang|texted)"
        r"(?: (?:them|\d{3}|an? ambulance|the (?:police|ambulance|hotline|line|number|cops)|for help|already|now))?$|"
        r"(?:im|i am|were|we are|shes|hes) (?:calling|on the (?:phone|line) with|talking to|texting)"
        r"(?: (?:them|\d{3}|the \w+|now|with \w+))|"
        r"(?:ambulance|paramedics?|police|help|cops|ems|they)(?: is| are|s|re)? "
        r"(?:on (?:the|their|its) way|coming|here|arrived)|"
        r"(?:ya )?(?:llame|llamamos|llamo|estoy llamando|estamos llamando|les llame)(?: (?:al|a la|a) \w+| ya)?$|"
        r"(?:ambulancia|policia|ayuda) (?:ya )?(?:viene|llego|esta aqui))",
    ),
    (
        "safe",
        rf"^(?:(?:yes|yeah|yep|ok|okay|no|hes fine|thanks|thank you) )*{_WHO} (?:\w+ ){{0,2}}"
        r"(?:safe|ok|okay|fine|alright|all right|better)(?: (?:now|again|here|thanks|thank you|today|right now))*$|"
        r"\b(?:im|i am|were|we are|hes|shes|theyre) (?:\w+ )?safe (?:now|again|here)\b|"
        r"\bfeeling (?:better|safe) now\b|"
        r"^(?:it was|that was|just) (?:a )?(?:joke|test|false alarm)|^false alarm\b|"
        r"^(?:si )?(?:ya )?(?:estoy|estamos|esta) (?:a salvo|bien|mejor|fuera de peligro)(?: (?:ahora|ya|gracias))*$",
    ),
    (
        "next",
        r"^(?:(?:ok|okay|please|so|and|but|oh god|help|i dont know) )*"
        r"(?:what (?:now|else|next)|(?:now )?what (?:do|should|can|shall) (?:i|we) (?:do|say)"
        r"(?: (?:now|next|then|first|for (?:him|her|them)|until then|while i wait|please))*|"
        r"(?:please )?help(?: me| us)?(?: please)?|tell me what to do|i dont know what to do|"
        r"(?:y )?(?:ahora )?que (?:hago|hacemos|debo hacer|puedo hacer)(?: (?:ahora|ya))?|"
        r"ayuda(?:me|me por favor)?|no se que hacer)$",
    ),
)
_COMPILED = [(name, re.compile(pattern)) for name, pattern in _PATTERNS]

_SPANISH_QUESTION = re.compile(
    r"\b(?:cuanto|cuanta|cuantos|cuantas|cuando|donde|cual|cuales|horarios?|aceptan|tienen|atienden|ofrecen|hablan|"
    r"precios?|costos?|cuesta|seguro|informacion|programa|direccion|telefono)\b"
)


def spanish_question(text: str) -> bool:
    """Whether a message in Spanish asks something ordinary about the program."""
    return looks_spanish(text) and bool(_SPANISH_QUESTION.search(bare_words(text)))


def statement(text: str) -> Statement | None:
    """What a message says about the emergency told before it; None for everything else."""
    plain = bare_words(text)
    return next((name for name, pattern in _COMPILED if pattern.search(plain)), None)

"""SMS keywords: the carriers' words, and opt-outs in other words that a reasonable person would understand as such.

"I want to stop drinking" and "can't quit" are about the visitor's life, not about the texts; only the whole message, or
a clear object (texts, messages, me), makes an opt-out.
"""

import re
from enum import Enum

from bot.safety import folded

STOP = frozenset(
    {
        "stop",
        "stopall",
        "stop all",
        "unsubscribe",
        "cancel",
        "end",
        "quit",
        "revoke",
        "optout",
        "opt out",
        "opt-out",
    }
)
STOP_IN_SPANISH = frozenset({"alto", "parar", "pare", "paren", "basta", "no mas mensajes", "no mas textos"})
"""The carriers' words in Spanish. Twilio knows the English ones alone unless its Advanced Opt-Out is set up for others,
which it then tells: else nobody but us confirms these."""
START = frozenset({"start", "unstop", "yes", "resume", "empezar", "iniciar", "comenzar", "reanudar", "si"})
HELP = frozenset({"help", "info", "ayuda"})
FILLER = frozenset(
    re.findall(r"\w+", "stop please pls plz now it this just ok okay thanks thank you all already sir maam")
)

_TEXTS = r"(?:text(?:s|ing)?|txt(?:s|ing)?|messag(?:e|es|ing)|sms|msgs?)"
_WHOM = r"(?:me|us|this (?:number|phone)|my (?:phone|number|cell))"
_END = rf"(?:\s+(?:{_WHOM}|here|now|please|pls|any ?more|again|ever|ok))*\s*$"
_ABLE = "".join(rf"(?<!{word} )" for word in ("can't", "cant", "cannot", "can not", "couldn't", "couldnt", "never"))
_OPT_OUT = [
    rf"{_ABLE}\b(?:stop|quit|cease)(?: (?:sending|with|all|the|these|those|your|any|me|more|of))* {_TEXTS}{_END}",
    rf"{_ABLE}\b(?:stop|quit) (?:texting|messaging|writing(?: to)?|contacting|bothering|bugging) {_WHOM}\b",
    rf"\b(?:do not|don't|dont|never) (?:ever )?(?:text|txt|message|msg|write(?: to)?|contact|bother) {_WHOM}\b",
    rf"\b(?:do not|don't|dont) (?:ever )?(?:send|want) (?:(?:me|any|more|your|these|anymore|any more) )*{_TEXTS}{_END}",
    rf"^(?:please )?no (?:more )?{_TEXTS}{_END}",
    r"^(?:please |i (?:want|would like|need|wish) to |i'd like to |id like to |let me )*opt(?: me|ing)? ?-?out"
    rf"(?: (?:please|now|of (?:this|it|(?:the |these |your |all )*{_TEXTS})))*$",
    r"\bunsubscribe me\b|\bunsubscribe (?:from|please)\b|^please unsubscribe$",
    rf"\b(?:remove|take|delete) {_WHOM} (?:off|from) (?:this|the|your|all)?\s*(?:\w+ )?lists?\b",
    r"^(?:please )?(?:remove|delete) (?:me|my (?:number|phone number)|this number)(?: please)?$",
    r"^(?:please )?(?:just )?leave me alone(?: please)?$",
    r"\b(?:dej(?:a|e|en)|par(?:a|e|en)) de (?:escribir|mandar|enviar|textear|molestar)(?:me|nos)\b",
    r"\b(?:ya )?no (?:me|nos) (?:escriban?|manden?|envien?|texteen?)(?: (?:mas|ya|nada|nunca|mensajes?|textos?))*$",
    # "no quiero mensajes de voz" answers another question.
    r"\bno quiero (?:que me (?:escriban|manden|envien)(?: .{0,20})?|(?:recibir )?(?:mas )?(?:mensajes|textos))$",
    r"^(?:por favor )?(?:quite|saque|borre|elimine)n?(?:me)? (?:mi numero|de (?:la|su) lista)(?: .{0,20})?$",
    r"^(?:por favor )?(?:dejenme|dejeme|dejame) en paz$",
]
WRONG_PERSON = re.compile(
    r"^(?:(?:sorry|you have|you've got|you got|u have|u got|this is|i think|you must have|hi|hello|no)[ ,]*)*"
    r"(?:the |a )?wrong (?:number|person|guy|phone)\b"
    r"|^(?:sorry[ ,]*)?(?:i am|i'm|im) not (?:the|that) person\b"
    r"|^(?:(?:lo siento|perdon|disculpe)[ ,]*)?(?:(?:este )?es |tienen? )?"
    r"(?:el |la |un )?(?:numero|persona) equivocad[oa]\b|^no soy esa persona\b"
)
OPT_OUT = re.compile("|".join(f"(?:{pattern})" for pattern in _OPT_OUT))
EVERYTHING = re.compile(
    r"\b(?:contact(?:ing)?|bother(?:ing)?|bugging) (?:me|us|my|this)\b|\bleave me alone\b"
    r"|\bmolestar(?:me|nos)\b|\ben paz\b"
)


class Keyword(Enum):
    """What a text means apart from its topic."""

    STOP = "stop"
    """The whole message is the carriers' word: the carrier answers, we are silent."""
    STOP_IN_WORDS = "stop_in_words"
    NO_CONTACT = "no_contact"
    """Asks for no contact at all, by whatever way."""
    WRONG_PERSON = "wrong_person"
    """The number is not the visitor's whom we mean: nobody may call or text it."""
    START = "start"
    HELP = "help"
    NONE = "none"


def keyword(text: str) -> Keyword:
    """What the message asks of the texting itself."""
    plain = " ".join(folded(text).replace("\u2019", "'").split())
    plain = plain.strip(" .,!?;:\"'()*-\u00bf\u00a1")
    if plain in STOP:
        return Keyword.STOP
    if plain in HELP:
        return Keyword.HELP
    if plain in START:
        return Keyword.START
    if plain.removesuffix(" por favor") in STOP_IN_SPANISH:
        return Keyword.STOP_IN_WORDS
    words = re.sub(r"[^a-z' ]", " ", plain).split()
    if "stop" in words and len(words) <= 6 and all(word.replace("'", "") in FILLER for word in words):
        return Keyword.STOP_IN_WORDS
    if WRONG_PERSON.search(plain):
        return Keyword.WRONG_PERSON
    if OPT_OUT.search(plain):
        return Keyword.NO_CONTACT if EVERYTHING.search(plain) else Keyword.STOP_IN_WORDS
    return Keyword.NONE


def from_twilio(opt_out_type: str) -> Keyword:
    """What Twilio itself has recognised (Advanced Opt-Out) and answered."""
    return {"STOP": Keyword.STOP, "START": Keyword.START, "HELP": Keyword.HELP}.get(opt_out_type.upper(), Keyword.NONE)

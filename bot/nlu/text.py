"""A message made safe to read, without moving any character: offsets found in the result hold in the original."""

import re
import unicodedata

MAX_CHARACTERS = 2000
"""What is read of one message; people ask at the start, and 128 word pieces are read at a time anyway."""

_STRAIGHT = str.maketrans({"‘": "'", "’": "'", "ʼ": "'", "`": "'", "´": "'", "“": '"', "”": '"', "–": "-", "—": "-"})
_MARKUP = re.compile(r"<[/!?]?[a-zA-Z][^<>]{0,300}>|<!--.{0,300}?-->|&(?:[a-z]{2,8}|#\d{1,6});", re.DOTALL)
_LATIN_WORD = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ]{2,}")
_ODD = re.compile(r"[^\x20-\x7e]")

# The little words of either language, without those that both have ("a", "no", "me", "he", "son", "hay", "como").
_SPANISH = frozenset(
    [
        "que",
        "qué",
        "cómo",
        "cuanto",
        "cuánto",
        "cuánta",
        "cuántos",
        "cuesta",
        "donde",
        "dónde",
        "cuando",
        "cuándo",
        "quiero",
        "quiere",
        "quisiera",
        "necesito",
        "necesita",
        "necesitamos",
        "ayuda",
        "ayudar",
        "ayúdame",
        "ayudame",
        "por",
        "para",
        "con",
        "mi",
        "mis",
        "su",
        "sus",
        "tu",
        "hijo",
        "hija",
        "esposo",
        "esposa",
        "hermano",
        "hermana",
        "mamá",
        "papá",
        "madre",
        "padre",
        "amigo",
        "el",
        "la",
        "los",
        "las",
        "un",
        "una",
        "unos",
        "unas",
        "es",
        "está",
        "esta",
        "estoy",
        "soy",
        "eres",
        "tiene",
        "tengo",
        "tienen",
        "puedo",
        "puede",
        "pueden",
        "podría",
        "hola",
        "gracias",
        "buenos",
        "buenas",
        "días",
        "del",
        "de",
        "en",
        "al",
        "se",
        "lo",
        "le",
        "les",
        "y",
        "o",
        "pero",
        "porque",
        "muy",
        "más",
        "mas",
        "si",
        "sí",
        "yo",
        "él",
        "ella",
        "nosotros",
        "usted",
        "ustedes",
        "programa",
        "tratamiento",
        "seguro",
        "aceptan",
        "hablan",
        "hablar",
        "español",
        "dejar",
        "beber",
        "tomar",
        "drogas",
        "alguien",
        "persona",
        "favor",
        "ser",
        "hacer",
        "estar",
        "hoy",
        "ahora",
    ]
)
_ENGLISH = frozenset(
    [
        "the",
        "and",
        "of",
        "to",
        "is",
        "are",
        "was",
        "do",
        "does",
        "did",
        "can",
        "could",
        "will",
        "would",
        "have",
        "has",
        "had",
        "you",
        "your",
        "i",
        "my",
        "we",
        "he's",
        "she",
        "it's",
        "what",
        "how",
        "when",
        "where",
        "who",
        "which",
        "why",
        "with",
        "for",
        "from",
        "at",
        "on",
        "this",
        "that",
        "these",
        "those",
        "there",
        "they",
        "them",
        "his",
        "her",
        "our",
        "am",
        "be",
        "been",
        "not",
        "don't",
        "if",
        "but",
        "or",
        "so",
        "because",
        "much",
        "many",
        "need",
        "want",
        "take",
        "get",
        "help",
        "please",
    ]
)


def _one(char: str) -> str:
    kind = unicodedata.category(char)
    if (kind[0] == "C" and kind != "Cs") or kind[0] == "Z":
        return " "
    return "\ufffd" if kind == "Cs" else char


def plain(text: str) -> str:
    """The first 2,000 characters: straight quotes, no control characters, markup blanked; every offset is kept."""
    text = _ODD.sub(lambda found: _one(found[0]) if found[0] != "\n" else "\n", text[:MAX_CHARACTERS])
    return _MARKUP.sub(lambda found: " " * len(found[0]), text.translate(_STRAIGHT))


def is_legible(text: str) -> bool:
    """Whether there is a word in Latin letters to classify: not so for emoji, digits, punctuation and other scripts
    alone."""
    words = sum(len(word) for word in _LATIN_WORD.findall(text))
    letters = sum(char.isalpha() for char in text)
    return words > 0 and words * 2 >= letters


def looks_spanish(text: str) -> bool:
    """Whether the whole reads as Spanish, which the English encoder would classify at random.

    A name ("El Camino", "La Mesa") or a few words inside an English message are not enough.
    """
    words = re.findall(r"[^\W\d_]+", text.lower())
    spanish = sum(word in _SPANISH for word in words)
    english = sum(word in _ENGLISH for word in words)
    marked = "¿" in text or "¡" in text
    return spanish > english and (marked or (spanish >= 2 and spanish * 5 >= len(words) * 2))

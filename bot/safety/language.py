"""English or Spanish: told by the little words of either language, so that the front can tell too."""

from __future__ import annotations

import re

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


def looks_spanish(text: str) -> bool:
    """Whether the whole reads as Spanish, which the English encoder would classify at random.

    A name ("El Camino", "La Mesa") or a few words inside an English message are not enough.
    """
    words, spanish, english = _counts(text)
    marked = "\u00bf" in text or "\u00a1" in text
    return spanish > english and (marked or (spanish >= 2 and spanish * 5 >= words * 2))


def looks_english(text: str) -> bool:
    """Whether at least two little words are English, and more than are Spanish: enough to change back to English."""
    _, spanish, english = _counts(text)
    return english >= 2 and english > spanish


def language_of(text: str, before: str = "en") -> str:
    """ "es" or "en": the message's own where it tells, else the one of the messages `before` it."""
    if looks_spanish(text):
        return "es"
    return "en" if looks_english(text) or not before.lower().startswith("es") else "es"


def _counts(text: str) -> tuple[int, int, int]:
    words = re.findall(r"[^\W\d_]+", text.lower())
    return len(words), sum(word in _SPANISH for word in words), sum(word in _ENGLISH for word in words)

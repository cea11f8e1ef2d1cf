"""Making a visitor's message fit to stay in the training data for ever: nobody can be told from it.

What has the shape of a personal detail, and the names known in its conversation, give way to stand-ins. What remains is
held against a list: every word must be one that the training data holds already, since a name is a word that it does
not hold. A message with any other word is left out until somebody has said that the word is no name.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.console.masking import Mask

STAND_INS = {
    "phone": "503-555-0100",
    "email": "someone@example.org",
    "zip": "00000",
    "date": "January 1",
    "name": "Sam",
}
LONGEST = 400
"""Characters; a longer message tells a story by which its writer may be known."""
_LABEL = re.compile(r"\[(email|number|date|phone|address|zip|name)\]")
_DAY = re.compile(
    r"\b(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?\s+(?:the\s+)?\d{1,2}(?:st|nd|rd|th)?\b|(?<![\d/])\d{1,2}/\d{1,2}(?![\d/])",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_START = re.compile(r"(?:^|[.!?:;\n\"(]\s*)$")
_TOLD = {
    "address": "it holds an address",
    "number": "it holds a long number, such as one of a card or a member",
}


class Unsafe(ValueError):
    """The message cannot be made safe; the text says why. `words` are those that may be names."""

    def __init__(self, why: str, words: tuple[str, ...] = ()) -> None:
        super().__init__(why)
        self.words = words


@dataclass(frozen=True)
class Vocabulary:
    """The words that the training data holds: in lower case, and those that it holds with a capital inside a
    sentence."""

    known: frozenset[str]
    capital: frozenset[str]

    @classmethod
    def of(cls, texts: Iterable[str], accepted: Iterable[str] = ()) -> "Vocabulary":
        """Of these training texts, and of words that somebody has said to be no names."""
        known, capital = {word.lower() for word in accepted}, {word.lower() for word in accepted}
        known |= {word.lower() for stand_in in STAND_INS.values() for word in _WORD.findall(stand_in)}
        capital |= {"sam", "january"}
        for text in texts:
            shouted = text.isupper()
            for match in _WORD.finditer(text):
                known.add(_plain(match[0]))
                if not shouted and match[0][0].isupper() and not _START.search(text[: match.start()]):
                    capital.add(_plain(match[0]))
        return cls(frozenset(known), frozenset(capital))

    def strange(self, text: str) -> tuple[str, ...]:
        """The words of a text that may be names, in order, each once."""
        shouted = text.isupper()
        found: dict[str, None] = {}
        for match in _WORD.finditer(text):
            word = _plain(match[0])
            named = match[0][0].isupper() and len(word) > 1 and not shouted and not _START.search(text[: match.start()])
            if word not in self.known or (named and word not in self.capital):
                found[word] = None
        return tuple(found)


def make_safe(text: str, names: Iterable[str | None], vocabulary: Vocabulary) -> str:
    """The message on one line, with stand-ins for personal details; `names` are those known in its conversation.

    Raises Unsafe.
    """
    said = " ".join("".join(char if char.isprintable() else " " for char in text).split()).lstrip("/")
    said = said.translate(str.maketrans("[]{}", "()()"))  # Rasa reads these as marks for entities
    if len(said) > LONGEST:
        raise Unsafe(f"it is longer than {LONGEST} characters")
    labelled = _DAY.sub("[date]", Mask(names).text(said))
    for label, why in _TOLD.items():
        if f"[{label}]" in labelled:
            raise Unsafe(why)
    bare = _LABEL.sub(" ", labelled)
    if re.search(r"\d{5}", bare):
        raise Unsafe(_TOLD["number"])
    if re.search(r"@|://|www\.", bare, re.IGNORECASE):
        raise Unsafe("it holds an address on the internet")
    safe = _LABEL.sub(lambda match: STAND_INS[match[1]], labelled)
    strange = vocabulary.strange(safe)
    if strange:
        raise Unsafe(f"it holds words that may be names: {', '.join(strange)}", strange)
    if not _WORD.search(safe):
        raise Unsafe("it holds no words")
    return safe


def _plain(word: str) -> str:
    return word.lower().replace("’", "'")

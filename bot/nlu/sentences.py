"""Tokens and sentences by spaCy, and the pieces of a message that can be questions of their own."""

import itertools
import re
from dataclasses import dataclass
from functools import lru_cache

import spacy
from spacy.language import Language
from spacy.tokens import Doc

MAX_PIECES = 8
_LONGEST_RUN = 40  # tokens; people who do not punctuate are read in windows of this many

# A connective before the start of a question or request: "... and can i ...", "..., also what ...", "... plus i need
# ...".
_JOIN = r"(?:,\s*|;\s*|\s-+\s|\s+)(?:(?:and|but|also|plus|or|then|oh and|as well as)\s+){1,2}(?:also\s+)?"
_ASKS = (
    r"(?:how|what|what's|whats|when|where|who|which|why|can|could|do|does|will|would|is|are|am|should|may"
    r"|i need to know|i want to know|i'd like to|i would like to|please|tell me)\b"
)
_JOINED = re.compile(_JOIN + r"(?=" + _ASKS + r")", re.IGNORECASE)
_COMMA = re.compile(
    r"\s*,\s*(?=(?:how|what|when|where|who|can i|can you|can we|could you|do you|do i|does it|will i|is it|is there|are you)\b)",  # noqa: E501
    re.IGNORECASE,
)
_RUN_ON = re.compile(
    r"(?<=\w)\s+(?=(?:how much|how long|how many|what time|what days|do (?:you|u|i|they)|does (?:it|my)|can (?:i|you|u|we|he|she)"  # noqa: E501
    r"|is there|is it|are there|are (?:you|u)|where (?:is|are)|when (?:is|are|do|can))\b)",
    re.IGNORECASE,
)
# Words after which a question word opens a clause of the same question: "do you know how much ...", "wondering if".
_CARRIES = frozenset(
    [
        "know",
        "tell",
        "wonder",
        "wondering",
        "ask",
        "asking",
        "curious",
        "explain",
        "sure",
        "about",
        "see",
        "understand",
        "understanding",
        "idea",
        "of",
        "if",
        "whether",
        "say",
        "says",
        "said",
        "and",
        "or",
        "but",
        "also",
        "plus",
        "hi",
        "hey",
        "hello",
        "so",
        "ok",
        "okay",
        "then",
        "that",
        "when",
        "what",
        "how",
        "where",
        "why",
        "who",
        "because",
        "than",
        "as",
        "to",
        "in",
        "on",
        "at",
        "for",
        "find",
        "figure",
        "depends",
        "matter",
        "not",
        "only",
        "well",
        "just",
        "exactly",
    ]
)
_QUESTION = re.compile(
    r"\?|^\W*(?:(?:and|also|but|so|ok|okay|hi|hello|hey|plus|well|please|then|or)\W+)*(?:how|what|what's|whats|when|where|who|whose|"
    r"which|why|can|could|do|does|did|will|would|is|are|am|should|may|any|tell me|need|wondering|looking for|"
    r"i(?:'d| would) like|i (?:just )?(?:want|need|wanna)|i(?:'m| am) (?:looking|wondering|curious|trying)|let me|give me|call me|"  # noqa: E501
    r"contact me|have someone|please)\b|\b(?:wondering|want to know|need to know|tell me|like to know|let me know|curious)\b",  # noqa: E501
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Piece:
    """A part of the message by its offsets there."""

    text: str
    start: int
    end: int

    @property
    def asks(self) -> bool:
        """Whether it has the form of a question or a request."""
        return bool(_QUESTION.search(self.text))


@lru_cache(maxsize=1)
def language() -> Language:
    """The process's spaCy pipeline for tokens and sentences: blank English with the rule-based sentencizer."""
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer", config={"punct_chars": [".", "!", "?", "…", "?!", "!?", "??", "???", "!!", "..."]})
    return nlp


@lru_cache(maxsize=4)
def read(text: str) -> Doc:
    """The text's tokens and sentences, to be read only: the next component asks for the same."""
    return language()(text)


def _piece(text: str, start: int, end: int) -> Piece | None:
    body = text[start:end]
    inner = body.strip(" \t\n,;-")
    if not any(char.isalnum() for char in inner):
        return None
    start += body.index(inner[0])
    return Piece(inner, start, start + len(inner))


def _words(text: str) -> int:
    return len(re.findall(r"[\w'/]+", text))


def _cuts(sentence: str) -> list[int]:
    """Where one sentence goes over to another question, by offsets in it; both sides must be able to stand alone."""
    found: set[int] = set()
    for pattern in (_JOINED, _COMMA, _RUN_ON):
        for match in pattern.finditer(sentence):
            before = re.findall(r"[\w'/]+", sentence[: match.start()].lower())
            if pattern is not _JOINED and before and before[-1] in _CARRIES:
                continue
            found.add(match.start() if pattern is not _RUN_ON else match.end())
    cuts: list[int] = []
    last = 0
    for cut in sorted(found):
        if _words(sentence[last:cut]) >= 3 and _words(sentence[cut:]) >= 3:
            cuts.append(cut)
            last = cut
    return cuts


def sentences(doc: Doc) -> list[Piece]:
    """The message's sentences and lines; a run of words without punctuation is cut into windows."""
    pieces: list[Piece] = []
    for span in doc.sents:
        for begin in range(span.start, span.end, _LONGEST_RUN):
            part = doc[begin : min(begin + _LONGEST_RUN, span.end)]
            offset = part.start_char
            for line in part.text.split("\n"):
                piece = _piece(doc.text, offset, offset + len(line))
                offset += len(line) + 1
                if piece:
                    pieces.append(piece)
    return pieces


def pieces(doc: Doc) -> list[Piece]:
    """The parts that may each ask for something, in order, at most 8; one when the message cannot be cut."""
    parts: list[Piece] = []
    for sentence in sentences(doc):
        bounds = [0, *_cuts(sentence.text), len(sentence.text)]
        for begin, end in itertools.pairwise(bounds):
            part = _piece(doc.text, sentence.start + begin, sentence.start + end)
            if part:
                parts.append(part)
    if len(parts) > MAX_PIECES:  # of a long story, its questions
        asking = [part for part in parts if part.asks]
        return sorted([*asking, *(part for part in parts if not part.asks)][:MAX_PIECES], key=lambda part: part.start)
    return parts

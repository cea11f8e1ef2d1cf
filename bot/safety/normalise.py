"""Light normalisation of a message for the safety rules: what people type, brought to one spelling.

The rules see lower-case words without apostrophes, one space between them, ` . ` and ` ? ` where a sentence ends.
Contractions are brought to one form ("I am", "i'm" and "im" are all `im`), crisis words are repaired (leetspeak,
SMS shorthand, one-letter typos of long distinctive words). Nothing else may use this text: it loses detail.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from importlib.resources import files

import yaml

#: A message longer than this is cut in the middle for the rules: both ends are kept, and time stays bounded.
LONGEST = 4000

_QUOTES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"', "…": ".", "—": ".", "–": "-"})
_LEET = str.maketrans({"1": "i", "!": "i", "3": "e", "0": "o", "@": "a", "$": "s", "4": "a", "5": "s"})
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_SPELT_OUT = re.compile(r"\b(?:[a-z][ .\-_*]){3,}[a-z]\b")
_LEETED = re.compile(r"(?<![\w$@])(?=[\w$@!]*[a-z])(?=[\w$@!]*[013457$@!][a-z])[a-z013457$@!]{3,}(?![\w$@])")
_REPEATED = re.compile(r"([a-z])\1{2,}")
_OVERDOSED = re.compile(r"\bo\.?d\.?'e?d\b")
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")
_END = re.compile(r"[.!;\n\r]+|(?<=\w):(?=\s)")
_QUESTION = re.compile(r"[?]+")
_NOT_WORD = re.compile(r"[^a-z0-9.?&$ ]+")
_SPACES = re.compile(r"\s+")
_WORD = re.compile(r"[a-z]{6,}")
# Words that people add at the end of a sentence: cut off, so that a rule sees the sentence end before them.
_TAIL = re.compile(
    r"(?<=\w)((?: (?:please|thank you so much|thank you|thanks|omg|idk|tbh|fr|smh|ngl|asap|bro|guys|yall))+)"
    r"(?= [.?]| ?$)"
)


class _Spelling:
    """The tables of rules/spelling.yml, compiled."""

    def __init__(self) -> None:
        table = yaml.safe_load(files("bot.safety").joinpath("rules", "spelling.yml").read_text(encoding="utf-8"))
        self.words: dict[str, str] = {str(old): str(new) for old, new in table["words"].items()}
        phrases: dict[str, str] = table["phrases"]
        alternatives = "|".join(re.escape(old) for old in sorted(phrases, key=len, reverse=True))
        self.phrase = re.compile(rf"(?<!\S)(?:{alternatives})(?!\S)")
        self.phrases = phrases
        self.keep: frozenset[str] = frozenset(table["keep"])
        self.vocabulary: frozenset[str] = frozenset(table["repair"])
        self.deletes: dict[str, str] = {}
        for word in table["repair"]:
            for short in _deletes(word) | {word}:
                self.deletes.setdefault(short, word)

    def repaired(self, word: str) -> str:
        """The crisis word that a word is one edit away from, else the word itself."""
        if word in self.vocabulary or word in self.keep:
            return word
        for short in (word, *_deletes(word)):
            if (target := self.deletes.get(short)) and abs(len(target) - len(word)) <= 1 and target[0] == word[0]:
                return target
        return word


def _deletes(word: str) -> set[str]:
    return {word[:i] + word[i + 1 :] for i in range(len(word))}


@lru_cache(maxsize=8192)
def _repaired(word: str) -> str:
    return _spelling().repaired(word)


@lru_cache(maxsize=1)
def _spelling() -> _Spelling:
    return _Spelling()


def _plain(text: str) -> str:
    """Cut, lower case, straight quotes, without accents and invisible characters."""
    if len(text) > LONGEST:
        text = text[: LONGEST // 2] + "\n" + text[-LONGEST // 2 :]
    if text.isascii():
        return text.replace("`", "'").lower()
    text = unicodedata.normalize("NFKC", text).translate(_QUOTES).lower()
    text = _INVISIBLE.sub("", text)
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def bare_words(text: str) -> str:
    """The words alone, lower case, without accents, apostrophes and signs: for patterns on short answers."""
    return " ".join(re.sub(r"[^\w]+", " ", _plain(text).replace("'", "")).split())


_SPANISH_WORDS = {
    "q": "que", "k": "que", "ke": "que", "kiero": "quiero", "kiere": "quiere", "qiero": "quiero", "qro": "quiero",
    "xq": "porque", "pq": "porque", "xke": "porque", "toy": "estoy", "ta": "esta", "tmb": "tambien", "ps": "pues",
    "x": "por", "d": "de", "oi": "hoy", "aki": "aqui", "mori": "morir", "bibir": "vivir", "vibir": "vivir",
    "komo": "como",
    "suisidar": "suicidar", "suisidarme": "suicidarme", "pastiyas": "pastillas", "sobredocis": "sobredosis",
    "ermano": "hermano",
    "ijo": "hijo", "ija": "hija", "asta": "hasta", "voi": "voy", "boy": "voy", "respirra": "respira",
    "kise": "quise", "kisiera": "quisiera", "ase": "hace", "aser": "hacer", "stoy": "estoy", "m": "me", "c": "se",
    "bn": "bien", "nda": "nada", "tngo": "tengo", "nesesito": "necesito", "tmbn": "tambien", "tb": "tambien",
    "sta": "esta", "matarm": "matarme", "xfa": "por favor",
}  # fmt: skip


# "No" is the negation too, and only the comma tells "no, me pega" (he does) from "no me pega" (he does not).
_ANSWERED_NO = re.compile(r"(?<!ya )\bno\s*,\s*")


def normalise_spanish(text: str) -> str:
    """The text as the Spanish rules read it: as `normalise`, without the tables of English spelling; "no," ends a
    sentence."""
    text = _ANSWERED_NO.sub("no . ", _REPEATED.sub(r"\1", _plain(text)))
    text = _QUESTION.sub(" ? ", _END.sub(" . ", text))
    words = _SPACES.sub(" ", _NOT_WORD.sub(" ", text)).split()
    return f" {' '.join(_SPANISH_WORDS.get(word, word) for word in words)} "


def normalise(text: str, repair: bool = True) -> str:
    """The text as the rules read it: lower case, one spelling, ` . ` and ` ? ` as sentence ends, one space around.

    `repair` brings words one edit away from an English crisis word to it: not for Spanish, which has near neighbours.
    Always starts and ends with a space, so that a rule can ask for whole words with plain spaces.
    """
    spelling = _spelling()
    text = _plain(text)
    text = _SPELT_OUT.sub(lambda m: re.sub(r"[^a-z]", "", m.group()), text)
    text = _LEETED.sub(lambda m: m.group().translate(_LEET) if not m.group()[0].isdigit() else m.group(), text)
    text = _REPEATED.sub(r"\1", text)
    text = _OVERDOSED.sub("overdosed", text)
    text = _APOSTROPHE.sub("", text)
    text = _QUESTION.sub(" ? ", _END.sub(" . ", text))
    text = _SPACES.sub(" ", _NOT_WORD.sub(" ", text))
    words = [spelling.words.get(word, word) for word in text.split(" ") if word]
    text = spelling.phrase.sub(lambda m: spelling.phrases[m.group()], " ".join(words))
    text = _TAIL.sub(r" .\1", f" {text}")
    if repair:
        text = _WORD.sub(lambda match: _repaired(match.group()), text)
    return f" {text.strip()} "

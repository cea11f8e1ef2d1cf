"""BERT's word pieces in plain Python: a sentence to vocabulary numbers, as the encoder's weights expect them."""

import re
import unicodedata
from pathlib import Path

CLS, SEP, UNKNOWN = "[CLS]", "[SEP]", "[UNK]"
_LONGEST_WORD = 100
_CACHE_SIZE = 20_000
_ASCII_WORD = re.compile(r"[a-z0-9]+|[^a-z0-9\s]")


def _is_punctuation(char: str) -> bool:
    # BERT counts every ASCII symbol as punctuation, whatever Unicode calls it ("$", "+", "~").
    return (char.isascii() and not char.isalnum() and not char.isspace()) or unicodedata.category(char)[0] == "P"


def _is_ideograph(char: str) -> bool:
    code = ord(char)
    return (
        0x4E00 <= code <= 0x9FFF or 0x3400 <= code <= 0x4DBF or 0x20000 <= code <= 0x2CEAF or 0xF900 <= code <= 0xFAFF
    )


def basic_words(text: str) -> list[str]:
    """Lower-case words and single punctuation marks of the text, accents removed, control characters dropped."""
    if text.isascii() and text.isprintable():  # the same in a tenth of the time
        return _ASCII_WORD.findall(text.lower())
    plain = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if unicodedata.category(c) != "Mn")
    spaced: list[str] = []
    for char in plain:
        if char.isspace():
            spaced.append(" ")
        elif char == "\ufffd" or unicodedata.category(char)[0] == "C":
            continue
        elif _is_punctuation(char) or _is_ideograph(char):
            spaced.append(f" {char} ")
        else:
            spaced.append(char)
    return "".join(spaced).split()


class WordPiece:
    """Splits words greedily into the longest pieces that the vocabulary holds."""

    def __init__(self, vocabulary: list[str]) -> None:
        """Take the vocabulary in the order of its numbers."""
        self._number = {piece: number for number, piece in enumerate(vocabulary)}
        self._cls, self._sep, self._unknown = (self._number[name] for name in (CLS, SEP, UNKNOWN))
        self._cache: dict[str, tuple[int, ...]] = {}

    @classmethod
    def from_file(cls, path: Path) -> "WordPiece":
        """Read a vocab.txt: one piece a line, its number is the line's."""
        return cls(path.read_text(encoding="utf-8").split("\n")[:-1])

    def pieces(self, word: str) -> tuple[int, ...]:
        """The numbers of one word's pieces; the unknown piece when the vocabulary cannot spell it."""
        known = self._cache.get(word)
        if known is None:
            known = self._split(word)
            if len(self._cache) < _CACHE_SIZE:
                self._cache[word] = known
        return known

    def encode(self, text: str, limit: int) -> list[int]:
        """The sentence's numbers between the start and end marks, at most `limit` in all."""
        numbers = [self._cls]
        for word in basic_words(text):
            numbers.extend(self.pieces(word))
            if len(numbers) >= limit:
                break
        return [*numbers[: limit - 1], self._sep]

    def _split(self, word: str) -> tuple[int, ...]:
        if len(word) > _LONGEST_WORD:
            return (self._unknown,)
        numbers: list[int] = []
        start = 0
        while start < len(word):
            for end in range(len(word), start, -1):
                piece = word[start:end] if start == 0 else "##" + word[start:end]
                number = self._number.get(piece)
                if number is not None:
                    numbers.append(number)
                    start = end
                    break
            else:
                return (self._unknown,)
        return tuple(numbers)

"""Measure what typing mistakes and SMS shorthand cost: the whole pipeline's accuracy on labelled lines, as they are and
made worse.

    python benchmarks/nlu/noise.py MODEL.tar.gz FILE.jsonl ...

Prints a Markdown table and no message. The noise is seeded: the same lines come out the same.
"""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from bot.nlu.evaluate import evaluate, load_parser, read_lines
from bot.nlu.noise import mistype

SEED = 20261126
HEAVY = 0.4

# How people shorten on a phone. Written from memory of real texts, not from bot/nlu/shorthand.yml: what is measured
# must not be what was listed. The longest phrases first.
_PHRASES = {
    "as soon as possible": "asap",
    "by the way": "btw",
    "to be honest": "tbh",
    "let me know": "lmk",
    "i don't know": "idk",
    "in my opinion": "imo",
    "right now": "rn",
    "thank you": "ty",
    "going to": "gonna",
    "want to": "wanna",
    "got to": "gotta",
    "have to": "hafta",
    "kind of": "kinda",
    "out of": "outta",
    "do not": "dont",
    "i am": "im",
    "see you": "cya",
    "are you": "r u",
    "how much": "hw much",
}
_WORDS = {
    "you": "u",
    "your": "ur",
    "you're": "ur",
    "are": "r",
    "to": "2",
    "too": "2",
    "for": "4",
    "before": "b4",
    "because": "bc",
    "please": "plz",
    "people": "ppl",
    "with": "w/",
    "without": "w/o",
    "about": "abt",
    "and": "&",
    "what": "wat",
    "when": "wen",
    "why": "y",
    "know": "kno",
    "okay": "k",
    "thanks": "thx",
    "tomorrow": "tmrw",
    "today": "2day",
    "tonight": "2nite",
    "night": "nite",
    "something": "smth",
    "someone": "sum1",
    "somebody": "sum1",
    "anyone": "any1",
    "really": "rly",
    "though": "tho",
    "through": "thru",
    "should": "shud",
    "would": "wud",
    "could": "cud",
    "have": "hav",
    "the": "da",
    "that": "dat",
    "this": "dis",
    "them": "em",
    "message": "msg",
    "text": "txt",
    "weekend": "wknd",
    "weeks": "wks",
    "week": "wk",
    "hours": "hrs",
    "hour": "hr",
    "months": "mos",
    "insurance": "ins",
    "appointment": "appt",
    "information": "info",
    "probably": "prob",
    "every": "evry",
    "good": "gud",
    "love": "luv",
    "from": "frm",
    "just": "jus",
    "back": "bk",
    "much": "mch",
    "want": "wnt",
    "need": "nd",
    "can": "cn",
    "be": "b",
    "see": "c",
    "phone": "fone",
    "call": "cal",
    "does": "duz",
    "my": "mi",
    "time": "tym",
}
_TABLE = _PHRASES | _WORDS
_FOUND = re.compile(
    r"(?<![\w'])(?:" + "|".join(map(re.escape, sorted(_TABLE, key=len, reverse=True))) + r")(?![\w'])", re.IGNORECASE
)
_SHORTENED = 0.5  # of the words and phrases that have a short form: nobody shortens all of them


def shorten(text: str, chance: random.Random, share: float = _SHORTENED) -> str:
    """The text as somebody in a hurry sends it: short forms for a share of what has one, no capitals, no apostrophes,
    no marks at the end."""
    text = text.replace("\u2019", "'")
    text = _FOUND.sub(lambda found: _TABLE[found[0].lower()] if chance.random() < share else found[0], text)
    return text.lower().replace("'", "").rstrip(" .!")


def _slips(share: float) -> Callable[[str, random.Random], str]:
    return lambda text, chance: mistype(text, chance, share)


KINDS: dict[str, Callable[[str, random.Random], str]] = {
    "as it is": lambda text, chance: text,
    "typo": _slips(0.15),
    "typo2": _slips(HEAVY),
    "sms": shorten,
}
"""The kinds of noise by name."""


def main(arguments: list[str]) -> None:
    """Print the table, each row as soon as it is measured."""
    if len(arguments) < 2:
        sys.exit(__doc__)
    parse = load_parser(Path(arguments[0]))
    print("| file | lines | noise | accuracy | points lost |")
    print("| --- | --- | --- | --- | --- |")
    for file in map(Path, arguments[1:]):
        lines = read_lines(file)
        before = 0.0
        for kind, noise in KINDS.items():
            chance = random.Random(SEED)
            accuracy = evaluate([replace(line, text=noise(line.text, chance)) for line in lines], parse).accuracy
            before = before or accuracy
            print(
                f"| {file.name} | {len(lines)} | {kind} | {accuracy:.1%} | {(before - accuracy) * 100:.1f} |",
                flush=True,
            )


if __name__ == "__main__":
    main(sys.argv[1:])

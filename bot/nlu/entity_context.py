"""What the words around a listed word say: whether it stands for what the list says, and how sure that is.

"Oscar" is an insurer beside "plan" and a man's name beside "told me"; "ice" is a substance beside "smoking". Each rule
looks at the lower-case text before and after the words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

STRUCTURED, LISTED, REPAIRED, AMBIGUOUS = 0.99, 0.97, 0.9, 0.85
"""How sure a fact is, by its evidence: a form that means nothing else; a listed word as typed; one that repair put
right; a word with other meanings, or a number whose meaning was worked out (bot.nlu.entity_figures measures them)."""


@dataclass(frozen=True)
class Entity:
    """One fact in a message: its kind, normalised value, place in the text, and how sure it is."""

    entity: str
    value: Any
    start: int
    end: int
    confidence: float = LISTED


_SLANG = frozenset(
    [
        "ice",
        "glass",
        "tina",
        "blow",
        "speed",
        "crystal",
        "blues",
        "junk",
        "pot",
        "acid",
        "spice",
        "lean",
        "crack",
        "roxy",
        "revive",
        "mat",
        "video",
        "soma",
        "gin",
        "rum",
        "bup",
        "subs",
        "bars",
        "molly",
        "tranq",
        "horse",
        "downers",
        "uppers",
    ]
)
"""Everyday words that are slang for a substance; they count only beside a word that says so."""
_SAID_OF_USE = re.compile(
    r"\b(?:on|using|uses?|used|smok\w*|snort\w*|shoot\w*|inject\w*|addict\w*|habit|hooked|off|quit\w*|drugs?|meth|heroin|treat\w*|"
    r"for|do(?:ing|es)?|did|recover\w*|takes?|taking|took|have|has|with|kick\w*|withdraw\w*|program|problem|dealer|selling|sells|"
    r"strips?|wounds?|mostly)\b"
)
_BRANDS = frozenset(["united", "beacon", "oscar", "surest", "magellan", "exchange", "chip", "va", "cobra", "optum"])
"""Names of insurers that are everyday words or anybody's name."""
_SAID_OF_PLANS = re.compile(
    r"\b(?:insur\w*|plans?|cover\w*|network|accept\w*|takes?|taking|card|members?|polic\w*|ppo|hmo|epo|hdhp|bronze|silver|gold|"
    r"deductible|copay|claims?|have|has|got|get|through|thru|bill|pays?|wont|won't|benefits|health\w*|veterans?|with|at|care|in)\b"
)
_OTHER_MEANING_AFTER: dict[str, str] = {
    "cocaine": r"\s*-?(?:zero|cola|can|bottle|machine|float)",  # shorthand.yml spells coke out
    "coke": r"\s*-?(?:zero|cola|can|bottle|machine|float)",
    "pot": r"\s+(?:roast|of|luck|pie|holes?)",
    "weed": r"\s+(?:out|the|whacker|eater)",
    "crack": r"\s+(?:a|an|jokes?|up|down|open|the|of|in)\b",
    "acid": r"\s+(?:reflux|rain)",
    "speed": r"\s+(?:limit|dial|of|up|ing|bump)",
    "ice": r"\s+(?:rink|cream|packs?|cold|storm|skat\w+|cubes?|water|breaker)",
    "glass": r"\s+of",
    "blow": r"\s+(?:up|off|my|out|over|it)\b",
    "hash": r"\s+(?:out|browns?|tag)",
    "junk": r"\s+(?:food|mail|drawer)",
    "lean": r"\s+(?:on|into|in|toward\w*|meat)",
    "spice": r"\s+(?:up|rack|girls?|of)",
    "crystal": r"\s+(?:clear|ball|lake|river)",
    "vaping": r"\s+(?:thc|weed|pot|marijuana)",
    "vape": r"\s+(?:thc|weed|pot|marijuana)",
    "drink": r"\s+(?:water|coffee|tea|soda|juice|milk|enough water)",
    "drinking": r"\s+(?:water|coffee|tea|soda|juice|milk|enough water|fountain)",
    "drinks": r"\s+(?:water|coffee|tea|soda|juice|milk)",
    "remote": r"\s+(?:area|town|part|village|place|control|location|spot|county)",
    "united": r"\s+(?:states|flight|airlines?|way|we|in|methodist|kingdom)",
    "beacon": r"\s+(?:street|st|hill|ave\w*|road|rd|of)\b",
    "magellan": r"\s+gps",
    "oscar": r"\s+(?:mayer|told|said|is|was|wilde|called|and i)\b",
    "exchange": r"\s+(?:numbers?|for|it|of)\b",
    "chip": r"\s+(?:in|on|away)\b",
    "cobra": r"\s+(?:snake|kai)",
    "va": r"\s+(?:nurse|loan|beach|home|disability|\d)",
    "molly": r"\s+(?:told|said|is|and i|called|was)\b",
    "kaiser": r"\s+roll",
}  # fmt: skip
_OTHER_MEANING_BEFORE: dict[str, str] = {
    "cocaine": r"(?:diet|cherry|vanilla|cold)\s+$",
    "coke": r"(?:diet|cherry|vanilla|cold)\s+$",
    "dope": r"(?:that's|thats|so|pretty|is|are|how)\s+$",
    "gamble": r"\b(?:a|the)\s+$",
    "slots": r"(?:time|open|available|free|any|appointment|more)\s+$",
    "wed": r"\b(?:i|we|they|she|he|newly|got)\s+$",
    "mon": r"(?:poke|c)\s+$",
    "fri": r"wi\s+$",
    "va": r"(?:,|\b(?:in|from|near|to))\s+$",
    "na": r"^$",
    "online": r"\b(?:found|saw|read|see|seen|looked|looking|looked up|heard|met|search\w*|reviews?)(?:\s+\S+){0,4}\s+$",
    "video": r"\b(?:your|the|a|watched|saw)\s+$",
    "at night": r"\b(?:drink\w*|use[sd]?|cry\w*|awake|sleep\w*)\s+$",
    "molly": r"\b(?:named?|is|dog|cat|daughter|sister|wife)(?:\s+is)?(?:\s+named)?\s+$",
    "tina": r"\b(?:named?|name is|is)\s+$",
    "high deductible": r"\b(?:such a|too|so)\s+$",
}  # fmt: skip
_NEEDS_BESIDE: dict[str, str] = {
    "na": r"\b(?:meetings?|groups?|aa|sponsor\w*|steps?|went to|go to|going to|been to|fellowship)\b",
    "slots": r"\b(?:play\w*|machines?|los\w*|lost|casino|gambl\w*|bet\w*|addict\w*)\b",
}
_PRESCRIBED = re.compile(
    r"\b(?:prescri\w+|my (?:doctor|psych\w*|pcp)|doctor has|rx|for (?:my )?(?:adhd|add|anxiety|panic\w*|seizures))\b"
)
_MISUSED = re.compile(
    r"\b(?:hooked|addict\w*|abus\w*|snort\w*|street|dealer|too (?:many|much)|off|quit\w*|detox\w*|bars)\b"
)
_AS_MEDICATION = {
    "benzodiazepines": "benzodiazepines",
    "prescription_stimulants": "stimulants",
    "gabapentin": "gabapentin",
}
# What a person says, knows or does about the writer: the message is not about that person's care.
_ABOUT_WRITER = re.compile(
    r"^(?:'s)?\s+(?:just |always |never |also |already |kinda |really )?"
    r"(?:told|said|says|thinks?|thought|knows?|found out|finds out|mentioned|referred|recommended|suggested|sent|gave|"
    r"drove|drives|took me|made|makes|is making me|wants? me|needs? me|kicked me|left me|threw me|will kill|would kill|"
    r"can (?:drive|take|bring) me|can'?t know|do ?n.?t know|does ?n.?t know|does not know|do not know|works there|"
    r"went there|died|passed|has custody|dad has)\b(?!\s+(?:that\s+)?(?:she|he|they)(?:'|\b))"
)
_SPOKEN_TO = re.compile(
    r"\b(?:tell|told|telling|lost|wed|married|buried?|miss|thank|hurting|hurt|losing|keep|doing this for)\s+$"
)
_ASKED_WHETHER = re.compile(r"\b(?:can|could|may|do|does|should|will|would)\s+$")
_COMES_ALONG = re.compile(
    r"^\s+(?:come|join|visit|attend|be there|sit in|be part|find out|see|know|go to groups?|pick me|stay with me)\b"
)
_NOT_FOR_ME = re.compile(
    r"\b(?:work|works|worked|working|better|best|easier|easy|hard|harder|good|only|ok|okay|fine|late|early|far|much|there|do|anything|"
    r"something|call|hold|wait|care|problem|thing|isnt|isn't|not|time|times|cheaper|done)\s+$"
)
_NO_WISH = {
    "night": r"\b(?:last|every|each|all|good|this|that|one|the other|per|a|my|until|whole)\s+$",
    "": r"\b(?:last|good|this|that|one|the other|whole)\s+$",
}
_THROUGH_WORK = re.compile(
    r"\b(?:through|thru|from|via|by)\s+((?:my|his|her|our|their)(?:\s+(?:husband|wife|mom|dad|spouse)'?s)?\s+"
    r"(?:job|work|employer|company|union))\b"
)
_ABOUT_INSURANCE = re.compile(r"\b(?:insur\w*|plan|covered|coverage|benefits|ppo|hmo|epo|deductible|policy)\b")


def in_context(text: str, found: Iterable[Entity]) -> list[Entity]:
    """Those of the listed words that stand for what the list says, with the words that are not theirs cut off."""
    candidates = list(found)
    substances = {text[f.start : f.end] for f in candidates if f.entity == "substance"}
    kept: list[Entity] = []
    for fact in candidates:
        words = text[fact.start : fact.end]
        before, after = text[: fact.start], text[fact.end :]
        if _means_something_else(words, before, after):
            continue
        ambiguous = words in _SLANG or words in _BRANDS or words in _NEEDS_BESIDE
        if ambiguous and not _said(words, before, after, beside_another=len(substances) > 1 and words in substances):
            continue
        if fact.entity == "person" and not _asked_for(words, before, after):
            continue
        if fact.entity == "part" and _is_no_wish(words, str(fact.value), before, after, kept, fact.start):
            continue
        fact = _trimmed(fact, words)
        if ambiguous or fact.entity == "person":
            fact = replace(fact, confidence=AMBIGUOUS)
        kept.append(_prescribed(fact, text))
    if any(fact.entity == "insurer" for fact in kept) or _ABOUT_INSURANCE.search(text):
        for match in _THROUGH_WORK.finditer(text):
            kept.append(Entity("plan_type", "employer", match.start(1), match.end(1), AMBIGUOUS))
    return kept


def _means_something_else(words: str, before: str, after: str) -> bool:
    tail, head = _OTHER_MEANING_AFTER.get(words), _OTHER_MEANING_BEFORE.get(words)
    return bool((tail and re.match(tail, after)) or (head and re.search(head, before)))


def _said(words: str, before: str, after: str, beside_another: bool) -> bool:
    around = f"{before[-28:]} {after[:20]}"
    if words in _NEEDS_BESIDE:
        return bool(re.search(_NEEDS_BESIDE[words], around))
    if words in _BRANDS:
        return bool(_SAID_OF_PLANS.search(f"{before[-40:]} {after[:40]}")) or not f"{before}{after}".strip(" ?.!")
    return beside_another or bool(_SAID_OF_USE.search(around)) or len(before) + len(after) <= 8


def _asked_for(words: str, before: str, after: str) -> bool:
    if words == "for me":
        return not _NOT_FOR_ME.search(before)
    if _ABOUT_WRITER.match(after) or _SPOKEN_TO.search(before):
        return False
    return not (_ASKED_WHETHER.search(before) and _COMES_ALONG.match(after))


def _is_no_wish(words: str, part: str, before: str, after: str, kept: list[Entity], start: int) -> bool:
    if re.search(_NO_WISH.get(part, _NO_WISH[""]), before) or re.search(r"\bday and\s+$", before):
        return True
    if re.match(r"\s+(?:and day|sweats?|mares?|terrors?)\b", after):
        return True
    # "early mornings before work" says one thing twice.
    return any(f.entity == "part" and f.value == part and 0 <= start - f.end <= 3 for f in kept)


def _trimmed(fact: Entity, words: str) -> Entity:
    if words == "for me":
        return replace(fact, start=fact.end - 2)
    if fact.entity == "plan_type" and words.endswith(" plan") and fact.value != "medicaid":
        return replace(fact, end=fact.end - len(" plan"))
    if fact.entity == "insurer" and words.startswith("the "):
        return replace(fact, start=fact.start + len("the "))
    return fact


def _prescribed(fact: Entity, text: str) -> Entity:
    """A medicine that is also misused counts as medication when the message says that it is prescribed."""
    if fact.entity != "substance" or fact.value not in _AS_MEDICATION:
        return fact
    if not _PRESCRIBED.search(text) or _MISUSED.search(text):
        return fact
    return replace(fact, entity="medication", value=_AS_MEDICATION[fact.value], confidence=AMBIGUOUS)

"""The safety check of one message: what the rules see in it, the classifier's opinion, then one assessment.

`examine` applies the rules; `conclude` weighs them against an opinion; `assess` does both. A firm rule decides alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast

from bot.safety.assessment import RANK, URGENCY, Assessment, Category, Flag, Language, Level, Subject
from bot.safety.language import language_of, may_be_spanish
from bot.safety.normalise import bare_words, normalise, normalise_spanish
from bot.safety.rule import Benign, benign_rules_for, compile_patterns, crisis_rules_for, marks

#: The classes of the classifier's opinion: no danger, then the categories.
OPINIONS: tuple[str, ...] = ("none", "distress", "suicide", "overdose", "withdrawal", "violence", "threat", "minor")

#: Thresholds on the opinion's danger (everything but none and distress). Not configurable: nobody can switch them off.
#: They are low because the opinion is sharp: on messages that it never saw, harmless ones seldom reach one in fifty.
EMERGENCY_FROM = 0.20
CHECK_FROM = 0.02
#: Where a benign rule explained all that the rules saw (a denial, an idiom, grief), an emergency is the classifier's
#: word against theirs: it must be more likely than not.
EXPLAINED_FROM = 0.50
#: Below these a rule that is not firm says nothing, by its level. Rules see words; the classifier, of which their
#: findings are a part, sees what is meant: where a rule saw a check, real danger is far above the check's threshold.
DOUBT_BELOW: Mapping[Level, float] = {"emergency": 0.01, "check": 0.05}
#: Of a message of at most so many words, beside ordinary questions, the rules are sure.
PLAIN_UP_TO = 5
#: In a message of at most so many words a benign rule that speaks of the whole message explains all of it.
SETTLED_UP_TO = 20
#: Distress gets a gentle line from here on.
DISTRESS_FROM = 0.70

# A clause ends where a sentence does, and where the speaker turns from then to now or from them to me: in either
# language, for people mix them, and no turn of one is a word of the other. "Pero fue hace años" turns back to then.
_BACK = (
    r"(?:eso|esto|fue|ya (?:paso|fue|lo \w+e|se (?:\w+o|fue)|(?:esta|estoy|estamos) (?:bien|mejor|fuera|estable|"
    r"a salvo|en casa|limpi[oa]|tranquil[oa]))|ahora (?:ya )?(?:esta|estoy|estamos) (?:bien|mejor)) "
)
_CLAUSE = re.compile(
    r" [.?] | (?=(?:but|also|however|except|although|(?:and|so) now|and to(?:day|night)|right now|"
    r"now (?:im|i|hes|shes)|"
    r"(?:(?:y|pues) (?:ahora|hoy|esta noche|ya (?:no )?(?:me|quiero|puedo|aguanto))|ahorita|porque yo|"
    r"ahora (?:si|ya|yo|soy|me|estoy|quiero|tengo|el|ella)|(?:hoy|esta noche) (?:si|ya|yo|me|estoy|quiero|voy))) )|"
    rf" (?=(?:pero|aunque|sin embargo) (?!{_BACK}))"
)
# A sentence with the sign that ends it, and what makes it a question when that is left out.
_SENTENCE = re.compile(r"[^.?]+[.?]?")
_ASKS = re.compile(
    r"[?]|^ ?(?:(?:hi|hello|hey|hola|and|also|y) )?(?:how|what|whats|when|where|which|do|does|can|could|is|are|will|"
    r"cuanto|cuanta|cuando|donde|cual|que|aceptan|tienen|atienden|hablan|puedo|pueden|hay) "
)
_HIDDEN = "_"

#: Answers and pronouns. A message of nothing else leans on the question before it and tells no danger of its own; what
#: the classifier makes of a word that is in every kind of message is chance.
_ANSWERS = frozenset(
    re.findall(
        r"\w+",
        """yes yeah yep yup ya ok okay sure no nope nah please thanks me myself mine you him her them us my it this that
        si claro vale gracias yo mi el ella ellos""",
    )
)
#: The whole message takes back the consent to be called, in Spanish: "ya no quiero" begins a despair as well, and the
#: classifier hears that. "No me busquen" is not among them: it may be a farewell.
_UNCALLED = re.compile(
    r"^(?:(?:por favor|gracias|disculpe|perdon|mejor|hola|no) )*(?:ya )?no "
    r"(?:(?:quiero|quisiera|deseo|necesito|quiera) (?:ya )?(?:que )?(?:me |nos )?|me |nos )(?:vuelvan a )?"
    r"(?:llam\w+|contact\w+|escrib\w+|(?:mand|envi)\w+ (?:mas )?(?:mensajes|textos))"
    r"(?: (?:mas|nunca|ya|otra vez|por telefono|a mi (?:numero|telefono|celular|casa)|por favor|gracias))*$"
)


@dataclass(frozen=True)
class _Finding:
    rule: str
    level: Level
    category: Category
    subject: Subject
    firm: bool
    plain: bool
    """Whether the message holds only a few words that could explain it."""


@dataclass(frozen=True)
class Signs:
    """What the rules see in one message: findings, the most severe first, and the benign rules that lowered them.

    `benign`: a benign rule hit. `texts`: the message as the rules of each language read it. `bare`: an answer without
    content.
    """

    findings: tuple[_Finding, ...]
    lowered: tuple[str, ...]
    benign: bool
    language: Language
    texts: Mapping[Language, str]
    bare: bool = False

    @property
    def level(self) -> Level:
        """The level that the rules alone give."""
        return self.findings[0].level if self.findings else "none"

    @property
    def firm(self) -> bool:
        """Whether a rule that found an emergency is firm, or the whole message is so short that it holds nothing that
        could explain it ("no quiero vivir"). The classifier learns from it."""
        few = _words(self.texts["en"]) <= PLAIN_UP_TO
        emergencies = [found for found in self.findings if found.level == "emergency"]
        return any(found.firm for found in emergencies) or bool(emergencies and few and not self.benign)

    @property
    def sure(self) -> bool:
        """Whether nothing may lower the emergency that a rule found: it is firm, or the message is that short without
        its ordinary questions. "What are your hours? suicidal." is explained no more than "suicidal" is."""
        plain = any(found.level == "emergency" and found.plain for found in self.findings)
        return self.firm or (plain and not self.benign)


def assess(text: str, opinion: Mapping[str, float] | None = None) -> Assessment:
    """The assessment of one message.

    `text` as the visitor wrote it, any length. `opinion` maps OPINIONS to the classifier's probabilities, 0 to 1;
    without it (engine down) the rules decide alone. Never raises on any text.
    """
    return conclude(examine(text), opinion)


def examine(text: str) -> Signs:
    """What the rules see in a message as the visitor wrote it. Never raises on any text."""
    language = language_of(text)
    clean = normalise(text, repair=language == "en")
    findings, lowered, framed = _find(clean, "en")
    spanish = normalise_spanish(text)
    # People mix the two: one Spanish word in an English message is enough to read it by the Spanish rules too.
    if may_be_spanish(text):
        more, hidden, also_framed = _find(spanish, "es")
        findings += more
        lowered += hidden
        framed = framed or also_framed
    findings.sort(key=lambda found: (-RANK[found.level], URGENCY.index(found.category)))
    return Signs(
        tuple(findings),
        tuple(lowered),
        framed or bool(lowered),
        language,
        {"en": clean, "es": spanish},
        bare=not findings and _is_bare_answer(text),
    )


def _find(clean: str, language: Language) -> tuple[list[_Finding], list[str], bool]:
    """What a language's crisis rules find, the benign rules that lowered it, and whether one frames the whole."""
    benign = benign_rules_for(clean, language)
    masked, lowered = _mask(clean, benign)
    findings: list[_Finding] = []
    frames = [rule for rule in benign if rule.kind == "frame"]
    short = len(clean.split()) <= SETTLED_UP_TO
    whole = [rule for rule in frames if rule.scope == "message" and rule.pattern.search(clean)]
    clauses: dict[tuple[int, int], list[Benign]] = {}
    for rule in crisis_rules_for(masked, language):
        best: _Finding | None = None
        for match in rule.pattern.finditer(masked):
            clause = _clause(clean, match.start(), match.end())
            if clause not in clauses:
                around = clean[clause[0] : clause[1]]
                # In a long message a frame explains its own clause only: a grief told first must not hide a crisis now.
                clauses[clause] = [
                    frame
                    for frame in frames
                    if (frame.scope == "clause" and frame.pattern.search(around))
                    or (frame in whole and (short or frame.pattern.search(around)))
                ]
            level: Level = rule.level
            if not rule.firm:
                for frame in clauses[clause]:
                    if rule.category in frame.categories:
                        lowered.append(f"benign:{frame.id}")
                        level = min(level, frame.to, key=RANK.__getitem__)
            if level == "none":
                continue
            subject = rule.subject if rule.subject != "auto" else subject_of(clean, match.start(), match.end())
            plain = _explaining(clean, match.start(), match.end()) <= PLAIN_UP_TO
            found = _Finding(rule.id, level, cast(Category, rule.category), subject, rule.firm, plain)
            if best is None or (RANK[level], plain) > (RANK[best.level], best.plain):
                best = found
        if best:
            findings.append(best)
    return findings, lowered, bool(whole)


def _flags(found: Assessment, categories: set[Category], texts: Mapping[Language, str]) -> tuple[Flag, ...]:
    """What else the answer and the staff must know: from the categories that were found, and from the words."""
    if found.level == "none":
        return ()
    categories = categories | ({found.category} if found.category else set())
    flags = {
        mark.flag
        for mark in marks()
        if (not mark.categories or mark.categories & categories) and mark.pattern.search(texts[mark.language])
    }
    if "minor" in categories or ("minor" in flags and found.subject == "self" and categories & {"violence"}):
        flags |= {"minor", "child_abuse"}
    if "child_abuse" in flags:
        flags.add("minor")
    return tuple(sorted(flags))


def conclude(signs: Signs, opinion: Mapping[str, float] | None) -> Assessment:
    """One assessment from what the rules see and the classifier's opinion (none: the rules decide alone)."""
    opinion = None if signs.bare else opinion or None
    danger = _danger(opinion) if opinion else None
    level, category, subject, evidence = _ruled(signs, opinion)
    if opinion and danger is not None:
        likeliest = max(OPINIONS[2:], key=lambda name: opinion.get(name, 0.0))
        explained = signs.level == "none" and signs.lowered
        emergency_from = EXPLAINED_FROM if explained else EMERGENCY_FROM
        check_from = CHECK_FROM if signs.level == "none" else DOUBT_BELOW[signs.level]
        raised: Level = "emergency" if danger >= emergency_from else "check" if danger >= check_from else "none"
        if RANK[raised] > RANK[level]:
            # A rule that already named a category (at check) knows better what it is about than the classifier does.
            if category is None or category == "distress":
                category, clean = cast(Category, likeliest), signs.texts["en"]
                subject = subject_of(clean, 0, len(clean))
            level = raised
            evidence.insert(0, f"classifier:{likeliest}={danger:.2f}")
        if level == "none" and (distress := opinion.get("distress", 0.0)) >= DISTRESS_FROM:
            level, category, subject = "check", "distress", "self"
            evidence.append(f"classifier:distress={distress:.2f}")
    found = Assessment(level, category, subject, tuple(dict.fromkeys((*evidence, *signs.lowered))), danger=danger)
    flags = _flags(found, {finding.category for finding in signs.findings}, signs.texts)
    return replace(found, flags=flags, language=signs.language)


def _is_bare_answer(text: str) -> bool:
    """Whether the message is nothing but an answer without content: "yes", "me", "her?"; a sign or emoji is content.

    Nor is there danger in one that asks for no more calls and no more.
    """
    plain = bare_words(text)
    words = plain.split()
    if _UNCALLED.match(plain):
        return True
    return bool(words) and _ANSWERS.issuperset(words) and not re.search(r"[^\w\s.,!?']", text)


def _ruled(
    signs: Signs, opinion: Mapping[str, float] | None
) -> tuple[Level, Category | None, Subject | None, list[str]]:
    """What the rules say, after the classifier's doubt: level, category, subject, evidence."""
    if not signs.findings:
        return "none", None, None, []
    first = signs.findings[0]
    level, evidence = first.level, [found.rule for found in signs.findings]
    if opinion is None or signs.sure:
        return level, first.category, first.subject, evidence
    danger = _danger(opinion)
    sad = level == "check" and opinion.get("distress", 0.0) >= DISTRESS_FROM
    heard = sad or danger >= DOUBT_BELOW[level]
    doubted: Level = "emergency" if danger >= EMERGENCY_FROM else "check" if heard else "none"
    if RANK[doubted] >= RANK[level]:
        return level, first.category, first.subject, evidence
    evidence = [*evidence, f"classifier:doubts={danger:.2f}"]
    return ("none", None, None, evidence) if doubted == "none" else (doubted, first.category, first.subject, evidence)


def _explaining(clean: str, start: int, end: int) -> int:
    """How many words of a text could explain the match: all but those of questions that it is no part of."""
    return sum(
        _words(sentence.group())
        for sentence in _SENTENCE.finditer(clean)
        if (sentence.start() < end and start < sentence.end()) or not _ASKS.search(sentence.group())
    )


def _words(clean: str) -> int:
    """How many words a normalised text has, without the signs that end sentences."""
    return len(clean.replace(".", " ").replace("?", " ").split())


def _danger(opinion: Mapping[str, float]) -> float:
    return sum(opinion.get(name, 0.0) for name in OPINIONS[2:])


def _mask(clean: str, benign: list[Benign]) -> tuple[str, list[str]]:
    """The text with idioms and denials hidden (same length), and the ids of the rules that hid something."""
    hidden: list[str] = []
    masked = clean
    for rule in benign:
        if rule.kind == "mask" and rule.pattern.search(clean):
            hidden.append(f"benign:{rule.id}")
            for match in rule.pattern.finditer(clean):
                start, end = match.span()
                masked = masked[:start] + _HIDDEN * (end - start) + masked[end:]
    return masked, hidden


def _clause(clean: str, start: int, end: int) -> tuple[int, int]:
    """The span of the clause or clauses that a match lies in, with the question mark that ends it."""
    left, right = 0, len(clean)
    for boundary in _CLAUSE.finditer(clean):
        if boundary.end() <= start + 1:
            left = max(0, boundary.end() - 1)
        elif boundary.start() >= end - 1:
            right = boundary.end()
            break
    return left, right


_OTHERS = compile_patterns(r"@other|@kin|@they|@eskin|ella|alguien|se|my (?:\w+ ){0,2}(?:yr|year) old")
_SELVES = compile_patterns("@i|my|myself|yo|me|quiero|estoy|voy")
# "tell my kids", "a note for my sister": whom something is told or left to is not who is in danger.
_OBJECT = compile_patterns(r"(?:tell|told|to|for|with|love|loved|miss|without|of) (?:my|the|all my) (?:\w+ )?@kin")


def subject_of(clean: str, start: int, end: int) -> Subject:
    """Who a match speaks of: the first person or other named in it, else the nearest one before it, else the writer."""
    clean = _OBJECT.sub(lambda match: _HIDDEN * len(match.group()), clean)
    for span, last in ((clean[start:end], False), (clean[:start], True)):
        others = [match.start() for match in _OTHERS.finditer(span)]
        selves = [match.start() for match in _SELVES.finditer(span)]
        if not others and not selves:
            continue
        if not others or not selves:
            return "other" if others else "self"
        # "my son" is about the son: a possessive right before a relative does not make it the writer's own.
        other_side = max(others) if last else min(others)
        self_side = max(selves) if last else min(selves)
        if 0 <= other_side - self_side <= len("my little "):
            return "other"
        return "other" if (other_side > self_side) == last else "self"
    return "self"

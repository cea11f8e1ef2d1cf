"""The check of whole messages: floors on hand-written sets, who is meant, the classifier's part, time."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.safety import Assessment, assess, conclude, examine
from bot.safety.assessment import TOPICS

HERE = Path(__file__).parent
CRISIS = [json.loads(line) for line in (HERE / "crisis.jsonl").read_text(encoding="utf-8").splitlines()]
BENIGN = [json.loads(line) for line in (HERE / "benign.jsonl").read_text(encoding="utf-8").splitlines()]


def test_sets_are_large_enough() -> None:
    assert len(CRISIS) >= 150
    assert len(BENIGN) >= 150
    assert {entry["category"] for entry in CRISIS} == set(TOPICS) - {"distress"}


def test_sensitivity_floor() -> None:
    levels = [(assess(entry["text"]).level, entry["text"]) for entry in CRISIS]
    missed = [text for level, text in levels if level == "none"]
    emergencies = sum(level == "emergency" for level, _ in levels)
    assert len(missed) <= 0.01 * len(CRISIS), missed
    assert emergencies >= 0.95 * len(CRISIS)


def test_false_alarm_ceiling() -> None:
    levels = [(assess(entry["text"]).level, entry["text"]) for entry in BENIGN]
    raised = [text for level, text in levels if level == "emergency"]
    assert len(raised) <= 0.02 * len(BENIGN), raised
    assert sum(level == "check" for level, _ in levels) <= 0.12 * len(BENIGN)


def test_rules_alone_hold_their_level_on_the_later_sets() -> None:
    """Without the engine the rules are all there is. `fresh`: rules were corrected on it; `blind`: never tuned on."""

    def levels(name: str) -> list[str]:
        lines = (HERE / name).read_text(encoding="utf-8").splitlines()
        return [assess(json.loads(line)["text"]).level for line in lines]

    crisis = levels("fresh_crisis.jsonl") + levels("blind_crisis.jsonl")
    benign = levels("fresh_benign.jsonl") + levels("blind_benign.jsonl")
    assert sum(level == "emergency" for level in crisis) >= 0.55 * len(crisis)
    assert sum(level == "emergency" for level in benign) <= 0.04 * len(benign)


def test_category_and_subject_floors() -> None:
    found = [(assess(entry["text"]), entry) for entry in CRISIS]
    assert sum(a.category == entry["category"] for a, entry in found) >= 0.88 * len(CRISIS)
    who = [(a.subject, entry["subject"]) for a, entry in found if entry["subject"]]
    assert sum(got == wanted for got, wanted in who) >= 0.88 * len(who)


@pytest.mark.parametrize("prefix", ["hi, what does iop cost? ", "ok thanks. ", "please help, "])
@pytest.mark.parametrize("change", [str.upper, str.title, lambda text: text + " 😭😭", lambda text: text + " please"])
def test_an_emergency_survives_changes(prefix: str, change: Callable[[str], str]) -> None:
    lost = [entry["text"] for entry in CRISIS if assess(change(prefix + entry["text"])).level == "none"]
    assert len(lost) <= 0.02 * len(CRISIS), lost


@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_an_emergency_survives_a_long_message(place: str) -> None:
    filler = "We have been looking at programs near us and my sister liked yours. What does it cost per week? " * 10
    lost = []
    for entry in CRISIS:
        parts = {"first": ("", filler * 2), "middle": (filler, filler), "last": (filler * 2, "")}[place]
        text = f"{parts[0]}\n{entry['text']}\n{parts[1]}"
        assert len(text) > 1900
        if assess(text).level != "emergency":
            lost.append(entry["text"])
    assert len(lost) <= 0.03 * len(CRISIS), lost


def test_a_grief_told_first_does_not_hide_a_crisis_now() -> None:
    text = (
        "My brother died of an overdose last year and we all miss him. I wanted to ask what it costs. My husband took "
    )
    assert assess(text + "too many pills and he is not breathing").level == "emergency"


def test_order_of_urgency() -> None:
    assert assess("i want to die so i took all my pills").category == "overdose"
    assert assess("my son says he wants to die").to_dict()["subject"] == "other"
    assert assess("i can't do this anymore").level == "check"
    assert assess("my brother died of an overdose last year").level != "emergency"


def test_ordinary_questions_are_left_alone() -> None:
    for text in ("how much does it cost", "do you take aetna", "do you have evening groups", "hello", "", "?"):
        assert assess(text) == Assessment()


def test_classifier_raises_what_no_rule_saw() -> None:
    text = "the lilies are picked out already"
    assert assess(text).level == "none"
    assert assess(text, {"suicide": 0.1, "none": 0.9}).level == "check"
    raised = assess(text, {"suicide": 0.5, "overdose": 0.3, "none": 0.2})
    assert (raised.level, raised.category, raised.subject) == ("emergency", "suicide", "self")
    assert raised.evidence == ("classifier:suicide=0.80",)
    assert raised.topic == "crisis_suicide"


def test_classifier_never_lowers_a_firm_rule() -> None:
    text = "do you have groups, i want to kill myself"
    assert examine(text).firm
    assert assess(text, {"none": 1.0}).level == "emergency"


def test_classifier_lowers_what_is_not_firm() -> None:
    signs = examine("i can't do this anymore")
    assert (signs.level, signs.firm) == ("check", False)
    assert conclude(signs, {"none": 1.0}).level == "none"
    assert conclude(signs, {"none": 0.95, "suicide": 0.05}).level == "check"
    assert conclude(signs, {"none": 0.97, "suicide": 0.03}).level == "none"
    assert conclude(signs, {"none": 0.2, "distress": 0.8}).level == "check"
    emergencies = [examine(entry["text"]) for entry in CRISIS]
    open_to_doubt = [signs for signs in emergencies if signs.level == "emergency" and not signs.firm]
    assert open_to_doubt
    for signs in open_to_doubt:
        assert conclude(signs, {"none": 0.7, "suicide": 0.3}).level == "emergency"
        doubted = conclude(signs, {"none": 0.9, "suicide": 0.1})
        assert (doubted.level, "classifier:doubts=0.10" in doubted.evidence) == ("check", True)
        assert conclude(signs, {"none": 1.0}).level == "none"
        assert conclude(signs, None).level == "emergency"


@pytest.mark.parametrize("answer", ["yes", "Yes!", "me", "her", "no thanks", "sí", "OK, sure."])
def test_a_bare_answer_tells_no_danger_of_its_own(answer: str) -> None:
    assert assess(answer, {"none": 0.9, "suicide": 0.1}).level == "none"


@pytest.mark.parametrize(
    "text",
    [
        "ya no quiero que me llamen",
        "Por favor, ya no me llamen más.",
        "no quiero que me contacten",
        "ya no me escriban",
    ],
)
def test_a_consent_taken_back_in_spanish_tells_no_danger(text: str) -> None:
    assert assess(text, {"none": 0.6, "suicide": 0.4}).level == "none"


@pytest.mark.parametrize("text", ["ya no quiero", "ya no quiero que me busquen", "no me llamen ya, me voy a matar"])
def test_what_only_begins_like_it_is_judged(text: str) -> None:
    assert assess(text, {"none": 0.6, "suicide": 0.4}).level == "emergency"


@pytest.mark.parametrize("message", ["me 🔪", "help me", "die", "kill me please", ""])
def test_content_is_judged_however_short(message: str) -> None:
    assert assess(message, {"none": 0.5, "suicide": 0.5}).level == "emergency"


def test_what_a_benign_rule_explains_takes_more_to_alarm() -> None:
    signs = examine("it's not like he hits me")
    assert signs.lowered
    assert not signs.findings
    assert conclude(signs, {"none": 0.6, "violence": 0.4}).level == "check"
    assert conclude(signs, {"none": 0.4, "violence": 0.6}).level == "emergency"


def test_a_sign_of_a_check_needs_more_than_a_trace_of_danger() -> None:
    signs = examine("i found needles in his room")
    assert signs.level == "check"
    assert conclude(signs, {"none": 0.96, "overdose": 0.04}).level == "none"
    assert conclude(signs, {"none": 0.94, "overdose": 0.06}).level == "check"


def test_distress_gets_a_gentle_line() -> None:
    assessment = assess("it has been a grey week", {"distress": 0.8, "none": 0.2})
    assert (assessment.level, assessment.category) == ("check", "distress")


def test_as_data() -> None:
    assert assess("hello").to_dict() == {
        "level": "none",
        "category": None,
        "subject": None,
        "evidence": [],
        "flags": [],
        "language": "en",
        "danger": None,
    }
    assert assess("hola, cuánto cuesta el programa").to_dict()["language"] == "es"
    json.dumps(assess("she took a whole bottle").to_dict())


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400))
def test_never_raises(text: str) -> None:
    assert assess(text).level in {"none", "check", "emergency"}


def test_median_time_is_under_a_millisecond() -> None:
    assess("warm up")
    times = []
    for entry in CRISIS + BENIGN:
        start = time.thread_time()
        assess(entry["text"])
        times.append(time.thread_time() - start)
    assert sorted(times)[len(times) // 2] < 0.001


def test_a_long_message_does_not_stall() -> None:
    start = time.thread_time()
    assess("my husband and i and he said that " * 200)
    assert time.thread_time() - start < 1.0


def test_spanish_floors() -> None:
    """The development set in Spanish, by the rules alone: no classifier reads Spanish."""

    def levels(name: str) -> list[str]:
        lines = (HERE / f"spanish_{name}.jsonl").read_text(encoding="utf-8").splitlines()
        return [assess(json.loads(line)["text"]).level for line in lines]

    crisis, benign = levels("crisis"), levels("benign")
    assert sum(level == "emergency" for level in crisis) >= 0.9 * len(crisis)
    assert sum(level != "none" for level in crisis) >= 0.95 * len(crisis)
    assert sum(level == "emergency" for level in benign) <= 0.04 * len(benign)


@settings(max_examples=80, deadline=None)
@given(
    entry=st.sampled_from(CRISIS),
    before=st.sampled_from(["", "hi how are you. ", "what does it cost? ", "ok thanks. ", "good evening, "]),
    after=st.sampled_from(["", " please", " 😭", " thank you so much", "!!!", " 🙏🙏"]),
    case=st.sampled_from([str, str.upper, str.lower, str.title]),
)
def test_an_emergency_stays_noticed(entry: dict[str, str], before: str, after: str, case: Callable[[str], str]) -> None:
    """Metamorphic: a question before it, politeness, emoji and capitals must not hide it."""
    if assess(entry["text"]).level == "emergency":
        assert assess(case(before + entry["text"] + after)).level != "none"


@pytest.mark.parametrize("text", ["no quiero vivir", "she overdosed", "i want to die"])
def test_of_a_few_plain_words_the_rules_are_sure(text: str) -> None:
    assert examine(text).firm
    assert assess(text, {"none": 1.0}).level == "emergency"


def test_a_benign_sign_or_more_words_leave_the_classifier_its_say() -> None:
    assert not examine("he died, she overdosed in 2019").firm
    assert not examine("she overdosed and we are all still talking about it in the family").firm


@pytest.mark.parametrize(
    "text",
    [
        "what are your hours? suicidal. drunk. alone.",
        "what are your hours. suicidal. drunk. alone.",
        "how much does it cost? do you take aetna? she overdosed",
        "¿qué horario tienen? no quiero vivir",
        "cuánto cuesta. no quiero vivir",
    ],
)
def test_ordinary_questions_beside_a_few_plain_words_do_not_explain_them(text: str) -> None:
    assert examine(text).sure
    assert assess(text, {"none": 1.0}).level == "emergency"


@pytest.mark.parametrize(
    "text",
    [
        "what are your hours? not suicidal, just drunk",
        "how much does it cost? he died, she overdosed in 2019",
        "my sister works at a clinic near here. she overdosed. we still talk about it at home",
        "what are your hours?",
    ],
)
def test_what_explains_an_emergency_still_does_behind_a_question(text: str) -> None:
    assert not examine(text).sure


NOW_IN_SPANISH = [
    "hace dos años murió mi hermano de sobredosis pero yo me quiero morir",
    "el año pasado estuve limpio pero no quiero vivir",
    "el año pasado estuve limpio y ya no quiero vivir",
    "mi ex me pegaba hace años y ahora mi esposo me pega",
    "hace años me pegaba mi ex aunque mi esposo me está pegando",
    "cuando era joven tuve una sobredosis y hoy me tomé todas las pastillas",
    "una vez intenté matarme y ahora sí me quiero matar",
    "pregunto si atienden personas con depresión porque yo me quiero morir",
    "mi hijo tuvo convulsiones el año pasado y ahorita está convulsionando",
]
THEN_IN_SPANISH = [
    "tuve una sobredosis pero fue hace dos años",
    "me pega mi esposo, pero eso fue hace años",
    "quería quitarme la vida aunque ya lo superé",
    "convulsionó pero ya está en casa",
    "me quería matar hace un año pero ya estoy bien",
    "me quería matar y ya no, eso fue hace un año",
    "de joven me quería morir pero ahora estoy bien",
]


@pytest.mark.parametrize("text", NOW_IN_SPANISH)
def test_a_turn_to_now_in_spanish_is_not_explained_by_what_was_then(text: str) -> None:
    assert assess(text).level == "emergency"


@pytest.mark.parametrize("text", THEN_IN_SPANISH)
def test_a_turn_back_to_then_in_spanish_still_explains(text: str) -> None:
    assert assess(text).level == "none"


def test_the_classifiers_danger_stands_in_the_result() -> None:
    assert assess("i want to die").danger is None
    assert assess("hello", {"none": 0.9, "suicide": 0.1}).to_dict()["danger"] == 0.1


@pytest.mark.parametrize("text", ["no, me pega mi esposo", "No, me pega", "¿me pegó el sol? no, me pegó mi esposo"])
def test_a_spanish_no_with_a_comma_answers_and_denies_nothing(text: str) -> None:
    assert assess(text).level == "emergency"
    assert assess("no me pega").level == "none"

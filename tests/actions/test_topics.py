"""Which topics are answered, which variant is said, what is offered next."""

import pytest

from actions.topics import ANSWERED, TOPICS, offer_after, topics_to_answer, variant_of
from actions.turn import LASTING_ENTITIES
from tests.actions.turns import entity, turn


def test_several_topics_are_answered_in_their_order() -> None:
    said = turn("cost and job?", topics=("ask_cost", "ask_work_school"))
    assert topics_to_answer(said, None) == ("ask_cost", "ask_work_school")


def test_what_another_action_answers_is_left_out() -> None:
    assert topics_to_answer(turn("hi, cost?", topics=("greet", "ask_cost")), None) == ("ask_cost",)


@pytest.mark.parametrize(
    ("name", "value", "before", "expected"),
    [
        ("substance", "alcohol", "ask_substances", "ask_substances"),
        ("substance", "alcohol", "ask_detox", "ask_detox"),
        ("substance", "alcohol", "ask_cost", "ask_substances"),
        ("day", "weekend", "ask_schedule", "ask_schedule"),
        ("insurer", "aetna", "ask_cost", "ask_cost"),
        ("insurer", "aetna", "ask_schedule", "ask_insurance"),
        ("person", "son", "ask_fit", "ask_fit"),
    ],
)
def test_a_follow_up_leans_on_the_topic_before_it(name: str, value: str, before: str, expected: str) -> None:
    said = turn("what about it?", elliptical=True, doubt=True, entities=(entity(name, value),))
    assert topics_to_answer(said, before) == (expected,)


def test_a_follow_up_that_is_understood_by_itself_stays_what_it_is() -> None:
    said = turn("and the cost?", elliptical=True, topics=("ask_cost",), confidence=0.9)
    assert topics_to_answer(said, "ask_schedule") == ("ask_cost",)


def test_days_and_times_belong_to_their_question_and_plans_last() -> None:
    earlier = [{"entity": "day", "value": "weekend"}, {"entity": "insurer", "value": "aetna"}]
    said = turn("cost?", slots={"wishes": earlier})
    assert said.wishes(with_last_question=False) == [{"entity": "insurer", "value": "aetna"}]
    assert said.wishes(with_last_question=True) == earlier
    assert "day" not in LASTING_ENTITIES


def test_what_was_said_now_replaces_what_was_said_before() -> None:
    said = turn("with cigna?", entities=(entity("insurer", "cigna"),), slots={"wishes": [entity("insurer", "aetna")]})
    assert said.wishes(with_last_question=True) == [{"entity": "insurer", "value": "cigna"}]


def test_a_variant_is_said_where_one_was_written() -> None:
    responses = frozenset({"utter_ask_insurance", "utter_ask_insurance_medicaid"})
    assert variant_of("ask_insurance", [entity("insurer", "medicaid")], responses) == "utter_ask_insurance_medicaid"
    assert variant_of("ask_insurance", [entity("insurer", "aetna")], responses) == "utter_ask_insurance"


def test_no_offer_repeats_what_is_known_declined_or_arranged() -> None:
    def offer(**changes: object) -> str:
        given: dict[str, object] = {"answered": [], "declined": [], "previous": "none", "has_lead": False}
        return offer_after(("ask_what_is_iop",), **(given | changes))  # type: ignore[arg-type]

    assert offer() == "schedule"
    assert offer(answered=["ask_schedule"]) == "cost"
    assert offer(declined=["schedule", "cost"]) == "handoff"
    assert offer(previous="schedule") == "cost"
    assert offer(declined=["schedule", "cost"], has_lead=True) == "none"


def test_no_look_at_an_insurance_is_offered_after_an_answer_about_it() -> None:
    def offer(plan_known: bool) -> str:
        given = {"answered": (), "declined": (), "previous": "none", "has_lead": False}
        return offer_after(("ask_cost",), **given, plan_known=plan_known)  # type: ignore[arg-type]

    assert offer(plan_known=False) == "insurance"
    assert offer(plan_known=True) != "insurance"


def test_every_answered_topic_has_a_plain_name() -> None:
    assert set(TOPICS) >= ANSWERED
    assert all(topic.name and not topic.name.startswith("ask_") for topic in TOPICS.values())

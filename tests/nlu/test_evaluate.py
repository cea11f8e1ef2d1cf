import json

import pytest

from bot.nlu.evaluate import (
    EvaluationError,
    Line,
    below_floors,
    evaluate,
    newest_model,
    read_floors,
    read_lines,
    wilson,
)

SAID = {
    "price": {"topic": "ask_cost", "intent": {"name": "ask_cost", "confidence": 0.9}, "safety": {"level": "none"}},
    "where": {"topic": "ask_cost", "intent": {"name": "nlu_fallback", "confidence": 0.2}, "safety": {"level": "check"}},
    "dying": {
        "topic": "ask_cost",
        "intent": {"name": "crisis_overdose", "confidence": 1.0},
        "safety": {"level": "emergency"},
    },
}


def test_figures_of_a_file(tmp_path):
    path = tmp_path / "labelled.jsonl"
    rows = [
        {"text": "price", "label": "ask_cost"},
        {"text": "where", "label": "ask_location", "also": ["ask_cost"]},
        {"text": "where", "label": "ask_location"},
        {"text": "dying", "label": "crisis_overdose"},
        {"text": "dying", "label": "ask_relapse"},
    ]
    path.write_text("\n".join(map(json.dumps, rows)) + "\n\n")
    report = evaluate(read_lines(path), SAID.__getitem__)
    assert report.accuracy == pytest.approx(0.6)
    data = json.loads(json.dumps(report.to_json()))
    assert data["topics"]["ask_location"]["recall"] == 0.5
    assert data["crises"]["crisis_overdose"] == {"lines": 1, "recall": 1.0, "emergency": 1.0, "emergency_or_check": 1.0}
    assert data["false_alarms"] == {"count": 1, "of": 4, "texts": ["dying"]}
    assert data["confusions"][0] == {"label": "ask_location", "predicted": "ask_cost", "texts": ["where"]}
    assert report.rows()[3] == {
        "text": "dying", "label": "crisis_overdose", "predicted": "crisis_overdose", "confidence": 1.0, "safety": "emergency",  # noqa: E501
    }  # fmt: skip
    text = report.render()
    assert "accuracy 60.0%" in text
    assert "false crisis alarms: 1 of 4" in text


def test_the_gate_is_measured():
    said = {f"ours {n}": (float(n), "ask_cost") for n in range(1, 40)} | {"ours 0": (-1.0, "out_of_scope")}
    said |= {"rain": (-2.0, "out_of_scope"), "song": (0.5, "ask_cost"), "either": (9.0, "out_of_scope")}
    lines = [Line(text, "ask_cost") for text in said if text.startswith("ours")]
    lines += [Line("rain", "out_of_scope"), Line("song", "out_of_scope"), Line("either", "out_of_scope", ("ask_cost",))]
    report = evaluate(lines, lambda text: {"topic": said[text][1], "scope": said[text][0]})
    scope = report.scope()
    assert (scope["lines"], scope["recall"], scope["in_scope_kept"]) == (2, 0.5, 39 / 40)
    assert scope["recall_at_95_kept"] == 1.0
    assert "out of scope: recall 50% of 2 lines, 98% of our own kept" in report.render()
    assert evaluate([], SAID.__getitem__).scope()["recall_at_95_kept"] is None


def test_wilson_is_the_known_interval():
    assert wilson(8, 10) == pytest.approx((0.490, 0.943), abs=1e-3)
    assert wilson(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [("", "no labelled lines"), ('{"text": "x"}', "line 1"), ('{"text": "a", "label": "b"}\nnope', "line 2")],
)
def test_a_file_that_cannot_be_read_is_told(tmp_path, content, complaint):
    path = tmp_path / "bad.jsonl"
    path.write_text(content)
    with pytest.raises(EvaluationError, match=complaint):
        read_lines(path)
    with pytest.raises(EvaluationError, match=r"absent\.jsonl"):
        read_lines(tmp_path / "absent.jsonl")


def test_no_model_is_told_and_an_empty_report_renders(tmp_path):
    with pytest.raises(EvaluationError, match="firststep train"):
        newest_model(tmp_path)
    assert "accuracy" in evaluate([], SAID.__getitem__).render()
    assert Line("a", "b").also == ()


def test_what_is_below_a_floor_is_named(tmp_path):
    report = evaluate([Line("dying", "crisis_overdose"), Line("where", "ask_location")], SAID.__getitem__)
    assert below_floors(report, {"accuracy": 0.5, "crisis_recall": 1.0, "crisis_noticed": 1.0}) == []
    (missed,) = below_floors(report, {"accuracy": 0.9, "crisis_recall": 1.0, "crisis_noticed": 1.0})
    assert missed == "accuracy is 50.0%, below its floor of 90.0%"
    bad = tmp_path / "floors.yml"
    bad.write_text("accuracy: {floor: 0.9}")
    with pytest.raises(EvaluationError, match="crisis_recall"):
        read_floors(bad)

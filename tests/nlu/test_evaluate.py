import json
import re

import numpy as np
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
from bot.nlu.evaluation_page import page
from bot.nlu.faults import at_fault, find_faults
from bot.nlu.report_text import render

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
    assert data["topics"]["ask_location"]["recall_interval"] == pytest.approx([0.0945, 0.9055], abs=1e-4)
    overdose = data["crises"]["crisis_overdose"]
    assert [overdose[name] for name in ("lines", "recall", "emergency", "emergency_or_check")] == [1, 1.0, 1.0, 1.0]
    assert overdose["emergency_interval"] == pytest.approx([0.2065, 1.0], abs=1e-4)
    alarms = data["false_alarms"]
    assert (alarms["count"], alarms["of"], alarms["share"], alarms["texts"]) == (1, 4, 0.25, ["dying"])
    assert alarms["interval"] == pytest.approx([0.0456, 0.6994], abs=1e-4)
    assert data["confusions"][0] == {"label": "ask_location", "predicted": "ask_cost", "texts": ["where"]}
    assert report.rows()[3] == {
        "text": "dying", "label": "crisis_overdose", "predicted": "crisis_overdose", "confidence": 1.0, "safety": "emergency",  # noqa: E501
    }  # fmt: skip
    text = render(report)
    assert "accuracy 60.0%" in text
    assert "false crisis alarms: 1 of 4" in text


EXAMPLES = [("the price", "ask_cost"), ("the way there", "ask_location"), ("where is it", "ask_location")]
PLACES = {"the price": (1.0, 0.0), "the way there": (0.0, 1.0), "where is it": (0.6, 0.8), "where": (0.8, 0.6)}


def test_a_confusion_points_to_the_training_examples_at_fault():
    lines = [Line("where", "ask_location"), Line("where", "ask_location"), Line("price", "ask_cost")]
    report = evaluate(lines, SAID.__getitem__)
    faults = find_faults(report.predictions, EXAMPLES, lambda texts: np.array([PLACES[text] for text in texts]))
    assert len(faults) == 2
    assert (faults[0].pulled.text, faults[0].missing.text) == ("the price", "where is it")
    assert faults[0].as_dict()["missing"] == {"text": "where is it", "cosine": 0.96}
    assert at_fault(faults) == [("the price", "ask_cost", 2)]
    text = render(report, faults)
    assert "pulled by (0.80): the price" in text
    assert "2 x ask_cost: the price" in text
    assert find_faults(report.predictions, [], lambda texts: np.zeros((len(texts), 2)))[0].pulled is None
    assert find_faults(report.predictions[2:], EXAMPLES, PLACES.__getitem__) == []


def test_the_page_stands_alone_and_shows_nothing_as_markup():
    said = {"<script>alert(1)</script>": SAID["where"], "price": SAID["price"]}
    lines = [Line(text, "ask_location" if "script" in text else "ask_cost") for text in said]
    report = evaluate(lines, said.__getitem__)
    vectors = lambda texts: np.ones((len(texts), 2)) / 2**0.5  # noqa: E731
    html = page(report, find_faults(report.predictions, EXAMPLES, vectors), "a & b.")
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)" in html
    assert "a &amp; b." in html
    assert "50.0%" in html
    assert "ask_location as ask_cost: 1 of 1" in html
    assert "Nearest example of ask_cost" in html
    assert not re.search(r"(?:src|href)=|url\(|@import|https?://", html)
    assert "Nothing." in page(evaluate([], SAID.__getitem__))


def test_the_gate_is_measured():
    said = {f"ours {n}": (float(n), "ask_cost") for n in range(1, 40)} | {"ours 0": (-1.0, "out_of_scope")}
    said |= {"rain": (-2.0, "out_of_scope"), "song": (0.5, "ask_cost"), "either": (9.0, "out_of_scope")}
    lines = [Line(text, "ask_cost") for text in said if text.startswith("ours")]
    lines += [Line("rain", "out_of_scope"), Line("song", "out_of_scope"), Line("either", "out_of_scope", ("ask_cost",))]
    report = evaluate(lines, lambda text: {"topic": said[text][1], "scope": said[text][0]})
    scope = report.scope()
    assert (scope["lines"], scope["recall"], scope["in_scope_kept"]) == (2, 0.5, 39 / 40)
    assert scope["recall_at_95_kept"] == 1.0
    assert "out of scope: recall 50% (9-91) of 2 lines, 98% of our own kept" in render(report)
    assert evaluate([], SAID.__getitem__).scope()["recall_at_95_kept"] is None


def test_wilson_is_the_known_interval():
    assert wilson(8, 10) == pytest.approx((0.490, 0.943), abs=1e-3)
    assert wilson(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "no labelled lines"),
        ('{"text": "x"}', "line 1"),
        ('{"text": "a", "label": "b"}\nnope', "line 2"),
        ('["a", "b"]', "line 1"),
        ('{"text": "a", "label": null}', "line 1"),
        ('{"text": "a", "label": "b", "also": "c"}', "line 1"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(tmp_path, content, complaint):
    path = tmp_path / "bad.jsonl"
    path.write_text(content)
    with pytest.raises(EvaluationError, match=complaint):
        read_lines(path)
    with pytest.raises(EvaluationError, match=r"absent\.jsonl"):
        read_lines(tmp_path / "absent.jsonl")
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(EvaluationError, match="UTF-8"):
        read_lines(path)


def test_no_model_is_told_and_an_empty_report_renders(tmp_path):
    with pytest.raises(EvaluationError, match="firststep train"):
        newest_model(tmp_path)
    assert "accuracy" in render(evaluate([], SAID.__getitem__))
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

import json

import numpy as np
import pytest

from bot.nlu import tuned
from bot.nlu.encoder import cache_folder, ensure_built, shared_encoder, tuned_encoder, tuned_name
from bot.nlu.onnx_graph import quantise
from bot.nlu.weights import WeightsError

WEIGHT = "encoder.layer.5.output.dense.weight"
BIAS = "encoder.layer.5.output.dense.bias"


@pytest.fixture
def tensors():
    chance = np.random.default_rng(0)
    return {WEIGHT: chance.normal(size=(6, 9)).astype(np.float32), BIAS: chance.normal(size=6).astype(np.float32)}


def test_what_is_saved_is_what_the_graph_will_use(tmp_path, tensors):
    manifest = tuned.save(tensors, {"made": "2026-11-26"}, tmp_path)
    assert manifest["sha256"] == tuned.digest(tmp_path)
    assert json.loads((tmp_path / "encoder.json").read_text()) == manifest
    again = tuned.load(tmp_path)
    assert (again[BIAS] == tensors[BIAS]).all()
    before, scale = quantise(np.ascontiguousarray(tensors[WEIGHT].T))
    after, same_scale = quantise(np.ascontiguousarray(again[WEIGHT].T))
    assert (before == after).all()
    assert same_scale == pytest.approx(scale, rel=1e-6)


def test_altered_or_missing_weights_are_named(tmp_path, tensors):
    with pytest.raises(WeightsError, match=r"encoder\.npz of bot/nlu/tuned cannot be read"):
        tuned.load(tmp_path)
    with pytest.raises(WeightsError, match=r"encoder\.json of bot/nlu/tuned cannot be read"):
        tuned.digest(tmp_path)
    tuned.save(tensors, {}, tmp_path)
    with (tmp_path / "encoder.npz").open("ab") as file:
        file.write(b"!")
    with pytest.raises(WeightsError, match="is not the file that its manifest names"):
        tuned.load(tmp_path)


def test_the_committed_weights_are_those_of_the_upper_layers():
    layers = {int(name.split(".")[2]) for name in tuned.load()}
    assert layers == set(range(tuned.FIRST_LAYER, 6))


def test_one_text_in_ten_is_set_aside_and_always_the_same():
    aside = [tuned.set_aside(f"message {number}") for number in range(5000)]
    assert 0.08 < np.mean(aside) < 0.12
    assert aside == [tuned.set_aside(f"message {number}") for number in range(5000)]


def test_the_tuned_encoder_is_built_beside_the_original():
    assert tuned_name() != shared_encoder().name
    assert tuned_encoder().name == tuned_name() == ensure_built(cache_folder(), with_tuning=True).name

import numpy as np
import pytest
from scipy.special import erf

from bot.nlu.encoder import MAX_TOKENS, cache_folder, ensure_built, shared_encoder
from bot.nlu.onnx_graph import quantise
from bot.nlu.weights import (
    EPSILON,
    HEADS,
    LAYERS,
    SHA256,
    WIDTH,
    Array,
    WeightsError,
    check_file,
    load_tensors,
    weight_files,
)
from bot.nlu.wordpiece import WordPiece, basic_words

SENTENCES = [
    "How much does it cost?",
    "my son is using fentanyl again and I don't know what to do",
    "do u take medicaid",
    "ok",
    "Buprenorphine (Suboxone) 3x/week, évening groups - possible?",
]


def _norm(x: Array, tensors: dict[str, Array], name: str) -> Array:
    centred = x - x.mean(-1, keepdims=True)
    scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + EPSILON)
    return scaled * tensors[f"{name}.LayerNorm.weight"] + tensors[f"{name}.LayerNorm.bias"]


def _reference(numbers: list[int], tensors: dict[str, Array]) -> Array:
    """BERT in plain numpy, float32: what the int8 graph must stay near to."""

    def dense(x: Array, name: str) -> Array:
        return x @ tensors[f"{name}.weight"].T + tensors[f"{name}.bias"]

    words, places, kind = (
        tensors[f"embeddings.{part}_embeddings.weight"] for part in ("word", "position", "token_type")
    )
    x = _norm(words[numbers] + places[: len(numbers)] + kind[0], tensors, "embeddings")
    for layer in range(LAYERS):
        part = f"encoder.layer.{layer}"
        query, key, value = (
            dense(x, f"{part}.attention.self.{role}").reshape(len(x), HEADS, -1).transpose(1, 0, 2)
            for role in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 2, 1) / np.sqrt(WIDTH / HEADS)
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        mixed = (scores / scores.sum(-1, keepdims=True) @ value).transpose(1, 0, 2).reshape(len(x), WIDTH)
        x = _norm(dense(mixed, f"{part}.attention.output.dense") + x, tensors, f"{part}.attention.output")
        wide = dense(x, f"{part}.intermediate.dense")
        wide = wide * 0.5 * (1 + erf(wide / np.sqrt(2)))
        x = _norm(dense(wide, f"{part}.output.dense") + x, tensors, f"{part}.output")
    mean = x.mean(0)
    return mean / np.linalg.norm(mean)


def test_int8_stays_near_a_plain_numpy_forward_pass():
    encoder, tensors = shared_encoder(), load_tensors(weight_files().tensors)
    for sentence in SENTENCES:
        expected = _reference(encoder.word_pieces.encode(sentence, MAX_TOKENS), tensors)
        assert float(encoder.encode(sentence) @ expected) > 0.97, sentence


def test_sentences_together_are_what_they_are_alone_but_for_rounding():
    encoder = shared_encoder()
    for texts in (SENTENCES, [*SENTENCES, "how far is it from the station " * 30, "and again " * 40], SENTENCES[:1]):
        together = encoder.describe_together(texts)
        alone = encoder.describe_all(texts)
        assert (together * alone).sum(axis=1) / 2 == pytest.approx(np.ones(len(texts)), abs=0.04)
    assert encoder.describe_together([SENTENCES[0]]) == pytest.approx(encoder.describe_all(SENTENCES[:1]))
    assert encoder.describe_together([]).shape == (0, 2 * WIDTH)


def test_like_meanings_are_near():
    cost, price, weather = shared_encoder().encode_all(["how much does it cost", "what is the price", "will it rain"])
    assert cost @ price > 0.6 > cost @ weather + 0.3


@pytest.mark.parametrize("text", ["", " ", "\x00", "😀" * 500, "x" * 10_000, "word " * 3000])
def test_any_text_gets_a_vector_of_length_one(text):
    assert np.linalg.norm(shared_encoder().encode(text)) == pytest.approx(1.0, abs=1e-4)


def test_a_missing_or_altered_file_is_named(tmp_path):
    with pytest.raises(WeightsError, match="missing"):
        weight_files(tmp_path)
    altered = tmp_path / "model.safetensors"
    altered.write_bytes(b"something else")
    with pytest.raises(WeightsError, match="not the known file"):
        check_file(altered, SHA256["model.safetensors"])


def test_the_build_is_kept_and_opened_again(tmp_path):
    first = ensure_built(tmp_path)
    stamp = (first / "encoder.onnx").stat().st_mtime_ns
    assert ensure_built(tmp_path) == first
    assert (first / "encoder.onnx").stat().st_mtime_ns == stamp
    assert (first / "encoder.onnx").stat().st_size < 12_000_000
    assert ensure_built(cache_folder()).is_dir()


def test_quantised_columns_come_back():
    matrix = np.random.default_rng(0).normal(size=(50, 8)).astype(np.float32) * np.arange(1, 9, dtype=np.float32)
    numbers, scale = quantise(matrix)
    assert np.abs(numbers).max() == 63
    assert (np.abs(numbers * scale - matrix).max(axis=0) <= scale * 0.51).all()


def test_word_pieces_split_as_bert_does():
    pieces = WordPiece(["[UNK]", "[CLS]", "[SEP]", "out", "##patient", "##s", "$", "5"])
    assert pieces.encode("Outpatients $5", 10) == [1, 3, 4, 5, 6, 7, 2]
    assert pieces.encode("zzz", 10) == [1, 0, 2]
    assert len(pieces.encode("out " * 50, 10)) == 10
    assert basic_words("Évening\u200b W/O\tyou") == ["evening", "w", "/", "o", "you"]

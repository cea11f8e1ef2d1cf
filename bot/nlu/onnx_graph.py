"""The encoder's transformer as an int8 ONNX graph: embeddings of a few sentences in, the means of two layers out.

Weights are quantised per output column to 7 bits: with 8, CPUs without VNNI overflow the 16-bit sums of u8 x s8
products.
The sentences of a call stand one after the other; a mask keeps each to itself. Reading the weights takes most of a
short call's time, so several sentences cost little more than one. But onnxruntime scales activations over one call, so
a vector depends a little on what else was in it: training texts and whole messages go in one at a time. (Training texts
eight at a time took half of the time, and made the safety check see danger in one more of a hundred ordinary messages.)
"""

import numpy as np
from numpy.typing import NDArray

from bot.nlu.onnx_wire import MICROSOFT, model, node, tensor, value_info
from bot.nlu.weights import EPSILON, HEADS, LAYERS, WIDTH, Array

_LARGEST = 63.0
MIDDLE = 4
"""The layer, counted from 1, whose mean goes out beside the last one's: nearer to the words, it adds two points of
accuracy for no time."""


def quantise(matrix: Array) -> tuple[NDArray[np.int8], Array]:
    """Whole numbers in -63..63 and one scale a column, so that numbers * scale is near the matrix."""
    scale = np.maximum(np.abs(matrix).max(axis=0) / _LARGEST, 1e-12).astype(np.float32)
    return np.rint(matrix / scale).astype(np.int8), scale


class _Builder:
    def __init__(self) -> None:
        self.nodes: list[bytes] = []
        self.tensors: list[bytes] = []

    def keep(self, name: str, array: NDArray[np.generic]) -> str:
        self.tensors.append(tensor(name, array))
        return name

    def dense(self, x: str, name: str, weight: Array, bias: Array) -> str:
        """x @ weight.T + bias in int8; the weight is stored as PyTorch does, output by input."""
        numbers, scale = quantise(np.ascontiguousarray(weight.T))
        inputs = [x, self.keep(f"{name}.w", numbers), self.keep(f"{name}.s", scale), "", self.keep(f"{name}.b", bias)]
        self.nodes.append(node("DynamicQuantizeMatMul", inputs, [name], MICROSOFT))
        return name

    def add_and_norm(self, x: str, skip: str, name: str, gamma: Array, beta: Array) -> str:
        self.nodes.append(node("Add", [x, skip], [f"{name}.sum"]))
        return self.norm(f"{name}.sum", name, gamma, beta)

    def norm(self, x: str, name: str, gamma: Array, beta: Array) -> str:
        inputs = [x, self.keep(f"{name}.g", gamma), self.keep(f"{name}.h", beta)]
        self.nodes.append(node("LayerNormalization", inputs, [name], axis=-1 & 0xFFFFFFFFFFFFFFFF, epsilon=EPSILON))
        return name


def build(tensors: dict[str, Array]) -> bytes:
    """The graph's file: inputs `embeddings` [1, tokens, 384] (word + position + type), `apart` [1, 1, tokens, tokens]
    (added to the attention: 0 within a sentence, very negative between two) and `shares` [sentences, tokens] (what a
    token counts in its sentence's mean); outputs `pooled` and `middle` [1, sentences, 384]."""
    b = _Builder()
    gamma, beta = (tensors[f"embeddings.LayerNorm.{part}"] for part in ("weight", "bias"))
    x = b.norm("embeddings", "x0", gamma, beta)
    for layer in range(LAYERS):
        part = f"encoder.layer.{layer}."
        names = [f"{part}attention.self.{role}." for role in ("query", "key", "value")]
        weight = np.concatenate([tensors[f"{name}weight"] for name in names])
        bias = np.concatenate([tensors[f"{name}bias"] for name in names])
        packed = b.dense(x, f"qkv{layer}", weight, bias)
        split = [f"q{layer}", f"k{layer}", f"v{layer}"]
        b.nodes.append(node("Split", [packed], split, axis=2))
        b.nodes.append(
            node("MultiHeadAttention", [*split, "", "", "apart"], [f"heads{layer}"], MICROSOFT, num_heads=HEADS)
        )
        name = f"{part}attention.output."
        mixed = b.dense(f"heads{layer}", f"mixed{layer}", tensors[f"{name}dense.weight"], tensors[f"{name}dense.bias"])
        norm = tensors[f"{name}LayerNorm.weight"], tensors[f"{name}LayerNorm.bias"]
        x = b.add_and_norm(mixed, x, f"attended{layer}", *norm)
        name = f"{part}intermediate.dense."
        wide = b.dense(x, f"wide{layer}", tensors[f"{name}weight"], tensors[f"{name}bias"])
        b.nodes.append(node("Gelu", [wide], [f"gelu{layer}"], MICROSOFT))
        name = f"{part}output."
        narrow = b.dense(f"gelu{layer}", f"narrow{layer}", tensors[f"{name}dense.weight"], tensors[f"{name}dense.bias"])
        x = b.add_and_norm(narrow, x, f"x{layer + 1}", *(tensors[f"{name}LayerNorm.{p}"] for p in ("weight", "bias")))
    outputs = {"pooled": x, "middle": f"x{MIDDLE}"}
    for name, layer_mean in outputs.items():
        b.nodes.append(node("MatMul", ["shares", layer_mean], [name]))
    return model(
        b.nodes,
        b.tensors,
        [
            value_info("embeddings", [1, "tokens", WIDTH]),
            value_info("apart", [1, 1, "tokens", "tokens"]),
            value_info("shares", ["sentences", "tokens"]),
        ],
        [value_info(name, [1, "sentences", WIDTH]) for name in outputs],
    )

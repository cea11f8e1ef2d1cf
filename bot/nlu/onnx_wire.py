"""ONNX files written by hand: the few protobuf messages of the format that our graph needs.

The `onnx` package would bring 140 MB for this. Field numbers are those of onnx.proto (ModelProto, GraphProto,
NodeProto,
AttributeProto, TensorProto, ValueInfoProto); a message is a row of fields, each behind a tag (number << 3 | wire type).
"""

import struct
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

FLOAT, INT8, INT64 = 1, 3, 7
_DTYPES = {np.dtype(np.float32): FLOAT, np.dtype(np.int8): INT8, np.dtype(np.int64): INT64}
MICROSOFT = "com.microsoft"


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, value: bytes | str) -> bytes:
    raw = value.encode() if isinstance(value, str) else value
    return _varint(field << 3 | 2) + _varint(len(raw)) + raw


def attribute(name: str, value: int | float | Sequence[int]) -> bytes:
    """An AttributeProto: a float, an int or a list of ints, by the value's type."""
    if isinstance(value, float):
        return _bytes(1, name) + _varint(2 << 3 | 5) + struct.pack("<f", value) + _number(20, 1)
    if isinstance(value, int):
        return _bytes(1, name) + _number(3, value) + _number(20, 2)
    return _bytes(1, name) + b"".join(_number(8, item) for item in value) + _number(20, 7)


def node(
    operator: str,
    inputs: Sequence[str],
    outputs: Sequence[str],
    domain: str = "",
    **attributes: int | float | list[int],
) -> bytes:
    """A NodeProto; an empty input name stands for an input left out."""
    parts = [_bytes(1, name) for name in inputs] + [_bytes(2, name) for name in outputs] + [_bytes(4, operator)]
    parts += [_bytes(5, attribute(name, value)) for name, value in attributes.items()]
    return b"".join(parts) + (_bytes(7, domain) if domain else b"")


def tensor(name: str, array: NDArray[np.generic]) -> bytes:
    """A TensorProto with the array's raw little-endian data."""
    dims = b"".join(_number(1, size) for size in array.shape)
    return dims + _number(2, _DTYPES[array.dtype]) + _bytes(8, name) + _bytes(9, np.ascontiguousarray(array).tobytes())


def value_info(name: str, shape: Sequence[int | str]) -> bytes:
    """A float ValueInfoProto; a string in the shape names a size that varies."""
    dims = b"".join(_bytes(1, _number(1, size) if isinstance(size, int) else _bytes(2, size)) for size in shape)
    return _bytes(1, name) + _bytes(2, _bytes(1, _number(1, FLOAT) + _bytes(2, dims)))


def model(
    nodes: Sequence[bytes], tensors: Sequence[bytes], inputs: Sequence[bytes], outputs: Sequence[bytes], opset: int = 17
) -> bytes:
    """A ModelProto of one graph, for the standard operators and onnxruntime's own."""
    graph = b"".join(_bytes(1, item) for item in nodes) + _bytes(2, "encoder")
    graph += b"".join(_bytes(5, item) for item in tensors)
    graph += b"".join(_bytes(11, item) for item in inputs) + b"".join(_bytes(12, item) for item in outputs)
    opsets = [_bytes(1, domain) + _number(2, version) for domain, version in (("", opset), (MICROSOFT, 1))]
    return _number(1, 8) + _bytes(2, "first-step") + _bytes(7, graph) + b"".join(_bytes(8, item) for item in opsets)

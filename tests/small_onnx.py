"""ONNX files by hand: the few messages of its format that small networks need.

https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3 gives every field its number; a message is
its fields one after the other (https://protobuf.dev/programming-guides/encoding).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

__all__ = ["describer_file", "finder_file", "model"]

INT, INTS, FLOAT, LONG = 2, 7, 1, 7  # kinds of attributes, and of numbers in a tensor
VERSION, OPERATORS = 7, 12


def _varint(number: int) -> bytes:
    digits = []
    number &= 2**64 - 1
    while number > 127:
        digits.append(number & 127 | 128)
        number >>= 7
    return bytes([*digits, number])


def _field(number: int, value: int | str | bytes) -> bytes:
    """One field: a number, or whatever has a length."""
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    content = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _attribute(name: str, value: int | Sequence[int]) -> bytes:
    if isinstance(value, int):
        return _field(1, name) + _field(3, value) + _field(20, INT)
    return _field(1, name) + b"".join(_field(8, each) for each in value) + _field(20, INTS)


def node(kind: str, inputs: Sequence[str], output: str, **settings: Any) -> bytes:
    """One operator of the graph."""
    content = b"".join(_field(1, each) for each in inputs) + _field(2, output) + _field(3, output)
    content += _field(4, kind)
    return content + b"".join(_field(5, _attribute(*each)) for each in settings.items())


def _tensor(name: str, values: np.ndarray) -> bytes:
    kind = LONG if values.dtype == np.int64 else FLOAT
    content = b"".join(_field(1, side) for side in values.shape) + _field(2, kind)
    return content + _field(8, name) + _field(9, values.tobytes())


def _promise(name: str, shape: Sequence[int]) -> bytes:
    sides = b"".join(_field(1, _field(1, side)) for side in shape)
    return _field(1, name) + _field(2, _field(1, _field(1, FLOAT) + _field(2, sides)))


def model(
    nodes: Sequence[bytes],
    constants: Mapping[str, np.ndarray],
    inputs: Mapping[str, Sequence[int]],
    outputs: Mapping[str, Sequence[int]],
) -> bytes:
    """A whole file."""
    graph = b"".join(_field(1, each) for each in nodes) + _field(2, "small")
    graph += b"".join(_field(5, _tensor(name, each)) for name, each in constants.items())
    graph += b"".join(_field(11, _promise(name, each)) for name, each in inputs.items())
    graph += b"".join(_field(12, _promise(name, each)) for name, each in outputs.items())
    operators = _field(1, "") + _field(2, OPERATORS)
    return _field(1, VERSION) + _field(7, graph) + _field(8, operators)


HEADS = {"cls": 1, "obj": 1, "bbox": 4, "kps": 10}  # numbers of each cell of YuNet
STRIDES = (8, 16, 32)


def finder_file(seed: int = 0, side: int = 64) -> tuple[bytes, dict[str, np.ndarray]]:
    """YuNet in miniature: at each cell a linear map of the pixels below it.

    Returns:
        The file, and the kernel (numbers, 3, stride, stride) and bias (numbers,) of each output.
    """
    random = np.random.default_rng(seed)
    nodes, constants, outputs = [], {}, {}
    for stride in STRIDES:
        cells = (side // stride) ** 2
        for head, numbers in HEADS.items():
            name = f"{head}_{stride}"
            kernel = random.normal(0, 0.01 / stride, (numbers, 3, stride, stride))
            constants[f"{name}_kernel"] = kernel.astype(np.float32)
            constants[f"{name}_bias"] = random.normal(0, 0.5, numbers).astype(np.float32)
            if head == "bbox":  # no box is empty
                constants[f"{name}_kernel"][2:] /= 8
                constants[f"{name}_bias"][2:] = 0.8
            constants[f"{name}_shape"] = np.array([1, -1, numbers], np.int64)
            given = ["input", f"{name}_kernel", f"{name}_bias"]
            window = {"kernel_shape": [stride] * 2, "strides": [stride] * 2, "pads": [0] * 4}
            nodes.append(node("Conv", given, f"{name}_map", **window))
            nodes.append(node("Transpose", [f"{name}_map"], f"{name}_last", perm=[0, 2, 3, 1]))
            flat = name if numbers > 1 else f"{name}_flat"
            nodes.append(node("Reshape", [f"{name}_last", f"{name}_shape"], flat))
            if numbers == 1:
                nodes.append(node("Sigmoid", [flat], name))
            outputs[name] = (1, cells, numbers)
    content = model(nodes, constants, {"input": (1, 3, side, side)}, outputs)
    return content, {name: each for name, each in constants.items() if "shape" not in name}


def describer_file(seed: int = 0) -> tuple[bytes, dict[str, np.ndarray]]:
    """SFace in miniature: a convolution, then a linear map of all pixels to 128 numbers.

    Returns:
        The file, and its ``kernel`` (4, 3, 16, 16) and ``matrix`` (4 x 7 x 7, 128).
    """
    random = np.random.default_rng(seed)
    weights = {
        "kernel": random.normal(0, 0.01, (4, 3, 16, 16)).astype(np.float32),
        "matrix": random.normal(0, 0.1, (4 * 7 * 7, 128)).astype(np.float32),
    }
    window = {"kernel_shape": [16, 16], "strides": [16, 16], "pads": [0] * 4}
    nodes = [
        node("Conv", ["data", "kernel"], "seen", **window),
        node("Relu", ["seen"], "bent"),
        node("Flatten", ["bent"], "row", axis=1),
        node("MatMul", ["row", "matrix"], "fc1"),
    ]
    return model(nodes, weights, {"data": (1, 3, 112, 112)}, {"fc1": (1, 128)}), weights

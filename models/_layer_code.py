"""Layers as code to take away, for PyTorch and for Keras."""

from collections.abc import Mapping, Sequence
from typing import Literal

from models._code_keras import keras_code
from models._code_torch import torch_code
from models._layer_stack import stack
from models._layers import Layer

__all__ = ["write_code"]


def write_code(
    input_shape: Sequence[int] = (3, 6, 6),
    layers: Sequence[Layer | Mapping[str, object]] = (Layer("convolution", 10, kernel=3),),
    framework: Literal["pytorch", "keras"] = "pytorch",
) -> str:
    """Write the layers as a program that builds them and prints the output's shape.

    Args:
        input_shape: (channels, *lengths).
        layers: As ``stack`` takes them.
        framework: ``pytorch`` or ``keras``.

    Returns:
        Python source. Normalisation is part of it; activations are not, they change no shape.

    Raises:
        InputError: What ``stack`` raises; ``shortcut_crossing`` when shortcuts overlap.

    >>> "nn.Conv2d(3, 10, kernel_size=3)" in write_code()
    True
    """
    rows = stack(input_shape, layers).rows
    return (torch_code if framework == "pytorch" else keras_code)(tuple(input_shape), rows)

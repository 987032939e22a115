"""Padding and stride: how large the answer of a sliding window is, and what it reads.

A window of k taps, d pixels apart, covers d(k - 1) + 1 pixels. It slides in steps of s over n
pixels with p zeros in front and q behind. The number of places where it fits is

    floor((n + p + q - d(k - 1) - 1) / s) + 1

for convolution and pooling alike; with ``ceil_mode`` the floor becomes a ceiling and a last window
that would start behind the pixels is left out. A transposed convolution writes through the same
window in the other direction, so its length is the inverse: s(n - 1) - 2p + d(k - 1) + 1 plus an
output padding that picks one of the s sizes which the floor had thrown together.

Height, width (and depth) follow the formula one by one. A layer of c_out filters over c_in
channels in g groups has c_out (c_in / g) k_h k_w weights and c_out biases: ten 3 x 3 filters
over a 6 x 6 picture of 3 channels make 4 x 4 x 10 out of 280 parameters.

>>> output_size(6, kernel=3)
4
>>> stack((3, 6, 6), [Layer("convolution", 10, kernel=3)])[0].shape
(10, 4, 4)
>>> stack((3, 6, 6), [Layer("convolution", 10, kernel=3)]).parameters
280

Two 3 x 3 layers see 5 x 5 pixels, and the last pooling of VGG-16 sees 212 in steps of 32:

>>> stack((1, 9, 9), [Layer("convolution", 1, kernel=3)] * 2)[-1].receptive_field
5
>>> last = [row for row in stack(*PRESETS["VGG-16"]) if row.layer.kind == "max_pooling"][-1]
>>> last.receptive_field, last.jump
(212, 32)

Sources: Dumoulin and Visin, *A guide to convolution arithmetic for deep learning* (2016); Araujo,
Norris and Sim, *Computing Receptive Fields of Convolutional Neural Networks*, Distill (2019);
Luo et al., *Understanding the Effective Receptive Field* (2016).
"""

from dataclasses import dataclass
from typing import Literal

from models._effective_field import EffectiveField, effective_receptive_field, field_layers
from models._errors import InputError
from models._fitting import Dropped, Fit, dropped, nearest_fits
from models._layer_code import write_code
from models._layer_presets import PRESETS
from models._layer_stack import LayerReport, StackReport, measure, stack
from models._layer_torch import TorchAnswer, torch_shape
from models._layers import Layer
from models._pooling_shift import PoolingShift, pooling_shift
from models._ranges import checked
from models._volume import Volume, convolve_volume
from models._walk_steps import Step, Term, Walk
from models._window import (
    Dilation,
    Kernel,
    OutputPadding,
    Padding,
    Size,
    Stride,
    Window,
    transposed_window,
    window_of,
)
from models._window_walk import walk

__all__ = [
    "PRESETS",
    "Dropped",
    "EffectiveField",
    "Fit",
    "Layer",
    "LayerReport",
    "PoolingShift",
    "SamePadding",
    "StackReport",
    "Step",
    "Term",
    "TorchAnswer",
    "Volume",
    "Walk",
    "convolve_volume",
    "dropped",
    "effective_receptive_field",
    "field_layers",
    "measure",
    "nearest_fits",
    "output_size",
    "pooling_shift",
    "same_padding",
    "stack",
    "torch_shape",
    "transposed_output_size",
    "walk",
    "write_code",
]


@dataclass(frozen=True)
class SamePadding:
    """How one convention pads so that the output is as long as input / stride."""

    before: int  # zeros in front, in pixels
    after: int  # zeros behind, in pixels
    output: int  # length of the output, in pixels
    centre: float  # input index under the middle of the first window


@checked
def output_size(
    size: Size = 6,
    kernel: Kernel = 3,
    padding: Padding = 0,
    stride: Stride = 1,
    dilation: Dilation = 1,
    ceil_mode: bool = False,
    padding_after: Padding | None = None,
) -> int:
    """Count the places where a window fits: the length of a convolution's or pooling's output.

    Args:
        size: Length of the input in pixels.
        kernel: Taps of the window.
        padding: Zeros in front, and behind unless ``padding_after`` says otherwise.
        stride: Pixels from one window to the next.
        dilation: Pixels from one tap to the next.
        ceil_mode: Keep a last window that hangs over the end, as pooling layers can.
        padding_after: Zeros behind, when they differ from those in front.

    Returns:
        Length of the output in pixels.

    Raises:
        InputError: ``window_too_large`` when the window fits nowhere.

    >>> output_size(227, kernel=11, stride=4), output_size(224, kernel=11, padding=2, stride=4)
    (55, 55)
    >>> output_size(112, kernel=3, stride=2), output_size(112, kernel=3, stride=2, ceil_mode=True)
    (55, 56)
    >>> output_size(7, kernel=3, dilation=2)
    3
    """
    return window_of(size, kernel, padding, stride, dilation, ceil_mode, padding_after).count


@checked
def transposed_output_size(
    size: Size = 4,
    kernel: Kernel = 3,
    padding: Padding = 0,
    stride: Stride = 1,
    dilation: Dilation = 1,
    output_padding: OutputPadding = 0,
) -> int:
    """Find how long the output of a transposed convolution is.

    Args:
        size: Length of the input in pixels.
        kernel: Taps that every input pixel is spread over.
        padding: Pixels cut off at either end of the output.
        stride: Pixels in the output from one stamp to the next.
        dilation: Pixels from one tap to the next.
        output_padding: Pixels added behind; less than the stride or the dilation.

    Returns:
        Length of the output in pixels.

    Raises:
        InputError: ``output_padding_too_large`` or ``nothing_left``.

    >>> transposed_output_size(4, kernel=3), transposed_output_size(14, 4, 1, 2)
    (6, 28)
    >>> [transposed_output_size(3, 3, 1, 2, output_padding=extra) for extra in (0, 1)]
    [5, 6]
    """
    window = window_of(size, kernel, padding, stride, dilation)
    return transposed_window(size, window, output_padding).size


@checked
def same_padding(
    size: Size = 6,
    kernel: Kernel = 3,
    stride: Stride = 1,
    dilation: Dilation = 1,
    convention: Literal["pytorch", "tensorflow", "half"] = "pytorch",
) -> SamePadding:
    """Pad so that the output is as long as the input divided by the stride, rounded up.

    TensorFlow looks at the size: with a stride it pads no more than the last window needs, often
    nothing in front. PyTorch's ``padding="same"`` refuses any stride but 1. The habit of PyTorch
    code, half the kernel on either side, reads other pixels and, for even kernels, makes one
    output more at stride 1.

    Args:
        size: Length of the input in pixels.
        kernel: Taps of the window.
        stride: Pixels from one window to the next.
        dilation: Pixels from one tap to the next.
        convention: ``pytorch``, ``tensorflow``, or ``half`` for d(k - 1) / 2, rounded up, in
            front and behind.

    Returns:
        The padding and the length it leads to.

    Raises:
        InputError: ``same_needs_stride_one`` for PyTorch with a longer stride.

    >>> same_padding(6, 3, stride=2, convention="tensorflow")
    SamePadding(before=0, after=1, output=3, centre=1.0)
    >>> same_padding(6, 3, stride=2, convention="half")
    SamePadding(before=1, after=1, output=3, centre=0.0)
    >>> same_padding(6, 4).before, same_padding(6, 4).after
    (1, 2)
    """
    if convention == "pytorch" and stride > 1:
        raise InputError("same_needs_stride_one", stride=stride)
    reach = dilation * (kernel - 1)
    if convention == "half":
        before = after = -(-reach // 2)
    else:
        outputs = -(-size // stride)
        total = max((outputs - 1) * stride + reach + 1 - size, 0)
        before, after = total // 2, total - total // 2
    window = Window(size, kernel, before, after, stride, dilation)
    return SamePadding(before, after, window.count, reach / 2 - before)

"""A convolution over a volume: every filter is as deep as the channels it reads.

A filter of k x k over c channels has c k k weights, one k x k sheet for each channel. Each sheet
gives a partial sum; the partial sums and one bias make one number of one output channel. With
groups, a filter reads only its share of the channels; as many groups as channels is a depthwise
convolution.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from models._layer_stack import measure
from models._layers import Layer
from models._ranges import Range, checked

__all__ = ["Volume", "convolve_volume"]


@dataclass(frozen=True, eq=False)
class Volume:
    """An input volume, filters, and every partial sum on the way to the output."""

    values: NDArray[np.float32]  # (channels, height, width)
    weights: NDArray[np.float32]  # (filters, channels of one group, kernel, kernel)
    biases: NDArray[np.float32]  # (filters,)
    partial: NDArray[np.float32]  # (filters, channels of one group, output height, output width)
    outputs: NDArray[np.float32]  # (filters, output height, output width)
    channels_of: tuple[tuple[int, ...], ...]  # the input channels each filter reads
    parameters: int
    macs: int  # multiplications with one addition each


@checked
def convolve_volume(
    filters: Annotated[int, Range(1, 32, 1)] = 1,
    channels: Annotated[int, Range(1, 16, 1)] = 3,
    size: Annotated[int, Range(1, 12, 1, "px")] = 6,
    kernel: Annotated[int, Range(1, 7, 1)] = 3,
    padding: Annotated[int, Range(0, 3, 1, "px")] = 0,
    stride: Annotated[int, Range(1, 4, 1, "px")] = 1,
    groups: Annotated[int, Range(1, 16, 1)] = 1,
    bias: bool = True,
    seed: Annotated[int, Range(0, 9999, 1)] = 0,
) -> Volume:
    """Run filters over a small volume of whole numbers and keep the partial sums.

    Args:
        filters: How many filters, and so output channels.
        channels: Depth of the input.
        size: Height and width of the input.
        kernel: Taps of a filter in either direction.
        padding: Zeros around every channel.
        stride: Pixels from one window to the next.
        groups: Shares the channels are split into; each filter reads one.
        bias: Whether every filter adds a number of its own.
        seed: Which random numbers.

    Returns:
        Numbers, partial sums, and what it costs.

    Raises:
        InputError: ``groups_divide`` or ``window_too_large``.

    >>> ten = convolve_volume(filters=10)
    >>> ten.values.shape, ten.outputs.shape, ten.parameters
    ((3, 6, 6), (10, 4, 4), 280)
    """
    layer = Layer("convolution", filters, kernel, stride, padding, groups=groups, bias=bias)
    cost = measure((channels, size, size), layer)
    generator = np.random.default_rng(seed)
    share, each = channels // groups, filters // groups
    values = generator.integers(0, 4, (channels, size, size)).astype(np.float32)
    weights = generator.integers(-1, 2, (filters, share, kernel, kernel)).astype(np.float32)
    biases = generator.integers(-2, 3, filters).astype(np.float32) * np.float32(bias)
    read = tuple(
        tuple(range(number // each * share, (number // each + 1) * share))
        for number in range(filters)
    )
    around = np.pad(values, ((0, 0), (padding, padding), (padding, padding)))
    patches = sliding_window_view(around, (kernel, kernel), (1, 2))[:, ::stride, ::stride]
    partial = np.einsum("fchwij,fcij->fchw", patches[np.asarray(read)], weights)
    outputs = partial.sum(1) + biases[:, None, None]
    return Volume(values, weights, biases, partial, outputs, read, cost.parameters, cost.macs)

"""The same layer as a module of torch, and torch's own answer about its shape."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models._errors import InputError
from models._layers import LENGTHS, Layer, as_layer, check_numbers, padding_pairs, per_axis

if TYPE_CHECKING:
    from torch import nn

__all__ = ["TorchAnswer", "as_module", "torch_shape"]

TEN_FILTERS = Layer("convolution", 10, kernel=3)


@dataclass(frozen=True)
class TorchAnswer:
    """What torch makes of a layer."""

    shape: tuple[int, ...] | None  # (channels, *lengths); None when torch refuses
    parameters: int
    refusal: str  # torch's own words, empty when it does not refuse
    version: str


def torch_shape(
    input_shape: Sequence[int] = (3, 6, 6),
    layer: Layer | Mapping[str, object] = TEN_FILTERS,
) -> TorchAnswer:
    """Ask torch itself what shape a layer makes, on tensors without data.

    Args:
        input_shape: (channels, length), (channels, height, width) or
            (channels, depth, height, width).
        layer: Any layer but ``shortcut``, as ``Layer`` or as a mapping of its fields.

    Returns:
        The shape, or torch's refusal.

    >>> torch_shape((3, 6, 6)).shape, torch_shape((3, 6, 6)).parameters
    ((10, 4, 4), 280)
    """
    import torch

    given = layer if isinstance(layer, Layer) else as_layer(layer)
    shape = tuple(input_shape)
    if not 2 <= len(shape) <= 4:
        raise InputError("input_shape", shape=str(shape)[:40])
    check_numbers("input_shape", shape, LENGTHS, depth=1)
    if given.kind == "shortcut":
        raise InputError("shortcut_alone")
    try:
        with torch.device("meta"):
            module = as_module(given, shape).eval()
            answer = module(torch.empty((1, *shape)))
    except (RuntimeError, ValueError) as error:
        return TorchAnswer(None, 0, str(error).splitlines()[0], torch.__version__)
    parameters = sum(parameter.numel() for parameter in module.parameters())
    return TorchAnswer(tuple(answer.shape[1:]), parameters, "", torch.__version__)


def as_module(layer: Layer, input_shape: tuple[int, ...]) -> "nn.Module":
    """Build the layer as a module of torch.

    Args:
        layer: Any layer but ``shortcut``.
        input_shape: (channels, *lengths) of what reaches it.

    Returns:
        A module; where the padding differs between the sides, it pads first.
    """
    from torch import nn

    channels, *lengths = input_shape
    axes = len(lengths)
    filters = layer.channels or channels
    parts: list[nn.Module] = []
    if layer.kind == "linear":
        inputs = functools.reduce(lambda a, b: a * b, lengths, channels)
        parts = [nn.Flatten(), nn.Linear(inputs, filters, layer.bias)]
    elif layer.kind == "global_average":
        parts = [getattr(nn, f"AdaptiveAvgPool{axes}d")(1)]
        filters = channels
    elif layer.kind in ("convolution", "transposed"):
        parts = [*_pad(layer, axes), _convolution(layer, channels, filters, axes)]
    else:
        parts = [*_pad(layer, axes), _pooling(layer, axes)]
        filters = channels
    if layer.batch_norm:
        parts.append(getattr(nn, f"BatchNorm{axes}d")(filters))
    return nn.Sequential(*parts)


def _pad(layer: Layer, axes: int) -> "list[nn.Module]":
    from torch import nn

    pairs = padding_pairs(layer.padding, axes)
    if layer.kind == "transposed" or all(before == after for before, after in pairs):
        return []
    sides = tuple(side for pair in reversed(pairs) for side in pair)  # torch: last axis first
    value = float("-inf") if layer.kind == "max_pooling" else 0.0
    return [getattr(nn, f"ConstantPad{axes}d")(sides, value)]


def _inner_padding(layer: Layer, axes: int) -> tuple[int, ...]:
    pairs = padding_pairs(layer.padding, axes)
    uneven = any(before != after for before, after in pairs)
    if uneven and layer.kind == "transposed":
        raise InputError("transposed_padding_apart")
    return (0,) * axes if uneven else tuple(before for before, _ in pairs)


def _convolution(layer: Layer, channels: int, filters: int, axes: int) -> "nn.Module":
    from torch import nn

    settings = {
        "kernel_size": per_axis(layer.kernel, axes),
        "stride": per_axis(layer.stride, axes),
        "padding": _inner_padding(layer, axes),
        "dilation": per_axis(layer.dilation, axes),
        "groups": layer.groups,
        "bias": layer.bias,
    }
    if layer.kind == "transposed":
        settings["output_padding"] = per_axis(layer.output_padding, axes)
        made: nn.Module = getattr(nn, f"ConvTranspose{axes}d")(channels, filters, **settings)
        return made
    made = getattr(nn, f"Conv{axes}d")(channels, filters, **settings)
    return made


def _pooling(layer: Layer, axes: int) -> "nn.Module":
    from torch import nn

    name = "Max" if layer.kind == "max_pooling" else "Avg"
    settings: dict[str, object] = {
        "kernel_size": per_axis(layer.kernel, axes),
        "stride": per_axis(layer.stride, axes),
        "padding": _inner_padding(layer, axes),
        "ceil_mode": layer.ceil_mode,
    }
    if name == "Max":
        settings["dilation"] = per_axis(layer.dilation, axes)
    made: nn.Module = getattr(nn, f"{name}Pool{axes}d")(**settings)
    return made

"""One layer of a network as plain data, in PyTorch's words, and the windows it lays."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Annotated, Literal, TypeAlias, get_args

from models._errors import InputError
from models._ranges import Range, limits
from models._window import Window

__all__ = [
    "KINDS",
    "LENGTHS",
    "LONGEST",
    "POOLING",
    "Kind",
    "Layer",
    "PerAxis",
    "as_layer",
    "check_layer",
    "check_numbers",
    "padding_pairs",
    "per_axis",
    "windows",
]

Kind = Literal[
    "convolution", "transposed", "max_pooling", "average_pooling", "global_average", "linear",
    "shortcut",
]  # fmt: skip
KINDS: tuple[str, ...] = get_args(Kind)
PerAxis: TypeAlias = int | tuple[int, ...]  # one number for all axes, or one for each
Paddings: TypeAlias = int | tuple[int | tuple[int, int], ...]  # an axis may have (before, after)

POOLING = ("max_pooling", "average_pooling")
Channels = Annotated[int, Range(1, 65536, 1)]
LENGTHS = Range(1, 65536, 1)  # of an input

LONGEST = 100  # layers
LIMITS = {
    "kernel": Range(1, 4096, 1),
    "stride": Range(1, 4096, 1),
    "padding": Range(0, 4096, 1),
    "dilation": Range(1, 4096, 1),
    "output_padding": Range(0, 4096, 1),
    "back": Range(1, LONGEST, 1),
}
DEPTHS = {"kernel": 1, "stride": 1, "dilation": 1, "output_padding": 1, "padding": 2}


@dataclass(frozen=True)
class Layer:
    """One layer, in PyTorch's words; lengths are one number or one for each axis.

    ``global_average`` takes the mean over all positions, ``linear`` reads everything there is, and
    ``shortcut`` adds the input of the layer ``back`` rows above, through a 1 x 1 convolution of
    its own if ``channels`` are given (the way ResNet does it).
    """

    kind: Kind = "convolution"
    channels: Channels | None = None  # filters; None keeps the channels there are
    kernel: PerAxis = 1
    stride: PerAxis = 1
    padding: Paddings = 0
    dilation: PerAxis = 1
    groups: Channels = 1
    bias: bool = True
    batch_norm: bool = False  # 2 more parameters a channel
    ceil_mode: bool = False  # pooling only
    output_padding: PerAxis = 0  # transposed convolution only
    back: int = 2  # shortcut only
    name: str = ""

    def __post_init__(self) -> None:
        """Refuse what no layer can be."""
        if self.kind not in KINDS:
            raise InputError(
                "not_a_choice", parameter="kind", value=str(self.kind), allowed=", ".join(KINDS)
            )
        for name, limit in (limits(Layer) | LIMITS).items():
            value = getattr(self, name)
            if isinstance(limit, Range) and (value is not None or name != "channels"):
                check_numbers(name, value, limit, DEPTHS.get(name, 0))


def as_layer(entry: Mapping[str, object]) -> Layer:
    """Read a layer from a mapping of its fields, as JSON carries it.

    Raises:
        InputError: ``layer_field`` for a field that no layer has.
    """
    known = [field.name for field in fields(Layer)]
    for name in entry:
        if name not in known:
            raise InputError("layer_field", field=str(name)[:40], allowed=", ".join(known))
    return Layer(**{name: _tuples(value) for name, value in entry.items()})  # type: ignore[arg-type]


def windows(layer: Layer, lengths: tuple[int, ...]) -> tuple[Window, ...]:
    """Lay the layer's window along every axis of an input of these lengths."""
    axes = len(lengths)
    if layer.kind == "linear":
        return tuple(Window(size, size) for size in lengths)
    if layer.kind == "global_average":
        return tuple(Window(size, size) for size in lengths)
    kernel, stride, dilation = (
        per_axis(value, axes) for value in (layer.kernel, layer.stride, layer.dilation)
    )
    paddings = padding_pairs(layer.padding, axes)
    ceil_mode = layer.ceil_mode and layer.kind in POOLING
    if layer.kind == "shortcut":
        kernel, dilation, paddings = (1,) * axes, (1,) * axes, ((0, 0),) * axes
    return tuple(
        Window(size, k, before, after, s, d, ceil_mode)
        for size, k, (before, after), s, d in zip(
            lengths, kernel, paddings, stride, dilation, strict=True
        )
    )


def per_axis(value: PerAxis, axes: int) -> tuple[int, ...]:
    """Repeat one number for every axis, or check that there is one for each."""
    if isinstance(value, int):
        return (value,) * axes
    if len(value) != axes:
        raise InputError("axes_differ", given=len(value), axes=axes)
    return value


def padding_pairs(value: Paddings, axes: int) -> tuple[tuple[int, int], ...]:
    """Write a padding as (before, after) for every axis."""
    if isinstance(value, int):
        return ((value, value),) * axes
    if len(value) != axes:
        raise InputError("axes_differ", given=len(value), axes=axes)
    return tuple((pair, pair) if isinstance(pair, int) else pair for pair in value)


def check_layer(layer: Layer, input_shape: tuple[int, ...]) -> None:
    """Refuse settings that PyTorch refuses too.

    Raises:
        InputError: ``groups_divide``, ``pool_padding``, ``average_dilation``, ``window_too_large``.
    """
    channels, *lengths = input_shape
    if layer.kind in ("convolution", "transposed"):
        filters = layer.channels or channels
        if channels % layer.groups or filters % layer.groups:
            raise InputError(
                "groups_divide", groups=layer.groups, channels=channels, filters=filters
            )
    if layer.kind in POOLING:
        _check_pooling(layer, lengths)


def _check_pooling(layer: Layer, lengths: list[int]) -> None:
    axes = len(lengths)
    average = layer.kind == "average_pooling"
    if average and max(per_axis(layer.dilation, axes), default=1) > 1:
        raise InputError("average_dilation")
    pairs = padding_pairs(layer.padding, axes)
    for size, taps, pair in zip(lengths, per_axis(layer.kernel, axes), pairs, strict=True):
        if max(pair) > taps // 2:
            raise InputError("pool_padding", padding=max(pair), limit=taps // 2)
        if average and axes == 3 and taps > size:  # torch's rule for volumes: padding does not help
            raise InputError("window_too_large", extent=taps, padded=size, size=size)


def _tuples(value: object) -> object:
    return tuple(_tuples(item) for item in value) if isinstance(value, list | tuple) else value


def check_numbers(name: str, value: object, limit: Range, depth: int = 0) -> None:
    """Refuse what is not a whole number within the limit.

    Args:
        name: What the number is.
        value: A number, or a tuple of numbers where ``depth`` allows it.
        limit: The limit of every number.
        depth: 1 for one number an axis, 2 for one pair an axis.
    """
    if isinstance(value, tuple) and depth:
        if depth == 1 and name == "padding" and len(value) != 2:
            raise InputError("axes_differ", given=len(value), axes=2)
        for item in value:
            check_numbers(name, item, limit, depth - 1)
    elif not isinstance(value, int) or value not in limit:
        raise InputError(
            "out_of_range", parameter=name, value=str(value)[:40], low=limit.low, high=limit.high
        )

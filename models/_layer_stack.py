"""A stack of layers, row by row: shape, parameters, multiplications, memory, receptive field.

One output of a layer with kernel k, stride s and dilation d reads d(k - 1) + 1 outputs of the
layer below, which lie ``jump`` input pixels apart. Going up, from receptive field 1, jump 1 and
the first pixel's centre at 0.5:

    field <- field + d(k - 1) jump
    start <- start + (d(k - 1) / 2 - p) jump
    jump  <- jump s

A transposed convolution divides the jump by s, and its output reads at most ceil(k / s) inputs.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from models._errors import InputError
from models._layers import (
    LENGTHS,
    LONGEST,
    POOLING,
    Layer,
    PerAxis,
    as_layer,
    check_layer,
    check_numbers,
    per_axis,
    windows,
)
from models._window import Window, transposed_window

__all__ = ["LayerReport", "StackReport", "measure", "stack"]

WEIGHTED = ("convolution", "transposed", "linear", "shortcut")
BYTES = 4  # of a float32
Number = TypeVar("Number", int, float)


@dataclass(frozen=True)
class LayerReport:
    """What one layer makes of what reaches it."""

    layer: Layer
    input_shape: tuple[int, ...]  # (channels, *lengths)
    shape: tuple[int, ...]  # (channels, *lengths); (channels,) once flat
    parameters: int
    macs: int  # multiplications with one addition each, for one picture
    memory_bytes: int  # of the output, float32, one picture
    receptive_field: PerAxis  # input pixels one output depends on
    jump: float | tuple[float, ...]  # input pixels from one output to the next
    start: float | tuple[float, ...]  # centre of the first output's field; first pixel is at 0.5
    fields: tuple[int, ...]  # the receptive field of each axis
    jumps: tuple[float, ...]  # the jump of each axis
    starts: tuple[float, ...]  # the start of each axis


@dataclass(frozen=True)
class StackReport:
    """The rows of a stack and their totals; it iterates like a list of its rows."""

    rows: tuple[LayerReport, ...]
    parameters: int
    macs: int
    memory_bytes: int  # all activations kept, as training does

    def __iter__(self) -> Iterator[LayerReport]:
        """Go through the rows from the input up."""
        return iter(self.rows)

    def __len__(self) -> int:
        """How many layers there are."""
        return len(self.rows)

    def __getitem__(self, index: int) -> LayerReport:
        """One row."""
        return self.rows[index]


@dataclass(frozen=True)
class _Signal:
    """What flows between two layers: its shape and, for each axis, what it sees."""

    shape: tuple[int, ...]
    fields: tuple[float, ...]
    jumps: tuple[float, ...]
    starts: tuple[float, ...]


TEN_FILTERS = Layer("convolution", 10, kernel=3)


def measure(
    input_shape: Sequence[int] = (3, 6, 6), layer: Layer | Mapping[str, object] = TEN_FILTERS
) -> LayerReport:
    """Say what one layer makes of an input.

    Args:
        input_shape: (channels, *lengths).
        layer: Any layer but ``shortcut``, as ``Layer`` or as a mapping of its fields.

    Returns:
        Shape, parameters, multiplications, memory and what an output sees.

    Raises:
        InputError: The layer cannot be, or does not fit.

    >>> measure().shape, measure().parameters
    ((10, 4, 4), 280)
    """
    try:
        return stack(input_shape, [layer])[0]
    except InputError as error:
        reason = error.values.get("reason")
        raise reason if isinstance(reason, InputError) else error from error


def stack(
    input_shape: Sequence[int] = (3, 6, 6),
    layers: Sequence[Layer | Mapping[str, object]] = (TEN_FILTERS,),
) -> StackReport:
    """Follow one picture through a stack of layers.

    Args:
        input_shape: (channels, length), (channels, height, width) or
            (channels, depth, height, width).
        layers: At most 100 layers, as ``Layer`` or as mappings of its fields.

    Returns:
        A report for each layer and the totals.

    Raises:
        InputError: ``stack_row`` with the number of the row and the ``reason``, an InputError.

    >>> [row.parameters for row in stack((1, 32, 32), [Layer("convolution", 6, kernel=5)])]
    [156]
    """
    shape = tuple(input_shape)
    if not 2 <= len(shape) <= 4:
        raise InputError("input_shape", shape=str(shape)[:40])
    check_numbers("input_shape", shape, LENGTHS, depth=1)
    if len(layers) > LONGEST:
        raise InputError("stack_too_long", layers=len(layers), limit=LONGEST)
    axes = len(shape) - 1
    signals = [_Signal(shape, (1.0,) * axes, (1.0,) * axes, (0.5,) * axes)]
    rows: list[LayerReport] = []
    for number, given in enumerate(layers, start=1):
        try:
            layer = given if isinstance(given, Layer) else as_layer(given)
            row, signal = _apply(layer, signals)
        except InputError as reason:
            raise InputError("stack_row", row=number, reason=reason) from reason
        rows.append(row)
        signals.append(signal)
    return StackReport(
        tuple(rows),
        sum(row.parameters for row in rows),
        sum(row.macs for row in rows),
        sum(row.memory_bytes for row in rows),
    )


def _apply(layer: Layer, signals: list[_Signal]) -> tuple[LayerReport, _Signal]:
    below = signals[-1]
    if layer.kind == "shortcut":
        signal, source = _add_shortcut(layer, signals)
    else:
        signal, source = _slide(layer, below), below
    parameters = _parameters(layer, source, signal)
    fields = tuple(math.ceil(field) for field in signal.fields)
    jumps = tuple(int(jump) if jump.is_integer() else jump for jump in signal.jumps)
    report = LayerReport(
        layer,
        below.shape,
        signal.shape,
        parameters,
        _macs(layer, source, signal),
        BYTES * math.prod(signal.shape),
        _one(fields),
        _one(jumps),
        _one(signal.starts),
        fields,
        jumps,
        signal.starts,
    )
    return report, signal


def _slide(layer: Layer, below: _Signal) -> _Signal:
    channels, *lengths = below.shape
    check_layer(layer, below.shape)
    filters = layer.channels or channels
    if layer.kind in (*POOLING, "global_average"):
        filters = channels
    laid = windows(layer, tuple(lengths))
    if layer.kind == "transposed":
        return _spread(layer, below, filters, laid)
    made = tuple(window.count for window in laid)
    fields, jumps, starts = [], [], []
    for axis, window in enumerate(laid):
        jump = below.jumps[axis]
        fields.append(below.fields[axis] + (window.extent - 1) * jump)
        starts.append(below.starts[axis] + ((window.extent - 1) / 2 - window.before) * jump)
        jumps.append(jump * window.stride)
    if not laid:  # flat already: a linear layer over a linear layer sees what that one saw
        return replace(below, shape=(filters,))
    shape = (filters,) if layer.kind == "linear" else (filters, *made)
    return _Signal(shape, tuple(fields), tuple(jumps), tuple(starts))


def _spread(layer: Layer, below: _Signal, filters: int, laid: tuple[Window, ...]) -> _Signal:
    extras = per_axis(layer.output_padding, len(laid))
    made, fields, jumps, starts = [], [], [], []
    for axis, (window, extra) in enumerate(zip(laid, extras, strict=True)):
        jump = below.jumps[axis]
        made.append(transposed_window(window.size, window, extra).size)
        fields.append(below.fields[axis] + _widest(window) * jump)
        jumps.append(jump / window.stride)
        starts.append(below.starts[axis] + (window.before - (window.extent - 1) / 2) * jumps[-1])
    return _Signal((filters, *made), tuple(fields), tuple(jumps), tuple(starts))


def _widest(window: Window) -> int:
    """Steps from the first to the last input that reach one output of a transposed window."""
    widest = 0
    for phase in range(window.stride):
        offsets = [tap * window.dilation - phase for tap in range(window.kernel)]
        taps = [offset for offset in offsets if offset % window.stride == 0]
        if taps:
            widest = max(widest, (taps[-1] - taps[0]) // window.stride)
    return widest


def _add_shortcut(layer: Layer, signals: list[_Signal]) -> tuple[_Signal, _Signal]:
    if layer.back >= len(signals):
        raise InputError("shortcut_too_far", back=layer.back, rows=len(signals) - 1)
    below, source = signals[-1], signals[-1 - layer.back]
    channels, *lengths = source.shape
    made = tuple(window.count for window in windows(layer, tuple(lengths)))
    shape = (layer.channels or channels, *made)
    if shape != below.shape:
        raise InputError("shortcut_shape", shortcut=_show(shape), row=_show(below.shape))
    fields = tuple(max(pair) for pair in zip(below.fields, source.fields, strict=True))
    return replace(below, fields=fields), source


def _parameters(layer: Layer, source: _Signal, made: _Signal) -> int:
    filters = made.shape[0]
    normalised = 2 * filters if layer.batch_norm else 0
    if layer.kind not in WEIGHTED or (layer.kind == "shortcut" and layer.channels is None):
        return normalised
    biases = filters if layer.bias else 0
    return _taps(layer, source) * filters + biases + normalised


def _macs(layer: Layer, source: _Signal, made: _Signal) -> int:
    if layer.kind not in WEIGHTED or (layer.kind == "shortcut" and layer.channels is None):
        return 0
    positions = source.shape[1:] if layer.kind == "transposed" else made.shape[1:]
    return _taps(layer, source) * made.shape[0] * math.prod(positions)


def _taps(layer: Layer, source: _Signal) -> int:
    """Weights of one filter: the input channels it reads times the taps of its window."""
    channels, *lengths = source.shape
    groups = layer.groups if layer.kind in ("convolution", "transposed") else 1
    return channels // groups * math.prod(w.kernel for w in windows(layer, tuple(lengths)))


def _one(values: tuple[Number, ...]) -> Number | tuple[Number, ...]:
    return values[0] if len(set(values)) == 1 else values


def _show(shape: tuple[int, ...]) -> str:
    return " × ".join(str(length) for length in shape)

"""Layers as code to take away, for PyTorch and for Keras.

Keras keeps channels last and has neither numbers for padding nor a ceiling mode, so padding is a
layer of its own there, and a transposed convolution is cropped afterwards.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Literal

from models._errors import InputError
from models._layer_stack import LayerReport, stack
from models._layers import POOLING, Layer, padding_pairs, per_axis, windows

__all__ = ["write_code"]

TORCH_SHORTCUT = '''
class Shortcut(nn.Module):
    """Add what went into the body to what comes out of it."""

    def __init__(self, body, projection):
        super().__init__()
        self.body, self.projection = body, projection

    def forward(self, x):
        return self.body(x) + self.projection(x)

'''


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
    return (_torch if framework == "pytorch" else _keras)(tuple(input_shape), rows)


def _torch(input_shape: tuple[int, ...], rows: tuple[LayerReport, ...]) -> str:
    pieces: list[list[str]] = []  # one list of lines a row; emptied when a shortcut takes it in
    for number, row in enumerate(rows):
        if row.layer.kind != "shortcut":
            pieces.append(_torch_lines(row))
            continue
        start = number - row.layer.back
        if not pieces[start] or (start > 0 and _taken(pieces, start)):
            raise InputError("shortcut_crossing", row=number + 1)
        body = [line for piece in pieces[start:] for line in piece]
        pieces[start:] = [[] for _ in range(row.layer.back)]
        source = rows[start].input_shape
        pieces.append(
            ["Shortcut(", "    nn.Sequential(", *(f"        {line}" for line in body), "    ),"]
            + [f"    {line}" for line in _torch_projection(row, source)]
            + ["),"]
        )
    lines = [f"    {line}" for piece in pieces for line in piece]
    shortcut = any(row.layer.kind == "shortcut" for row in rows)
    shape = ", ".join(str(length) for length in (1, *input_shape))
    return "\n".join(
        (
            "import torch",
            "from torch import nn",
            TORCH_SHORTCUT if shortcut else "",
            "network = nn.Sequential(",
            *lines,
            ")",
            f"print(network.eval()(torch.zeros({shape})).shape)",
            "",
        )
    )


def _taken(pieces: list[list[str]], start: int) -> bool:
    """Whether the rows from ``start`` on begin inside a shortcut's body."""
    empty = next((index for index in range(start, len(pieces)) if not pieces[index]), None)
    return empty == start


def _torch_projection(row: LayerReport, source: tuple[int, ...]) -> list[str]:
    layer, axes = row.layer, len(source) - 1
    lines = []
    if layer.channels is not None:
        options = _options(stride=_plain(per_axis(layer.stride, axes), 1), bias=layer.bias)
        lines.append(f"nn.Conv{axes}d({source[0]}, {layer.channels}, kernel_size=1{options}),")
    elif layer.stride != 1:
        options = _options(stride=_plain(per_axis(layer.stride, axes), 1))
        lines.append(f"nn.MaxPool{axes}d(1{options}),")
    if layer.batch_norm:
        lines.append(f"nn.BatchNorm{axes}d({row.shape[0]}),")
    if not lines:
        return ["nn.Identity(),"]
    return ["nn.Sequential(", *(f"    {line}" for line in lines), "),"]


def _torch_lines(row: LayerReport) -> list[str]:
    layer, axes = row.layer, len(row.input_shape) - 1
    filters = row.shape[0]
    if layer.kind == "linear":
        flat = math.prod(row.input_shape)
        flatten = ["nn.Flatten(),"] if axes else []
        lines = [*flatten, f"nn.Linear({flat}, {filters}{_options(bias=layer.bias)}),"]
    elif layer.kind == "global_average":
        lines = [f"nn.AdaptiveAvgPool{axes}d(1),"]
    else:
        lines = _torch_window(row)
    if layer.batch_norm:
        lines.append(f"nn.BatchNorm{max(len(row.shape) - 1, 1)}d({filters}),")
    return lines


def _torch_window(row: LayerReport) -> list[str]:
    layer, axes = row.layer, len(row.input_shape) - 1
    pairs = padding_pairs(layer.padding, axes)
    lines, inner = [], tuple(before for before, _ in pairs)
    if any(before != after for before, after in pairs):
        sides = tuple(side for pair in reversed(pairs) for side in pair)
        value = 'float("-inf")' if layer.kind == "max_pooling" else "0.0"
        lines, inner = [f"nn.ConstantPad{axes}d({sides}, {value}),"], (0,) * axes
    kernel = _plain(per_axis(layer.kernel, axes))
    shared = {
        "stride": _plain(per_axis(layer.stride, axes), 1),
        "padding": _plain(inner, 0),
        "dilation": _plain(per_axis(layer.dilation, axes), 1),
    }
    if layer.kind in POOLING:
        shared["stride"] = _plain(per_axis(layer.stride, axes))  # torch: the kernel, if left out
        name = "Max" if layer.kind == "max_pooling" else "Avg"
        options = _options(**shared, ceil_mode=layer.ceil_mode)
        return [*lines, f"nn.{name}Pool{axes}d({kernel}{options}),"]
    name = "Conv" if layer.kind == "convolution" else "ConvTranspose"
    extra = layer.output_padding if layer.kind == "transposed" else 0
    options = _options(
        **shared,
        output_padding=_plain(per_axis(extra, axes), 0),
        groups=layer.groups if layer.groups > 1 else None,
        bias=layer.bias,
    )
    channels = f"{row.input_shape[0]}, {row.shape[0]}"
    return [*lines, f"nn.{name}{axes}d({channels}, kernel_size={kernel}{options}),"]


def _keras(input_shape: tuple[int, ...], rows: tuple[LayerReport, ...]) -> str:
    shape = (*input_shape[1:], input_shape[0])
    lines = [f"x = inputs = keras.Input({shape})  # channels last"]
    for number, row in enumerate(rows):
        if row.layer.kind == "shortcut":
            lines += _keras_shortcut(row, rows, number)
            continue
        if any(
            later.layer.kind == "shortcut" and number == at - later.layer.back
            for at, later in enumerate(rows)
        ):
            lines.append(f"start_{number + 1} = x")
        lines += [f"x = layers.{call}(x)" for call in _keras_calls(row)]
    return "\n".join(
        (
            "import keras",
            "from keras import layers",
            "",
            *lines,
            "network = keras.Model(inputs, x)",
            "print(network.output_shape)",
            "",
        )
    )


def _keras_shortcut(row: LayerReport, rows: tuple[LayerReport, ...], number: int) -> list[str]:
    start = number - row.layer.back
    source = rows[start].input_shape
    axes = len(source) - 1
    strides = _plain(per_axis(row.layer.stride, axes), 1)
    options = _options(strides=strides, use_bias=row.layer.bias)
    lines = [f"shortcut = start_{start + 1}"]
    if row.layer.channels is not None:
        lines.append(f"shortcut = layers.Conv{axes}D({row.layer.channels}, 1{options})(shortcut)")
    elif strides is not None:
        lines.append(f"shortcut = layers.MaxPooling{axes}D(1{_options(strides=strides)})(shortcut)")
    if row.layer.batch_norm:
        lines.append("shortcut = layers.BatchNormalization()(shortcut)")
    return [*lines, "x = layers.Add()([x, shortcut])"]


def _keras_calls(row: LayerReport) -> list[str]:
    layer, axes = row.layer, len(row.input_shape) - 1
    if layer.kind == "linear":
        flatten = ["Flatten()"] if axes else []
        calls = [*flatten, f"Dense({row.shape[0]}{_options(use_bias=layer.bias)})"]
    elif layer.kind == "global_average":
        calls = [f"GlobalAveragePooling{axes}D(keepdims=True)"]
    elif layer.kind == "transposed":
        calls = _keras_transposed(row)
    else:
        calls = _keras_window(row)
    return [*calls, "BatchNormalization()"] if layer.batch_norm else calls


def _keras_window(row: LayerReport) -> list[str]:
    layer, lengths = row.layer, row.input_shape[1:]
    axes = len(lengths)
    sides = []
    for window in windows(layer, lengths):
        end = window.start(window.count - 1) + window.extent
        overhang = max(0, end - window.size - window.after)
        sides.append((window.before, window.after + overhang))
    padded = any(sum(pair) for pair in sides)
    written = repr(sides[0] if axes == 1 else tuple(sides))
    calls = [f"ZeroPadding{axes}D({written})"] if padded else []
    kernel, strides = (_plain(per_axis(v, axes)) for v in (layer.kernel, layer.stride))
    if layer.kind in POOLING:
        name = "Max" if layer.kind == "max_pooling" else "Average"
        return [*calls, f"{name}Pooling{axes}D({kernel}, strides={strides})"]
    options = _options(
        strides=_plain(per_axis(layer.stride, axes), 1),
        dilation_rate=_plain(per_axis(layer.dilation, axes), 1),
        groups=layer.groups if layer.groups > 1 else None,
        use_bias=layer.bias,
    )
    return [*calls, f"Conv{axes}D({row.shape[0]}, {kernel}{options})"]


def _keras_transposed(row: LayerReport) -> list[str]:
    layer, lengths = row.layer, row.input_shape[1:]
    axes = len(lengths)
    crops = []
    for window, made in zip(windows(layer, lengths), row.shape[1:], strict=True):
        grown = window.size * window.stride + max(window.extent - window.stride, 0)
        crops.append((window.before, grown - window.before - made))
    options = _options(
        strides=_plain(per_axis(layer.stride, axes), 1),
        dilation_rate=_plain(per_axis(layer.dilation, axes), 1),
        use_bias=layer.bias,
    )
    kernel = _plain(per_axis(layer.kernel, axes))
    calls = [f"Conv{axes}DTranspose({row.shape[0]}, {kernel}{options})"]
    extra = tuple((0, max(0, -after)) for _, after in crops)
    cut = tuple((before, max(0, after)) for before, after in crops)
    if any(sum(pair) for pair in extra):
        calls.append(f"ZeroPadding{axes}D({extra[0] if axes == 1 else extra})")
    if any(sum(pair) for pair in cut):
        calls.append(f"Cropping{axes}D({cut[0] if axes == 1 else cut})")
    return calls


def _plain(values: tuple[int, ...], default: int | None = None) -> int | tuple[int, ...] | None:
    """Write equal numbers once, and the default not at all."""
    if len(set(values)) > 1:
        return values
    return None if values[0] == default else values[0]


def _options(**options: object) -> str:
    """Write the options that differ from the framework's own defaults."""
    written = []
    for name, value in options.items():
        silent = value is None or (name in ("bias", "use_bias") and value is True)
        if (not silent and value is not False) or (name in ("bias", "use_bias") and value is False):
            written.append(f", {name}={value}")
    return "".join(written)

"""A stack of layers as a program for PyTorch."""

import math

from models._code_arguments import options, plain
from models._errors import InputError
from models._layer_stack import LayerReport
from models._layers import POOLING, padding_pairs, per_axis

__all__ = ["torch_code"]

SHORTCUT = '''
class Shortcut(nn.Module):
    """Add what went into the body to what comes out of it."""

    def __init__(self, body, projection):
        super().__init__()
        self.body, self.projection = body, projection

    def forward(self, x):
        return self.body(x) + self.projection(x)

'''


def torch_code(input_shape: tuple[int, ...], rows: tuple[LayerReport, ...]) -> str:
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
            SHORTCUT if shortcut else "",
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
        given = options(stride=plain(per_axis(layer.stride, axes), 1), bias=layer.bias)
        lines.append(f"nn.Conv{axes}d({source[0]}, {layer.channels}, kernel_size=1{given}),")
    elif layer.stride != 1:
        given = options(stride=plain(per_axis(layer.stride, axes), 1))
        lines.append(f"nn.MaxPool{axes}d(1{given}),")
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
        lines = [*flatten, f"nn.Linear({flat}, {filters}{options(bias=layer.bias)}),"]
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
    kernel = plain(per_axis(layer.kernel, axes))
    shared = {
        "stride": plain(per_axis(layer.stride, axes), 1),
        "padding": plain(inner, 0),
        "dilation": plain(per_axis(layer.dilation, axes), 1),
    }
    if layer.kind in POOLING:
        shared["stride"] = plain(per_axis(layer.stride, axes))  # torch: the kernel, if left out
        name = "Max" if layer.kind == "max_pooling" else "Avg"
        given = options(**shared, ceil_mode=layer.ceil_mode)
        return [*lines, f"nn.{name}Pool{axes}d({kernel}{given}),"]
    name = "Conv" if layer.kind == "convolution" else "ConvTranspose"
    extra = layer.output_padding if layer.kind == "transposed" else 0
    given = options(
        **shared,
        output_padding=plain(per_axis(extra, axes), 0),
        groups=layer.groups if layer.groups > 1 else None,
        bias=layer.bias,
    )
    channels = f"{row.input_shape[0]}, {row.shape[0]}"
    return [*lines, f"nn.{name}{axes}d({channels}, kernel_size={kernel}{given}),"]

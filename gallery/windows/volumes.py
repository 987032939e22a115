"""Volumes: the boxes, and one number of the output opened to its partial sums."""

from typing import Any

import numpy as np
import streamlit as st

from gallery import controls, figures, show
from gallery.page import Page
from gallery.takeaway import TakeAway, snippet
from models.padding_stride import Volume, convolve_volume

__all__ = ["ask", "draw", "take"]


def ask(page: Page) -> dict[str, Any]:
    """The settings of a small volume."""
    names = ("filters", "channels", "size", "kernel", "padding", "stride", "groups")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        given: dict[str, Any] = {
            name: controls.entry(page.controls[name], convolve_volume, width=136) for name in names
        }
        given["bias"] = controls.switch(page.controls.bias, default=True)
    return given


def draw(page: Page, found: Volume, given: dict[str, Any]) -> None:
    """The boxes, and one number of the output opened to its partial sums."""
    words = page.words
    filters, rows, columns = found.outputs.shape
    with st.container(horizontal=True):
        number = controls.entry(
            page.controls.filter, convolve_volume, "filters", default=1, most=filters, width=136
        )
        row = controls.entry(
            page.controls.row, convolve_volume, "filters", default=1, most=rows, width=136
        )
        column = controls.entry(
            page.controls.column, convolve_volume, "filters", default=1, most=columns, width=136
        )
    place = (number - 1, row - 1, column - 1)
    _draw_boxes(page, found, given, place)
    with st.container(horizontal=True):
        st.metric(words.output_shape, " × ".join(map(str, found.outputs.shape)))
        st.metric(words.parameters, f"{found.parameters:,}", help=_parameter_sum(page, found))
        st.metric(words.macs, f"{found.macs:,}", help=words.macs_help)
    st.latex(_parameter_formula(found))
    _draw_sheets(page, found, given, place)


def take(found: Volume, given: dict[str, Any]) -> TakeAway:
    """All numbers, and a picture of the first channel's way."""
    picture = figures.cells_picture(
        {
            "input, channel 1": found.values[0],
            "filter 1, sheet 1": found.weights[0, 0],
            "output, channel 1": found.outputs[0],
        },
        signed=("filter 1, sheet 1", "output, channel 1"),
    )
    return TakeAway("volume", snippet(convolve_volume, **given), picture, data=found)


def _draw_boxes(
    page: Page, found: Volume, given: dict[str, Any], place: tuple[int, int, int]
) -> None:
    share = found.weights.shape[1]
    kernel = given["kernel"]
    window = (
        found.channels_of[place[0]][0],
        place[1] * given["stride"] - given["padding"],
        place[2] * given["stride"] - given["padding"],
    )
    shapes = (found.values.shape, (share, kernel, kernel), found.outputs.shape)
    named = {
        name: page.words[f"volume_{name}"](
            depth=shape[0], height=shape[1], width=shape[2], filters=found.weights.shape[0]
        )
        for name, shape in zip(("input", "filter", "output"), shapes, strict=True)
    }
    sizes = {
        name: " × ".join(map(str, shape))
        for name, shape in zip(("input", "filter", "output"), shapes, strict=True)
    }
    alt = page.words.volume_alt(**sizes)
    show.drawing(figures.volumes(*shapes, window, place, named, alt))


def _draw_sheets(
    page: Page, found: Volume, given: dict[str, Any], place: tuple[int, int, int]
) -> None:
    """Each channel's patch times its sheet, the partial sums, the bias, the number."""
    words = page.words
    number, row, column = place
    padding, stride, kernel = given["padding"], given["stride"], given["kernel"]
    around = np.pad(found.values, ((0, 0), (padding, padding), (padding, padding)))
    top, left = row * stride, column * stride
    parts, rows = [], []
    read = found.channels_of[number]
    for sheet, channel in enumerate(read):
        partial_sum = float(found.partial[number, sheet, row, column])
        parts.append(f"{partial_sum:g}" if partial_sum >= 0 else f"({partial_sum:g})")
        patch = around[channel, top : top + kernel, left : left + kernel]
        weights = found.weights[number, sheet]
        title = words.sheet_products(sum=f"{partial_sum:g}")
        rows.append(
            (
                figures.Matrix(patch, words.sheet_patch(channel=channel + 1), 3.0, sign="×"),
                figures.Matrix(weights, words.sheet_weights, 1.0, signed=True, sign="="),
                figures.Matrix(patch * weights, title, 3.0, signed=True),
            )
        )
    cell = 40 if kernel > 1 else 52
    show.drawing(figures.matrices(rows[:4], words.sheet_alt, cell=cell), key="sheets")
    if len(read) > 4:
        st.caption(words.more_sheets(count=len(read) - 4))
    bias, total = float(found.biases[number]), float(found.outputs[number, row, column])
    written = f"{bias:g}" if bias >= 0 else f"({bias:g})"
    st.latex(
        rf"{' + '.join(parts)} + \underbrace{{{written}}}_{{\text{{{words.term_bias}}}}}"
        rf" = \mathbf{{{total:g}}}"
    )


def _parameter_formula(found: Volume) -> str:
    filters, share, height, width = found.weights.shape
    biases = found.parameters - found.weights.size
    product = rf"{filters}\cdot({height}\cdot{width}\cdot{share}"
    per_filter = " + 1)" if biases else ")"
    return rf"{product}{per_filter} = \mathbf{{{found.parameters}}}"


def _parameter_sum(page: Page, found: Volume) -> str:
    filters, share, height, width = found.weights.shape
    return page.words.parameters_help(
        filters=filters, height=height, width=width, depth=share,
        biases=found.parameters - found.weights.size,
    )  # fmt: skip

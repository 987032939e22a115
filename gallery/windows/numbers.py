"""Windows worked on numbers: what walks over them, volumes, pooling and its small shifts."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from gallery import controls, figures, show
from gallery.components.walk import View
from gallery.page import Page
from gallery.takeaway import TakeAway, snippet
from gallery.windows.settings import Setting
from models.padding_stride import (
    PoolingShift,
    Volume,
    Walk,
    convolve_volume,
    pooling_shift,
    walk,
)

__all__ = [
    "ask_numbers",
    "ask_pooling",
    "ask_shift",
    "ask_view",
    "ask_volume",
    "draw_overlaps",
    "draw_shift",
    "draw_volume",
    "take_pooling",
    "take_volume",
    "take_walk",
]

MOST_CELLS = 15  # a side of a matrix that is drawn with its numbers


def ask_numbers(page: Page, setting: Setting) -> dict[str, Any]:
    """What the input and the kernel are filled with."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        given: dict[str, Any] = {"numbers": controls.choice(page.controls.numbers, walk)}
        if setting.weighted:
            given["weights"] = controls.choice(page.controls.weights, walk)
        if setting.operation == "average_pooling":
            given["count_padding"] = controls.switch(page.controls.count_padding, default=True)
        if "random" in given.values():
            given["seed"] = controls.entry(page.controls.seed, walk, width=136)
    return given


def ask_view(page: Page, setting: Setting) -> View:
    """How a transposed convolution is seen; the others have one view."""
    views: tuple[View, ...] = ("gather", "zeros", "scatter")
    return (
        controls.choice(page.controls.view, views)
        if setting.operation == "transposed"
        else "gather"
    )


def draw_overlaps(page: Page, walked: Walk) -> None:
    """How many stamps lie on each output, or how many windows read each input."""
    transposed = walked.operation == "transposed"
    counts = walked.overlaps if transposed else walked.feeds
    words = page.words
    kind = "overlaps" if transposed else "feeds"
    title, alt = words[f"{kind}_title"], words[f"{kind}_alt"]
    low, high = int(counts.min()), int(counts.max())
    if max(counts.shape) <= MOST_CELLS:
        drawn = figures.cells(
            counts, title, alt(low=low, high=high), signed=False, form=".0f", size=34
        )
    else:
        drawn = figures.heatmap(
            counts, title, alt(low=low, high=high), x=words.column_index, y=words.row_index,
            value=words[f"{kind}_value"],
        )  # fmt: skip
    show.drawing(drawn)
    st.markdown(_uneven(page, walked) if transposed else words.feeds_note(low=low, high=high))


def take_walk(walked: Walk, given: dict[str, Any]) -> TakeAway:
    """Numbers, arithmetic of every cell, and a picture."""
    steps = list(walked)[:4096]
    table: dict[str, Sequence[Any]] = {
        "row": [step.row for step in steps],
        "column": [step.column for step in steps],
        "result": [step.result for step in steps],
        "arithmetic": [step.arithmetic for step in steps],
    }
    weighted = walked.operation in ("convolution", "transposed")
    matrices = {"input": walked.values} | ({"kernel": walked.weights} if weighted else {})
    picture = figures.cells_picture(
        matrices | {"output": walked.outputs},
        signed=("kernel", "output") if weighted else (),
    )
    return TakeAway("walk", snippet(walk, **given), picture, table, data=walked)


def ask_volume(page: Page) -> dict[str, Any]:
    """The settings of a small volume."""
    names = ("filters", "channels", "size", "kernel", "padding", "stride", "groups")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        given: dict[str, Any] = {
            name: controls.entry(page.controls[name], convolve_volume, width=136) for name in names
        }
        given["bias"] = controls.switch(page.controls.bias, default=True)
    return given


def draw_volume(page: Page, found: Volume, given: dict[str, Any]) -> None:
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


def take_volume(found: Volume, given: dict[str, Any]) -> TakeAway:
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


def ask_pooling(page: Page) -> dict[str, Any]:
    """The settings that both poolings share."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        given: dict[str, Any] = {
            name: controls.entry(page.controls[name], walk, default=default, width=136)
            for name, default in (("size", 6), ("kernel", 2), ("stride", 2))
        }
        most = int(given["kernel"]) // 2
        given["padding"] = controls.entry(page.controls.padding, walk, most=most, width=136)
        given["numbers"] = controls.choice(page.controls.numbers, walk)
        given["ceil_mode"] = controls.switch(page.controls.ceil_mode)
    return given


def ask_shift(page: Page) -> dict[str, Any]:
    """How far the picture is moved."""
    st.markdown(f"#### {page.words.shift_heading}")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        pattern: str = controls.choice(page.controls.pattern, pooling_shift, parameter="numbers")
        right = controls.entry(page.controls.right, pooling_shift, width=136)
        down = controls.entry(page.controls.down_by, pooling_shift, "down", width=136)
    return {"numbers": pattern, "right": right, "down": down}


def draw_shift(page: Page, found: PoolingShift) -> None:
    """Before and after, side by side, with the share that stayed."""
    words = page.words
    columns = (
        ("plain", found.before, found.after, found.unchanged, found.change),
        ("max", found.max_before, found.max_after, found.max_unchanged, found.max_change),
        ("mean", found.average_before, found.average_after, found.average_unchanged,
         found.average_change),
    )  # fmt: skip
    with st.container(horizontal=True):
        for name, _, _, stayed, change in columns:
            st.metric(
                words[f"shift_{name}"], f"{stayed:.0%}", words.shift_change(share=f"{change:.0%}"),
                delta_color="off", delta_arrow="off",
                help=words.shift_help,
            )  # fmt: skip
    rows = [
        [
            figures.Matrix(grid, f"{words[f'shift_{name}']}, {words[f'shift_{when}']}", 9.0)
            for grid, when in ((before, "before"), (after, "after"))
        ]
        for name, before, after, _, _ in columns
    ]
    show.drawing(figures.matrices(rows, words.shift_alt, cell=30), key="shift")


def take_pooling(most: Walk, mean: Walk, given: dict[str, Any]) -> TakeAway:
    """Both answers as numbers and as a picture."""
    picture = figures.cells_picture(
        {"input": most.values, "maximum": most.outputs, "average": mean.outputs}, signed=()
    )
    table: dict[str, Sequence[Any]] = {
        "row": [step.row for step in most],
        "column": [step.column for step in most],
        "maximum": [step.arithmetic for step in most],
        "average": [step.arithmetic for step in mean],
    }
    code = snippet(walk, operation="max_pooling", **given)
    return TakeAway("pooling", code, picture, table, data={"maximum": most, "average": mean})


def _uneven(page: Page, walked: Walk) -> str:
    """Whether the inner outputs are covered evenly, and why."""
    words = page.words
    kernel, stride = walked.weights.shape[1], walked.stride[1]
    rim = [max(1, min(length // 3, 4)) for length in walked.overlaps.shape]
    inner = walked.overlaps[
        tuple(slice(r, -r) if length > 2 else slice(None)
              for r, length in zip(rim, walked.overlaps.shape, strict=True))
    ]  # fmt: skip
    levels = sorted({int(level) for level in np.unique(inner)})
    if len(levels) > 1:
        return words.checkerboard(
            kernel=kernel, stride=stride, levels=", ".join(str(level) for level in levels)
        )
    return words.no_checkerboard(kernel=kernel, stride=stride, level=levels[0] if levels else 0)


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

"""Pooling on numbers, and what a small shift leaves of it."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from gallery import controls, figures, show
from gallery.page import Page
from gallery.takeaway import TakeAway, snippet
from gallery.windows.walks import StepTable
from models.padding_stride import PoolingShift, Walk, pooling_shift, walk

__all__ = ["ask", "ask_shift", "draw_shift", "take"]


def ask(page: Page) -> dict[str, Any]:
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
            figures.Matrix(
                grid, f"{words[f'shift_{name}']}, {words[f'shift_{when}']}", 9.0, form=".2g"
            )
            for grid, when in ((before, "before"), (after, "after"))
        ]
        for name, before, after, _, _ in columns
    ]
    show.drawing(figures.matrices(rows, words.shift_alt, cell=30), key="shift")


def take(most: Walk, mean: Walk, given: dict[str, Any]) -> TakeAway:
    """Both answers as numbers and as a picture."""
    picture = figures.cells_picture(
        {"input": most.values, "maximum": most.outputs, "average": mean.outputs}, signed=()
    )
    maxima, means = StepTable(most), StepTable(mean)
    table: dict[str, Sequence[Any]] = {
        "row": maxima["row"],
        "column": maxima["column"],
        "maximum": maxima["arithmetic"],
        "average": means["arithmetic"],
    }
    code = snippet(walk, operation="max_pooling", **given)
    return TakeAway("pooling", code, picture, table, data={"maximum": most, "average": mean})

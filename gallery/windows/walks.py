"""What walks over numbers: their fillings, the views, and how often every cell is met."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import streamlit as st

from gallery import controls, figures, show
from gallery.components.walk import View
from gallery.page import Page
from gallery.takeaway import TakeAway, snippet
from gallery.windows.settings import Setting
from models.padding_stride import Walk, walk

__all__ = ["StepTable", "ask_numbers", "ask_view", "draw_overlaps", "take"]

MOST_CELLS = 15  # a side of a matrix that is drawn with its numbers


class StepTable(Mapping[str, Sequence[Any]]):
    """Every cell with its arithmetic, written out when somebody asks for it."""

    HEADINGS = ("row", "column", "result", "arithmetic")

    def __init__(self, walked: Walk) -> None:
        """Keep the walk."""
        self._walked = walked

    def __getitem__(self, heading: str) -> Sequence[Any]:
        """One column."""
        if heading not in self.HEADINGS:
            raise KeyError(heading)
        return [getattr(step, heading) for step in self._walked]

    def __iter__(self) -> Iterator[str]:
        """The headings."""
        return iter(self.HEADINGS)

    def __len__(self) -> int:
        """How many columns there are."""
        return len(self.HEADINGS)


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
    if transposed:
        st.markdown(_uneven(page, walked))
    else:
        st.markdown((words.feeds_even if low == high else words.feeds_note)(low=low, high=high))


def take(walked: Walk, given: dict[str, Any]) -> TakeAway:
    """Numbers, arithmetic of every cell, and a picture."""
    weighted = walked.operation in ("convolution", "transposed")
    matrices = {"input": walked.values} | ({"kernel": walked.weights} if weighted else {})
    picture = figures.cells_picture(
        matrices | {"output": walked.outputs},
        signed=("kernel", "output") if weighted else (),
    )
    return TakeAway("walk", snippet(walk, **given), picture, StepTable(walked), data=walked)


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

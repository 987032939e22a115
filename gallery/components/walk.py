"""A window's walk over numbers that follows the hand: pointer, touch and keyboard."""

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from gallery import address
from gallery.components import parts
from gallery.components.hand import heard, sent
from gallery.components.pixel import palette
from gallery.demos import Text, Words
from gallery.figures import coloured
from gallery.frame import current
from models.padding_stride import Walk

__all__ = ["View", "draw_walk", "draw_walks"]

View = Literal["gather", "zeros", "scatter"]
WORDS = (
    "input", "output", "hint", "speed", "scrub", "back", "forward", "play", "pause", "pin", "unpin",
    "cell", "feeds", "nowhere",
)  # fmt: skip
HTML = """
<div class="walk">
  <div class="panels">
    <div class="panel wide"><h4><span data-part="input-title"></span><small data-part="input-size"></small></h4>
      <div><canvas data-part="input-canvas" tabindex="0" role="application"></canvas></div></div>
    <div class="panel narrow"><h4><span data-part="kernel-title"></span><small data-part="kernel-size"></small></h4>
      <div><canvas data-part="kernel-canvas" role="img"></canvas></div></div>
    <div class="panel wide"><h4><span data-part="output-title"></span><small data-part="output-size"></small></h4>
      <div><canvas data-part="output-canvas" tabindex="0" role="application"></canvas></div></div>
  </div>
  <div class="deck">
    <button data-part="play" type="button"></button>
    <button data-part="back" type="button">‹</button>
    <input data-part="scrub" type="range" min="0" step="1" value="0">
    <button data-part="forward" type="button">›</button>
    <span class="count" data-part="count"></span>
    <label><span data-part="speed-label"></span><select data-part="speed">
      <option value="1">1×</option><option value="2" selected>2×</option>
      <option value="5">5×</option><option value="15">15×</option></select></label>
    <button data-part="pin" type="button" aria-pressed="false"></button>
  </div>
  <div class="told" aria-live="polite"><p class="where" data-part="where"></p>
    <div class="sum" data-part="sum"></div></div>
  <p class="hint" data-part="hint"></p>
</div>
"""  # noqa: E501

CSS, SCRIPT = parts("hand", "walk")
_component = st.components.v2.component("gallery_walk", html=HTML, css=CSS, js=SCRIPT)


def draw_walk(walk: Walk, view: View, words: Words[Text], name: str = "cell") -> None:
    """Draw a walk; the cell that the visitor pins becomes part of the address.

    Args:
        walk: The walk.
        view: How a transposed convolution is seen; others are always gathered.
        words: The page's words; those named ``walk_...`` are used.
        name: The pinned cell's name in the address.
    """
    page = current().demo.name
    limit: tuple[int, ...] = walk.values.shape if view == "scatter" else walk.outputs.shape
    widget = address.settle(page, name, "", lambda raw: raw if _parse(raw) else None)
    pinned = _inside(_parse(st.session_state[widget]), limit)
    kernel = "walk_window" if walk.operation.endswith("pooling") else "walk_kernel"
    _component(
        data={
            **_numbers(walk),
            "view": view,
            "palette": palette() if view == "scatter" else [],
            "cell": list(pinned) if pinned else None,
            "heard": heard(f"{widget}-walk"),
            "words": {each: words[f"walk_{each}"] for each in WORDS} | {"kernel": words[kernel]},
        },
        key=f"{widget}-walk",
        on_cell_change=lambda: _take(widget, limit),
    )
    address.hold(page, name, "", _write(pinned))


def draw_walks(walks: Mapping[str, Walk], words: Words[Text]) -> None:
    """Draw walks over the same numbers next to each other, each with its heading."""
    for place, (column, (title, walk)) in enumerate(
        zip(st.columns(len(walks)), walks.items(), strict=True)
    ):
        with column:
            st.markdown(f"**{title}**")
            draw_walk(walk, "gather", words, "cell" if place == 0 else f"cell_{place + 1}")


def _numbers(walk: Walk) -> dict[str, Any]:
    top = float(max(np.abs(walk.outputs[np.isfinite(walk.outputs)]).max(initial=0), 1))
    signed = walk.operation in ("convolution", "transposed")
    return {
        "operation": walk.operation,
        "top": top,
        "shape": [list(walk.values.shape), list(walk.outputs.shape), list(walk.weights.shape)],
        "values": _plain(walk.values),
        "weights": _plain(walk.weights),
        "outputs": _plain(walk.outputs),
        "rows": walk.row_links,
        "columns": walk.column_links,
        "divisors": walk.divisors.tolist(),
        "feeds": walk.feeds.tolist(),
        "padding": walk.padding,
        "stride": walk.stride,
        "dilation": walk.dilation,
        "size": {
            "input": _size(walk.values),
            "kernel": _size(walk.weights),
            "output": _size(walk.outputs),
        },
        "colours": {
            "values": _shades(walk.values, signed=False, limit=9.0),
            "weights": _shades(walk.weights, signed=True, limit=None),
            "outputs": _shades(walk.outputs, signed=signed, limit=top if signed else 9.0),
        },
    }


def _plain(values: NDArray[np.float32]) -> list[list[float | None]]:
    """Numbers for JSON; minus infinity becomes null."""
    return [[float(v) if np.isfinite(v) else None for v in line] for line in values]


def _size(values: NDArray[np.float32]) -> str:
    return " × ".join(str(length) for length in values.shape)


def _shades(
    values: NDArray[np.float32], *, signed: bool, limit: float | None
) -> list[list[tuple[str, str]]]:
    """The colour of every cell, and black or white for the number on it."""
    finite = np.where(np.isfinite(values), values, 0)
    top = limit if limit is None else max(limit, float(np.abs(finite).max(initial=0)))
    pixels = coloured(finite, signed=signed, limit=top).astype(int)
    return [[_shade(*(int(part) for part in pixel)) for pixel in line] for line in pixels]


def _shade(red: int, green: int, blue: int) -> tuple[str, str]:
    light = 0.299 * red + 0.587 * green + 0.114 * blue > 140
    return f"#{red:02x}{green:02x}{blue:02x}", "#111" if light else "#fff"


def _take(widget: str, limit: tuple[int, ...]) -> None:
    cell = sent(f"{widget}-walk", "cell")
    whole = isinstance(cell, list) and all(isinstance(part, int) for part in cell)
    st.session_state[widget] = _write(_inside(tuple(cell), limit)) if whole else ""


def _parse(raw: str) -> tuple[int, ...] | None:
    parts = raw.split(",")
    good = len(parts) == 2 and all(part.isdecimal() and len(part) < 4 for part in parts)
    return tuple(int(part) for part in parts) if good else None


def _inside(cell: tuple[int, ...] | None, limit: tuple[int, ...]) -> tuple[int, ...] | None:
    if cell is None or len(cell) != 2:
        return None
    return cell if all(0 <= i < n for i, n in zip(cell, limit, strict=True)) else None


def _write(cell: tuple[int, ...] | None) -> str:
    return ",".join(str(index) for index in cell or ())

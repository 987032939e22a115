"""A kernel to type into; what was typed is part of the address."""

import math
from typing import Any

import numpy as np
import streamlit as st

from gallery import address, controls
from gallery.components.pixel import STYLE, markup, palette, script
from gallery.frame import current
from models._edges_kernels import KERNELS, Weights, as_kernel, normalise_kernel, resize_kernel
from models._errors import InputError

__all__ = ["choose_kernel", "kernel_grid"]

OWN_STYLE = """
.cells { gap: 3px; }
.cells input { all: unset; box-sizing: border-box; width: 100%; height: calc(var(--cell) * 0.86);
  text-align: center; font-size: calc(var(--cell) * 0.3); border-radius: 3px; cursor: text; }
.cells input:focus { outline: 2px solid var(--st-primary-color); }
.cells input[aria-invalid="true"] { outline: 2px dashed #d55e00; }
"""
SIDES = (0, 3, 5, 7)  # 0: as large as the preset
NAME = "weights"  # in the address
Typed = tuple[str, tuple[tuple[float, ...], ...]] | None  # name of the preset, and the numbers

_component = st.components.v2.component(
    "gallery_pixel_kernel",
    html=markup("pixel_kernel"),
    css=STYLE + OWN_STYLE,
    js=script("pixel_kernel"),
)


def choose_kernel() -> tuple[Weights, bool]:
    """A preset, put into a square, typed over, normalised and turned as the visitor likes.

    Returns:
        The kernel, and whether to turn it by half a turn. The page words ``kernel``, ``side``,
        ``normalise``, ``flip``, ``grid_title`` and ``grid_cell``.
    """
    knobs, words = current().controls, current().words
    chosen, grid = st.columns([3, 4], gap="medium")
    with chosen:
        preset = controls.choice(knobs.kernel, KERNELS)
        side = controls.choice(knobs.side, SIDES)
        with st.container(horizontal=True):
            normalise = controls.switch(knobs.normalise)
            flip = controls.switch(knobs.flip)
    start = resize_kernel(preset, side) if side else KERNELS[preset]
    with grid:
        weights = kernel_grid(f"{preset}-{side}", start, words.grid_title, words.grid_cell)
    return normalise_kernel(weights) if normalise else weights, flip


def kernel_grid(preset: str, start: Weights, title: str, cell: str) -> Weights:
    """Draw a kernel as cells to type into.

    Args:
        preset: Name of what it starts from; with another name the cells start again.
        start: (rows, columns) the numbers to start from.
        title: Its heading.
        cell: Name of a cell, with {row} and {column}.

    Returns:
        float32 (rows, columns), as typed.
    """
    page = current().demo.name

    def parse(raw: str) -> Typed:
        return _parse(raw, preset, start.shape)

    widget = address.settle(page, NAME, None, parse)
    typed: Typed = st.session_state[widget]
    fits = typed is not None and typed[0] == preset and np.shape(typed[1]) == start.shape
    shown = as_kernel(typed[1]) if typed is not None and fits else start

    result = _component(
        data={
            "kernel": [[round(float(value), 6) for value in line] for line in shown],
            "palette": palette(),
            "words": {"title": title, "cell": cell},
        },
        key=f"{widget}-grid",
        on_weights_change=lambda: _take(widget, preset, start),
    )
    del result  # what was typed is taken by the callback, before this run began
    address.hold(page, NAME, None, typed if fits else None, _write)
    return shown


def _take(widget: str, preset: str, start: Weights) -> None:
    sent = st.session_state[f"{widget}-grid"].get("weights")
    try:
        weights = as_kernel(sent)
    except (InputError, OverflowError):
        return  # the browser sent no kernel: the last good one stays
    if weights.shape == start.shape:
        st.session_state[widget] = (preset, _plain(weights))


def _plain(weights: Weights) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(value) for value in line) for line in weights)


def _parse(raw: str, preset: str, shape: tuple[int, ...]) -> Typed:
    try:
        rows = [[float(part) for part in line.split(",")] for line in raw.split(";")]
        weights = as_kernel(rows)
    except (ValueError, InputError):
        return None
    return (preset, _plain(weights)) if weights.shape == shape else None


def _write(typed: Any) -> str:
    return ";".join(",".join(_short(value) for value in line) for line in typed[1])


def _short(value: float) -> str:
    return f"{value:.5g}" if math.isfinite(value) else "0"

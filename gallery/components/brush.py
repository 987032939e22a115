"""A mask painted by hand between two pictures, which are mixed as the brush moves."""

import base64
import binascii
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from gallery.components import parts
from gallery.components.webp import webp_url
from gallery.demos import Text, Words
from gallery.frame import current
from models._images import Pixels

__all__ = ["Brushed", "brush"]

FINE = 192  # cells of the mask along its longer side
WORDS = ("hint", "size", "swap", "undo", "again")
HTML = """
<div class="brush">
  <div class="tools">
    <span class="pick" role="radiogroup">
      <button type="button" role="radio" data-side="0"></button>
      <button type="button" role="radio" data-side="1"></button></span>
    <label><span></span><input type="range" min="2" max="40" step="1" value="14"></label>
    <button type="button" data-do="undo"></button>
    <button type="button" data-do="swap"></button>
    <button type="button" data-do="again"></button>
  </div>
  <div class="stage" tabindex="0" role="application"><canvas></canvas><i class="tip"></i></div>
  <p class="hint"></p>
</div>
"""

CSS, SCRIPT = parts("brush")
_component = st.components.v2.component("gallery_brush", html=HTML, css=CSS, js=SCRIPT)


@dataclass(frozen=True, eq=False)
class Brushed:
    """A mask as the visitor left it."""

    cells: NDArray[np.bool_]  # (rows, columns), True where the second picture shows
    is_own: bool  # whether a hand has changed it since it was laid out


def brush(
    pictures: tuple[Pixels, Pixels],
    names: tuple[str, str],
    laid: NDArray[np.bool_],
    feather: float,
    words: Words[Text],
    key: str,
) -> Brushed:
    """Draw the pictures mixed by a mask that can be painted on.

    Args:
        pictures: Two of one size, uint8 (height, width, 3).
        names: What they are called.
        laid: The mask to begin with, (rows, columns); another one takes the place of what was
            painted.
        feather: Width of the seam in pixels of the pictures.
        words: The page's words; those named ``brush_...`` are used.
        key: Its widget key.

    Returns:
        The mask, of the shape of ``laid``.
    """
    widget = f"{current().demo.name}-{key}"
    stamp = f"{laid.shape}{hash(laid.tobytes())}"
    kept = st.session_state.get(f"{widget}-cells")
    cells = kept[1] if kept is not None and kept[0] == stamp else laid
    _component(
        data={
            "pictures": [webp_url(each) for each in pictures],
            "size": [pictures[0].shape[1], pictures[0].shape[0]],
            "cells": [laid.shape[1], laid.shape[0]],
            "laid": _packed(laid),
            "painted": _packed(cells),
            "stamp": stamp,
            "feather": feather,
            "names": list(names),
            "words": {name: words[f"brush_{name}"] for name in WORDS},
        },
        key=widget,
        on_mask_change=lambda: _take(widget, stamp, laid.shape),
    )
    return Brushed(cells, cells is not laid)


def _take(widget: str, stamp: str, shape: tuple[int, ...]) -> None:
    """Believe what the browser sent only where it is a mask of that shape."""
    sent = st.session_state[widget].get("mask")
    if not isinstance(sent, dict) or sent.get("stamp") != stamp:
        return
    cells = _unpacked(sent.get("bits"), shape)
    if cells is not None:
        st.session_state[f"{widget}-cells"] = (stamp, cells)


def _packed(cells: NDArray[np.bool_]) -> str:
    return base64.b64encode(np.packbits(cells, axis=None).tobytes()).decode("ascii")


def _unpacked(bits: object, shape: tuple[int, ...]) -> NDArray[np.bool_] | None:
    count = int(np.prod(shape))
    size = -(-count // 8)
    if not isinstance(bits, str) or len(bits) != 4 * -(-size // 3):
        return None
    try:
        raw = base64.b64decode(bits, validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(raw) != size:
        return None
    flat = np.unpackbits(np.frombuffer(raw, np.uint8), count=count)
    return flat.astype(np.bool_).reshape(shape)

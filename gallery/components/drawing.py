"""A square to draw a small grey picture on: pointer, finger or keys."""

import numpy as np
import streamlit as st

from gallery.components import parts
from gallery.demos import Text, Words
from gallery.frame import current
from models._images import Pixels

__all__ = ["ask_drawing"]

WORDS = ("label", "hint", "width", "undo", "clear")
HTML = """
<div class="pad">
  <div class="sheet" data-part="sheet" tabindex="0" role="application">
    <canvas data-part="canvas"></canvas><div class="pen" data-part="pen"></div></div>
  <div class="deck">
    <label><span data-part="width-label"></span>
      <input data-part="width" type="range" min="1" max="4" step="0.5" value="2.5"></label>
    <button data-part="undo" type="button"></button>
    <button data-part="clear" type="button"></button>
  </div>
  <p class="hint" data-part="hint"></p>
</div>
"""
KEPT = "_drawing"  # what was drawn, by page and name

CSS, SCRIPT = parts("drawing")
_component = st.components.v2.component("gallery_drawing", html=HTML, css=CSS, js=SCRIPT)


def ask_drawing(
    name: str, side: int, words: Words[Text], opening: Pixels | None = None
) -> Pixels | None:
    """Draw the square; what the visitor draws stays in the session and out of the address.

    Args:
        name: Its name on this page.
        side: Pixels of a side.
        words: The page's words; those named ``pad_...`` are used.
        opening: What stands there until the visitor draws, uint8 (side, side); the first stroke
            wipes it.

    Returns:
        uint8 (side, side), white on black; ``None`` while nothing is drawn.
    """
    store = f"{KEPT}-{current().demo.name}-{name}-{side}"
    drawn: Pixels | None = st.session_state.get(store)
    widget = f"{store}-pad"
    pixels = None if drawn is None else drawn.ravel().tolist()
    _component(
        data={
            "side": side,
            "pixels": pixels,
            "opening": None if opening is None else opening.ravel().tolist(),
            "name": store,
            "words": {each: words[f"pad_{each}"] for each in WORDS},
        },
        key=widget,
        on_pixels_change=lambda: _take(store, widget, side),
    )
    return drawn


def _take(store: str, widget: str, side: int) -> None:
    drawn = _picture(st.session_state[widget].get("pixels"), side)
    if drawn is None:
        st.session_state.pop(store, None)
    else:
        st.session_state[store] = drawn


def _picture(sent: object, side: int) -> Pixels | None:
    """What the browser sent, if it is a picture of that size with anything on it."""
    if not isinstance(sent, list) or len(sent) != side * side:
        return None
    if not all(type(level) is int and 0 <= level <= 255 for level in sent) or not any(sent):
        return None
    return np.asarray(sent, np.uint8).reshape(side, side)

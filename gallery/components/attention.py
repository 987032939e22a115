"""One head's attention as arcs over the text and as a map, linked: pointer, touch and keyboard.

The browser holds the weights of one head and follows the hand; the tokens and the cell that the
visitor clicks come back, are checked, and are part of the address.
"""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from gallery import address
from gallery.components import parts
from gallery.components.hand import heard, sent
from gallery.demos import Text, Words
from gallery.figures import coloured
from gallery.frame import current

__all__ = ["Cell", "ShownToken", "attention_view"]

Cell = tuple[int, int]
WORDS = (
    "text", "token", "map", "hint", "map_hint", "rest", "many", "looks", "seen", "cell", "comma",
    "clear", "keys", "queries",
)  # fmt: skip
HTML = """
<div class="attention">
  <div class="text" data-part="text">
    <div class="tokens" data-part="tokens" role="group"></div>
    <svg class="arcs" data-part="arcs" aria-hidden="true"></svg>
  </div>
  <p class="told" data-part="told" aria-live="polite"></p>
  <div class="room"><div class="stage" data-part="stage" tabindex="0" role="application">
    <canvas data-part="canvas"></canvas>
    <div class="frame row" hidden></div><div class="frame column" hidden></div>
    <div class="frame opened" hidden></div>
  </div></div>
  <div class="foot">
    <div class="scale"><span>0 %</span><span class="ramp" data-part="ramp"></span>
      <span data-part="most"></span></div>
    <button class="clear" data-part="clear" type="button" hidden></button>
  </div>
  <p class="hint" data-part="hint"></p>
</div>
"""

CSS, SCRIPT = parts("hand", "attention_arcs", "attention_map", "attention")
_component = st.components.v2.component("gallery_attention", html=HTML, css=CSS, js=SCRIPT)


@dataclass(frozen=True)
class ShownToken:
    """One token as it stands on the page."""

    place: int  # among all tokens of the text
    text: str  # its characters, over which the arcs stand
    name: str  # as the vocabulary writes it, at the axes
    special: bool = False  # one that the network adds
    joined: bool = False  # goes on with the word before it
    breaks: bool = False  # begins the second text


def attention_view(
    tokens: Sequence[ShownToken],
    weights: NDArray[np.float32],
    words: Words[Text],
    *,
    default: Callable[[tuple[int, ...]], Cell],
    of: str,
    seen: bool = False,
    parts: Literal["both", "map"] = "both",
) -> tuple[tuple[int, ...], Cell]:
    """Draw the arcs and the map, or the map alone.

    Args:
        tokens: Those that are shown, in their order.
        weights: (tokens, tokens) from the row's token to the column's.
        words: The page's words; those named ``view_...`` are used.
        default: The cell that is open where the visitor has not opened one, as places, given the
            places of the chosen tokens.
        of: The text they are tokens of; with another one nothing is chosen.
        seen: Show who looks at a token, not where it looks.
        parts: What to draw.

    Returns:
        The places of the chosen tokens, none meaning all, and the place of the opened cell.
    """
    page = current().demo.name
    places = [token.place for token in tokens]
    _start_over(page, of)
    nothing: tuple[int, ...] = ()
    chosen_key = address.settle(page, "tokens", nothing, _parse_places)
    cell_key = address.settle(page, "cell", None, _parse_cell)
    chosen = tuple(one for one in st.session_state[chosen_key] or () if one in places)
    picked: Cell | None = st.session_state[cell_key]
    if picked is not None and not all(place in places for place in picked):
        picked = None
    opened = picked or default(chosen)
    component = f"{cell_key}-{parts}"
    _component(
        data={
            "tokens": [vars(token) for token in tokens],
            "weights": _packed(weights),
            "chosen": list(chosen),
            "opened": list(opened),
            "heard": heard(component),
            "seen": seen,
            "parts": parts,
            "palette": _palette(),
            "words": {name: words[f"view_{name}"] for name in WORDS},
        },
        key=component,
        on_chosen_change=lambda: _take_chosen(component, chosen_key, places),
        on_cell_change=lambda: _take_cell(component, cell_key, places),
    )
    address.hold(page, "tokens", nothing, chosen, lambda kept: ".".join(map(str, kept)))
    address.hold(page, "cell", None, picked, _write_cell)
    return chosen, opened


def _start_over(page: str, of: str) -> None:
    """Let go of what was chosen in another text; what the address says comes after this."""
    known = f"{page}.cell-of"
    if st.session_state.setdefault(known, of) == of:
        return
    st.session_state[known] = of
    for name in ("tokens", "cell"):
        address.forget(page, name)
        for key in [str(key) for key in st.session_state]:
            if key.startswith(f"{page}.{name}.") and key.count(".") == 2 and "-" not in key:
                st.session_state[key] = None


def _packed(weights: NDArray[np.float32]) -> str:
    return base64.b64encode(np.ascontiguousarray(weights, "<f4").tobytes()).decode("ascii")


def _palette() -> list[int]:
    """The colours of the figures, as 256 times red, green, blue."""
    ramp = np.linspace(0.0, 1.0, 256)[None, :]
    return [int(part) for part in coloured(ramp, limit=1.0).ravel()]


def _take_chosen(component: str, widget: str, places: Sequence[int]) -> None:
    chosen = sent(component, "chosen")
    if isinstance(chosen, list | tuple):
        st.session_state[widget] = tuple(sorted({place for place in chosen if place in places}))


def _take_cell(component: str, widget: str, places: Sequence[int]) -> None:
    cell = sent(component, "cell")
    if isinstance(cell, list | tuple) and len(cell) == 2 and all(one in places for one in cell):
        st.session_state[widget] = (int(cell[0]), int(cell[1]))


def _write_cell(cell: Cell | None) -> str:
    return f"{cell[0]}.{cell[1]}" if cell else ""


def _parse_places(raw: str) -> tuple[int, ...] | None:
    parts = raw.split(".")
    return tuple(int(part) for part in parts) if all(map(_is_place, parts)) else None


def _parse_cell(raw: str) -> Cell | None:
    places = _parse_places(raw)
    return (places[0], places[1]) if places is not None and len(places) == 2 else None


def _is_place(part: str) -> bool:
    return part.isascii() and part.isdecimal() and len(part) < 5

"""Before and after on one picture: a bar that wipes, and a strength, both under the hand."""

import streamlit as st

from gallery import address
from gallery.components import parts
from gallery.components.hand import heard, sent
from gallery.components.webp import webp_url
from gallery.demos import Control
from gallery.frame import current
from models._images import Pixels

__all__ = ["wipe", "wipe_with_strength"]

STEPS = 100  # of the strength, from 0 to 1
HTML = """
<div class="wiper">
  <div class="stage" tabindex="0" role="slider" aria-valuemin="0" aria-valuemax="100">
    <img class="before" draggable="false"><img class="after" draggable="false">
    <i class="bar"></i><span class="tag left"></span><span class="tag right"></span>
  </div>
  <label class="strength"><span></span><input type="range" min="0" max="100" step="1"><output></output></label>
  <p class="hint"></p>
</div>
"""  # noqa: E501

CSS, SCRIPT = parts("hand", "wiper")
_component = st.components.v2.component("gallery_wiper", html=HTML, css=CSS, js=SCRIPT)


def wipe(
    before: Pixels, after: Pixels, captions: tuple[str, str], hint: str, key: str, most: int = 640
) -> None:
    """Draw two pictures over each other with a bar between them.

    Args:
        before: Left of the bar, uint8 (height, width, 3).
        after: Right of it, of the same proportions.
        captions: What the two are.
        hint: How to use it.
        key: Its widget key.
        most: Longer side of what is sent.
    """
    _component(data=_data(before, after, captions, hint, most), key=f"{key}-wiper")


def wipe_with_strength(
    before: Pixels,
    after: Pixels,
    captions: tuple[str, str],
    hint: str,
    words: Control,
    default: float,
    most: int = 640,
) -> float:
    """The same with a strength that mixes the second picture with the first while it moves.

    The mixture is linear in pixels, as ``stylise`` makes it: at 0 both sides are the first picture.

    Args:
        before: Left of the bar, uint8 (height, width, 3).
        after: Right of it at full strength, of the same proportions.
        captions: What the two are.
        hint: How to use it.
        words: Label and help of the strength, and its name in the address.
        default: The strength to begin with.
        most: Longer side of what is sent.

    Returns:
        The strength at which the hand let go, 0..1.
    """
    page = current().demo.name
    widget = address.settle(page, words.key, default, _parse)
    strength = float(st.session_state[widget])
    _component(
        data={
            **_data(before, after, captions, hint, most),
            "strength": round(strength * STEPS),
            "heard": heard(f"{widget}-wiper"),
            "label": words.label,
            "help": words.help,
        },
        key=f"{widget}-wiper",
        on_strength_change=lambda: _take(widget),
    )
    return address.hold(page, words.key, default, strength, lambda value: f"{value:g}")


def _data(
    before: Pixels, after: Pixels, captions: tuple[str, str], hint: str, most: int
) -> dict[str, object]:
    return {
        "before": webp_url(before, most),
        "after": webp_url(after, most),
        "captions": list(captions),
        "hint": hint,
        "wide": after.shape[1] / after.shape[0],
        "strength": None,
    }


def _take(widget: str) -> None:
    """Believe what the browser sent only where it is a strength."""
    strength = sent(f"{widget}-wiper", "strength")
    if isinstance(strength, int | float) and 0 <= strength <= STEPS:
        st.session_state[widget] = round(strength) / STEPS


def _parse(raw: str) -> float | None:
    try:
        value = float(raw)
    except ValueError:
        return None
    return value if 0 <= value <= 1 else None

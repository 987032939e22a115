"""A face hidden more and more under the hand, and how far it is then from whom."""

from collections.abc import Mapping, Sequence

import streamlit as st

from gallery import address
from gallery.components import parts
from gallery.components.hand import heard, sent
from gallery.components.webp import webp_url
from gallery.demos import Control, Text, Words
from gallery.frame import current
from models._images import Pixels

__all__ = ["ask_strength"]

SIDE = 320  # pixels of a picture as it travels
WORDS = ("x", "y", "threshold", "found", "lost", "chart_alt", "picture_alt", "hint")
HTML = """
<div class="veil">
  <figure class="seen"><img draggable="false"><figcaption></figcaption></figure>
  <figure class="chart"><svg viewBox="0 0 560 300" role="img"></svg><div class="names"></div></figure>
  <label class="knob"><span></span><input type="range" min="0" step="1"><output></output></label>
  <p class="told" aria-live="polite"></p><p class="hint"></p>
</div>
"""  # noqa: E501

CSS, SCRIPT = parts("svg", "hand", "veil")
_component = st.components.v2.component("gallery_veil", html=HTML, css=CSS, js=SCRIPT)


def ask_strength(
    pictures: Sequence[Pixels],
    strengths: Sequence[float],
    curves: Mapping[str, Sequence[float]],
    told: Sequence[str],
    found: Sequence[bool],
    threshold: float,
    control: Control,
    words: Words[Text],
) -> int:
    """Draw the face at one strength and the distances at all of them.

    Args:
        pictures: The face at each strength, uint8 (side, side, 3).
        strengths: What they are, rising.
        curves: Whom it is compared with -> a distance at each strength.
        told: A sentence for each strength.
        found: Whether a finder still finds the face at each.
        threshold: Distance below which two faces are called one person.
        control: Label and help of the strength, and its name in the address.
        words: The page's words; those named ``veil_...`` are used.

    Returns:
        The place of the strength at which the hand let go.
    """
    page = current().demo.name
    default = strengths[len(strengths) // 2]
    known = {f"{strength:g}": strength for strength in strengths}
    widget = address.settle(page, control.key, default, known.get)
    if st.session_state[widget] not in strengths:
        st.session_state[widget] = default
    chosen = st.session_state[widget]
    _component(
        data={
            "pictures": [webp_url(picture, SIDE) for picture in pictures],
            "strengths": list(strengths),
            "curves": [{"name": name, "values": list(each)} for name, each in curves.items()],
            "told": list(told),
            "found": [bool(each) for each in found],
            "limit": threshold,
            "place": strengths.index(chosen),
            "heard": heard(f"{widget}-veil"),
            "label": control.label,
            "help": control.help,
            "words": {each: words[f"veil_{each}"] for each in WORDS},
        },
        key=f"{widget}-veil",
        on_place_change=lambda: _take(widget, strengths),
    )
    return strengths.index(
        address.hold(page, control.key, default, chosen, lambda value: f"{value:g}")
    )


def _take(widget: str, strengths: Sequence[float]) -> None:
    """Believe what the browser sent only where it is a place."""
    place = sent(f"{widget}-veil", "place")
    if type(place) is int and 0 <= place < len(strengths):
        st.session_state[widget] = strengths[place]

"""A threshold that follows the hand over two histograms, with its two errors and its ROC point."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import streamlit as st

from gallery import address
from gallery.components import parts
from gallery.components.hand import heard, sent
from gallery.demos import Control, Text, Words
from gallery.frame import current

__all__ = ["Curve", "Judged", "ask_threshold"]

FARTHEST = 2.0  # between two vectors of length one
WORDS = (
    "same", "different", "accepts", "rejects", "equal", "to_equal", "pair", "hint",
    "x", "y", "roc_x", "roc_y", "guessing", "histogram_alt", "roc_alt", "yes", "no", "none",
)  # fmt: skip
HTML = """
<div class="cutter">
  <div class="plots">
    <figure class="counts"><figcaption></figcaption><svg viewBox="0 0 560 270" role="img"></svg></figure>
    <figure class="roc"><figcaption></figcaption><svg viewBox="0 0 300 270" role="img"></svg></figure>
  </div>
  <label class="knob"><span></span><input type="range" min="0" max="2" step="0.005"><output></output></label>
  <div class="rates"><p class="accepts"><b></b><span></span></p><p class="rejects"><b></b><span></span></p>
    <button type="button"></button></div>
  <p class="verdict" aria-live="polite"></p><p class="hint"></p>
</div>
"""  # noqa: E501

CSS, SCRIPT = parts("svg", "hand", "threshold")
_component = st.components.v2.component("gallery_threshold", html=HTML, css=CSS, js=SCRIPT)


@dataclass(frozen=True)
class Curve:
    """The ROC curve of another way to tell people apart."""

    name: str
    accepts: Sequence[float]  # false accepts, rising
    hits: Sequence[float]  # true accepts at each


@dataclass(frozen=True)
class Judged:
    """Pairs whose answer is known, as one describer measures them."""

    name: str
    edges: Sequence[float]  # (bins + 1,)
    same: Sequence[float]  # (bins,) share of the pairs of one person
    different: Sequence[float]  # (bins,) of two people
    thresholds: Sequence[float]  # rising
    accepts: Sequence[float]  # share of false accepts at each threshold
    rejects: Sequence[float]  # share of false rejects
    equal: tuple[float, float]  # threshold and rate where both errors are equal
    others: Sequence[Curve] = field(default_factory=tuple)


def ask_threshold(
    judged: Judged, pairs: Mapping[str, float], control: Control, default: float, words: Words[Text]
) -> float:
    """Draw the histograms with the threshold on top.

    Args:
        judged: What was measured.
        pairs: Distances that stand on top of the histograms, by what they are; the first one is
            judged in words.
        control: Label and help of the threshold, and its name in the address.
        default: The threshold to begin with.
        words: The page's words; those named ``cut_...`` are used.

    Returns:
        The threshold where the hand let go.
    """
    page = current().demo.name
    widget = address.settle(page, control.key, default, _parse)
    threshold = float(st.session_state[widget])
    _component(
        data={
            "name": judged.name,
            "edges": list(judged.edges),
            "same": list(judged.same),
            "different": list(judged.different),
            "thresholds": list(judged.thresholds),
            "accepts": list(judged.accepts),
            "rejects": list(judged.rejects),
            "equal": list(judged.equal),
            "others": [
                {"name": one.name, "accepts": list(one.accepts), "hits": list(one.hits)}
                for one in judged.others
            ],
            "pairs": [{"name": name, "distance": far} for name, far in pairs.items()],
            "threshold": threshold,
            "heard": heard(f"{widget}-cutter"),
            "label": control.label,
            "help": control.help,
            "words": {each: words[f"cut_{each}"] for each in WORDS},
        },
        key=f"{widget}-cutter",
        on_threshold_change=lambda: _take(widget),
    )
    return address.hold(page, control.key, default, threshold, lambda value: f"{value:g}")


def _take(widget: str) -> None:
    """Believe what the browser sent only where it is a threshold."""
    value = sent(f"{widget}-cutter", "threshold")
    if isinstance(value, int | float) and 0 <= value <= FARTHEST:
        st.session_state[widget] = round(float(value), 3)


def _parse(raw: str) -> float | None:
    try:
        value = float(raw)
    except ValueError:
        return None
    return value if 0 <= value <= FARTHEST else None

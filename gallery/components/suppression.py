"""Non-maximum suppression step by step, scrubbed back and forth under the hand."""

import json
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

import streamlit as st

from gallery import address
from gallery.components import parts
from gallery.components.boxes import photo_data
from gallery.demos import Text, Words
from gallery.frame import current
from models._images import Pixels
from models.object_detection import Suppression, SuppressionStep

__all__ = ["draw_steps", "frames_of"]

HIGHEST = 430  # pixels of the photo on the page
WORDS = (
    "scrub", "box", "score", "overlap", "frame", "none", "sorted", "done", "alone", "compare",
    "remove", "soften", "winner", "kept", "gone", "rival", "waiting",
)  # fmt: skip
HTML = """
<div class="duel">
  <div class="view"><div class="stage" data-part="stage"><img><div class="layer" data-part="layer"></div></div></div>
  <div class="list"><div class="head" data-part="head"></div>
    <div class="rows" data-part="rows" tabindex="0"></div></div>
  <div class="deck">
    <button data-part="play" type="button"></button>
    <button data-part="back" type="button">‹</button>
    <input data-part="scrub" type="range" min="0" step="1" value="0">
    <button data-part="forward" type="button">›</button>
    <span class="count" data-part="count"></span>
  </div>
  <p class="told" data-part="told" aria-live="polite"></p>
</div>
"""  # noqa: E501

CSS, SCRIPT = parts("boxes", "suppression")
_component = st.components.v2.component("gallery_suppression", html=HTML, css=CSS, js=SCRIPT)


def frames_of(done: Suppression) -> int:
    """The last frame: all boxes sorted, then two for each winner, to compare and to suppress."""
    return 2 * len(done.steps)


def draw_steps(
    name: str,
    photo: Pixels,
    done: Suppression,
    labels: Sequence[int],
    names: Mapping[int, str],
    words: Words[Text],
    alt: str,
) -> int:
    """Draw the steps; where the visitor left them is part of the address.

    Args:
        name: Its name in the address.
        photo: What the boxes lie on.
        done: A suppression of some dozens of boxes.
        labels: The class of each box.
        names: What each class is called.
        words: The page's words; those named ``step_...`` are used.
        alt: What the photo shows.

    Returns:
        The frame it was left at.
    """
    page, last = current().demo.name, frames_of(done)
    widget = address.settle(page, name, 0, lambda raw: _parse(raw, last))
    frame = min(max(int(st.session_state[widget]), 0), last)
    buttons = current().shared.labels
    place = {int(box): rank for rank, box in enumerate(done.order)}
    data: dict[str, Any] = {
        **photo_data(photo, alt),
        "most": HIGHEST,
        "boxes": done.boxes[done.order].tolist(),
        "labels": [labels[int(box)] for box in done.order],
        "scores": done.given[done.order].tolist(),
        "names": {str(label): text for label, text in names.items()},
        "kept": [place[int(box)] for box in done.kept],
        "steps": [_step(step, place) for step in done.steps],
        "soft": done.method.startswith("soft"),
        "iou": f"{done.iou:g}",
        "words": {each: words[f"step_{each}"] for each in WORDS}
        | {
            "overlap": words.step_overlap_diou if done.method == "diou" else words.step_overlap,
            "play": buttons.play,
            "pause": buttons.pause,
            "back": words.step_back,
            "forward": words.step_forward,
        },
    }
    stamp = blake2b(json.dumps(data).encode(), digest_size=8).hexdigest()
    _component(
        data=data | {"stamp": stamp, "frame": frame},
        key=f"{widget}-steps",
        on_frame_change=lambda: _take(widget, last),
    )
    return address.hold(page, name, 0, frame)


def _step(step: SuppressionStep, place: Mapping[int, int]) -> dict[str, Any]:
    """A turn by the places of its boxes in the sorted list."""
    gone = {int(box) for box in step.suppressed}
    rivals = zip(step.rivals, step.overlaps, step.before, step.after, strict=True)
    return {
        "winner": place[step.winner],
        "rivals": [
            {
                "box": place[int(box)],
                "value": float(value),
                "score": float(after),
                "gone": int(box) in gone,
                "lowered": bool(after < before),
            }
            for box, value, before, after in rivals
        ],
    }


def _parse(raw: str, last: int) -> int | None:
    known = raw.isascii() and raw.isdecimal() and len(raw) < 6
    return int(raw) if known and int(raw) <= last else None


def _take(widget: str, last: int) -> None:
    sent = st.session_state[f"{widget}-steps"].get("frame")
    if type(sent) is int and 0 <= sent <= last:
        st.session_state[widget] = sent

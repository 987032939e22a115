"""What a network has found in a photo; thresholds and classes follow the hand, in the browser."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
import streamlit as st

from gallery import address
from gallery.components import parts
from gallery.components.boxes import photo_data
from gallery.components.hand import heard, sent
from gallery.demos import Control, Text, Words
from gallery.frame import current
from models._images import Pixels
from models._ranges import Range, limits, parameter_default

__all__ = ["Candidates", "Thresholds", "choose_detections"]

HIGHEST = 470  # pixels of the photo on the page
HIDE = "hide"  # name of the classes that are switched off, in the address
WORDS = ("classes", "hint", "stage", "count", "nothing", "one")
HTML = """
<div class="found">
  <div class="view">
    <div class="stage" data-part="stage" tabindex="0" role="application">
      <img><div class="layer" data-part="layer"></div></div>
    <p class="hint" data-part="hint"></p>
  </div>
  <div class="side">
    <label class="knob"><b><span data-part="score-label"></span><output data-part="score-value"></output></b>
      <input type="range" data-part="score"><small data-part="score-help"></small></label>
    <label class="knob" data-part="iou-knob"><b><span data-part="iou-label"></span><output data-part="iou-value"></output></b>
      <input type="range" data-part="iou"><small data-part="iou-help"></small></label>
    <p class="told" data-part="count" aria-live="polite"></p>
    <p class="heading" data-part="classes"></p>
    <div class="chips" data-part="chips" role="group"></div>
    <p class="told" data-part="told" aria-live="polite"></p>
  </div>
</div>
"""  # noqa: E501

CSS, SCRIPT = parts("hand", "boxes", "detections")
_component = st.components.v2.component("gallery_detections", html=HTML, css=CSS, js=SCRIPT)


@dataclass(frozen=True, eq=False)
class Candidates:
    """All that a network has said of a photo, before anything was chosen."""

    boxes: Sequence[Sequence[float]]  # x1 y1 x2 y2 in pixels, by falling score
    labels: Sequence[int]
    scores: Sequence[float]
    keys: Mapping[int, str]  # label -> what it is called in the address
    names: Mapping[int, str]  # label -> what it is called on the page


@dataclass(frozen=True)
class Thresholds:
    """What the visitor has set."""

    score: float
    iou: float
    off: frozenset[int]  # labels that are switched off


def choose_detections(
    name: str,
    photo: Pixels,
    found: Candidates,
    words: Words[Text],
    controls: tuple[Control, Control],
    function: Callable[..., Any],
    alt: str,
) -> Thresholds:
    """Draw the boxes; thresholds and hidden classes are part of the address.

    Args:
        name: Its name on the page.
        photo: What the boxes lie on.
        found: The candidates.
        words: The page's words; those named ``found_...`` are used.
        controls: Words of the confidence and of the IoU threshold; their keys are the names in
            the address.
        function: Has the limits and the defaults of both as ``score`` and ``iou``.
        alt: What the photo shows.
    """
    page = current().demo.name
    bounds = {key: _range(function, key) for key in ("score", "iou")}
    widgets, firsts = {}, {}
    for key, control in zip(bounds, controls, strict=True):
        firsts[key] = float(parameter_default(function, key))
        widgets[key] = address.settle(page, control.key, firsts[key], _parser(bounds[key]))
    hide = address.settle(page, HIDE, "", lambda raw: _known(raw, found.keys))
    off = _labels(st.session_state[hide], found.keys)
    data: dict[str, Any] = {
        **photo_data(photo, alt),
        "most": HIGHEST,
        "boxes": np.asarray(found.boxes, float).reshape(-1, 4).tolist(),
        "labels": [int(label) for label in found.labels],
        "scores": [float(score) for score in found.scores],
        "names": {str(label): text for label, text in found.names.items()},
        "limits": {
            key: {"low": each.low, "high": each.high, "step": each.step}
            for key, each in bounds.items()
        },
        "words": {each: words[f"found_{each}"] for each in WORDS}
        | {
            key: text
            for kind, control in zip(bounds, controls, strict=True)
            for key, text in ((kind, control.label), (f"{kind}_help", control.help))
        },
    }
    stamp = blake2b(json.dumps(data).encode(), digest_size=8).hexdigest()
    here = {key: float(st.session_state[widget]) for key, widget in widgets.items()}
    component = f"{widgets['score']}-{name}"
    _component(
        data=data | here | {"off": sorted(off), "stamp": stamp, "heard": heard(component)},
        key=component,
        on_settings_change=lambda: _take(component, widgets, hide, bounds, found.keys),
    )
    for key, control in zip(bounds, controls, strict=True):
        address.hold(page, control.key, firsts[key], here[key], lambda value: f"{value:g}")
    address.hold(page, HIDE, "", ",".join(found.keys[label] for label in sorted(off)))
    return Thresholds(here["score"], here["iou"], off)


def _range(function: Callable[..., Any], parameter: str) -> Range:
    limit = limits(function)[parameter]
    if not isinstance(limit, Range):
        raise TypeError(f"{function.__name__}({parameter}) has no Range")
    return limit


def _parser(limit: Range) -> Callable[[str], float | None]:
    def parse(raw: str) -> float | None:
        try:
            value = float(raw)
        except ValueError:
            return None
        return value if value in limit else None

    return parse


def _known(raw: str, keys: Mapping[int, str]) -> str | None:
    """Names of classes with commas between; ``None`` where none of them is known."""
    known = [key for key in raw.split(",") if key in keys.values()]
    return ",".join(known) or None


def _labels(raw: str, keys: Mapping[int, str]) -> frozenset[int]:
    listed = raw.split(",")
    return frozenset(label for label, key in keys.items() if key in listed)


def _take(
    component: str,
    widgets: Mapping[str, str],
    hide: str,
    bounds: Mapping[str, Range],
    keys: Mapping[int, str],
) -> None:
    settings = sent(component, "settings")
    if not isinstance(settings, dict):
        return
    for key, widget in widgets.items():
        value = settings.get(key)
        if isinstance(value, int | float) and float(value) in bounds[key]:
            st.session_state[widget] = float(value)
    off = settings.get("off")
    if isinstance(off, list):
        st.session_state[hide] = ",".join(keys[label] for label in off if label in keys)

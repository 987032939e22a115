"""The grid of a one-stage detector over the photo; any cell opens under the hand."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from gallery import address, figures
from gallery.components import parts
from gallery.components.boxes import photo_data
from gallery.components.hand import heard, sent
from gallery.demos import Text, Words
from gallery.frame import current
from models._images import Pixels

__all__ = ["Awaited", "Lattice", "Responsible", "open_cell"]

Place = tuple[int, int, int]  # row, column, anchor
HIGHEST = 470  # pixels of the grid on the page
SHADES = 21  # of objectness
WORDS = (
    "hint", "stage", "key", "layer_objectness", "layer_class", "layer_none", "found", "nothing",
    "cell", "anchor", "became", "awaited", "awaited_here",
)  # fmt: skip
HTML = """
<div class="lattice">
  <div class="view">
    <div class="stage" data-part="stage" tabindex="0" role="application">
      <img><canvas data-part="canvas"></canvas><div class="layer" data-part="layer"></div></div>
    <div class="choices" data-part="layers" role="group"></div>
    <p class="key" data-part="scale"><span>0</span><span class="ramp" data-part="ramp"></span><span>1</span>
      <span data-part="key"></span></p>
    <p class="hint" data-part="hint"></p>
  </div>
  <div class="side">
    <h4 data-part="found-title"></h4>
    <div class="choices" data-part="found" role="group"></div>
    <h4 data-part="awaited-title" style="margin-top:0.9rem"></h4>
    <div class="choices" data-part="awaited" role="group"></div>
    <h4 data-part="title" style="margin-top:0.9rem"></h4>
    <div class="anchors" data-part="anchors" role="group"></div>
    <p class="told" data-part="told" aria-live="polite"></p>
    <p class="told" data-part="here" aria-live="polite"></p>
  </div>
</div>
"""  # noqa: E501

CSS, SCRIPT = parts("hand", "boxes", "cell_grid")
_component = st.components.v2.component("gallery_cell_grid", html=HTML, css=CSS, js=SCRIPT)


@dataclass(frozen=True, eq=False)
class Lattice:
    """What every cell and anchor has said, in pixels of the photo."""

    stride: float  # pixels from cell to cell
    anchors: NDArray[np.floating]  # (A, 2) width, height
    boxes: NDArray[np.floating]  # (rows, columns, A, 4) x1 y1 x2 y2
    objectness: NDArray[np.floating]  # (rows, columns, A)
    labels: NDArray[np.integer]  # (rows, columns, A) the best class
    shares: NDArray[np.floating]  # (rows, columns, A) its probability

    def holds(self, place: Place) -> bool:
        """Whether there is such a row, column and anchor."""
        return all(0 <= at < most for at, most in zip(place, self.objectness.shape, strict=True))


@dataclass(frozen=True)
class Responsible:
    """A box that was kept, and where it came from."""

    box: tuple[float, float, float, float]
    label: int
    score: float
    place: Place


@dataclass(frozen=True)
class Awaited:
    """An object that a person drew, and the cell that its centre lies in."""

    box: tuple[float, float, float, float]
    label: int
    place: Place  # with the anchor that is most like it in shape
    overlap: float  # IoU with that anchor, laid on one centre


def open_cell(
    name: str,
    photo: Pixels,
    lattice: Lattice,
    found: Sequence[Responsible],
    awaited: Sequence[Awaited],
    names: Mapping[int, str],
    words: Words[Text],
    alt: str,
) -> Place:
    """Draw the grid; the opened cell and anchor are part of the address.

    Args:
        name: Its name in the address.
        photo: What the grid lies on, from its left upper corner.
        lattice: The cells.
        found: What was kept in the end, the best first.
        awaited: What a person drew on the photo.
        names: What each class is called.
        words: The page's words; those named ``grid_...`` are used.
        alt: What the photo shows.

    Returns:
        The opened row, column and anchor; to begin with those of the best box.
    """
    page = current().demo.name
    widget = address.settle(page, name, "", lambda raw: raw if _parse(raw) else None)
    asked = _parse(st.session_state[widget])
    first = found[0].place if found else _strongest(lattice)
    at = asked if asked is not None and lattice.holds(asked) else first
    rows, columns = lattice.objectness.shape[:2]
    ramp = figures.coloured(np.linspace(0, 1, SHADES)[None], limit=1.0)[0]
    data: dict[str, Any] = {
        **photo_data(photo, alt),
        "photo": [photo.shape[1], photo.shape[0]],
        "width": columns * lattice.stride,  # of the grid, which may end beyond the photo
        "height": rows * lattice.stride,
        "most": HIGHEST,
        "stride": lattice.stride,
        "rows": rows,
        "columns": columns,
        "anchors": np.round(lattice.anchors, 2).tolist(),
        "cells": _cells(lattice),
        "found": [_placed(each) | {"score": each.score} for each in found],
        "awaited": [_placed(each) | {"overlap": each.overlap} for each in awaited],
        "names": {str(label): text for label, text in names.items()},
        "ramp": [f"rgb({red} {green} {blue})" for red, green, blue in ramp.tolist()],
        "words": {each: words[f"grid_{each}"] for each in WORDS},
    }
    stamp = blake2b(json.dumps(data).encode(), digest_size=8).hexdigest()
    _component(
        data=data | {"stamp": stamp, "at": list(at), "heard": heard(f"{widget}-cell")},
        key=f"{widget}-cell",
        on_at_change=lambda: _take(widget, lattice),
    )
    address.hold(page, name, "", "" if at == first else _write(at))
    return at


def _cells(lattice: Lattice) -> list[list[list[dict[str, Any]]]]:
    rows, columns, count = lattice.objectness.shape
    return [
        [[_one(lattice, (row, column, each)) for each in range(count)] for column in range(columns)]
        for row in range(rows)
    ]


def _one(lattice: Lattice, at: Place) -> dict[str, Any]:
    objectness, share = float(lattice.objectness[at]), float(lattice.shares[at])
    return {
        "box": [round(float(edge), 2) for edge in lattice.boxes[at]],
        "objectness": round(objectness, 6),
        "label": int(lattice.labels[at]),
        "share": round(share, 6),
        "score": round(objectness * share, 4),
    }


def _placed(each: Responsible | Awaited) -> dict[str, Any]:
    row, column, anchor = each.place
    return {
        "box": list(each.box),
        "label": each.label,
        "cell": [row, column],
        "anchor": anchor,
    }


def _strongest(lattice: Lattice) -> Place:
    row, column, anchor = np.unravel_index(
        int(lattice.objectness.argmax()), lattice.objectness.shape
    )
    return int(row), int(column), int(anchor)


def _write(place: Place) -> str:
    return ",".join(map(str, place))


def _parse(raw: str) -> Place | None:
    parts = raw.split(",")
    if len(parts) != 3 or not all(part.isdecimal() and len(part) < 4 for part in parts):
        return None
    return int(parts[0]), int(parts[1]), int(parts[2])


def _take(widget: str, lattice: Lattice) -> None:
    at = sent(f"{widget}-cell", "at")
    if isinstance(at, list) and len(at) == 3 and all(type(part) is int for part in at):
        place = (at[0], at[1], at[2])
        if lattice.holds(place):
            st.session_state[widget] = _write(place)

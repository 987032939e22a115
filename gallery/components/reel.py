"""Precomputed pictures that follow the hand: a slider, curves with a playhead, keys and touch."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from gallery import address, figures, show
from gallery.components import parts
from gallery.components.tiles import sheet_columns, sheet_url
from gallery.frame import current
from models._images import Pixels, to_colour

__all__ = ["Chart", "Curve", "Track", "draw_reel"]

Numbers = Sequence[float] | NDArray[np.floating]

HTML = """
<div class="reel" role="group">
  <div class="tracks" data-part="tracks"></div>
  <div class="deck">
    <button data-part="play" type="button"></button>
    <button data-part="back" type="button">‹</button>
    <input data-part="scrub" type="range" min="0" step="1" value="0">
    <button data-part="forward" type="button">›</button>
    <span class="count" data-part="count" aria-live="polite"></span>
  </div>
  <div class="chart" data-part="chart" hidden><svg data-part="curves" role="img"></svg>
    <div class="key" data-part="key"></div></div>
</div>
"""

CSS, SCRIPT = parts("reel")
_component = st.components.v2.component("gallery_reel", html=HTML, css=CSS, js=SCRIPT)


@dataclass(frozen=True, eq=False)
class Track:
    """One picture of the film, frame by frame."""

    title: str
    alt: str
    frames: Sequence[Pixels]  # uint8 (height, width) or (height, width, 3), all of one size
    captions: Sequence[str] = ()  # one a frame


@dataclass(frozen=True, eq=False)
class Curve:
    """A number along the film."""

    name: str
    along: Numbers
    values: Numbers


@dataclass(frozen=True, eq=False)
class Chart:
    """Curves under the film; the line that runs over them shows where the film stands."""

    curves: Sequence[Curve]
    positions: Numbers  # of the frames, on the axis of the curves
    x: str
    y: str
    labels: Sequence[str] = ()  # under the axis, one a frame; the frames' names by default
    from_zero: bool = False


def draw_reel(
    name: str,
    label: str,
    tracks: Sequence[Track],
    ticks: Sequence[str],
    *,
    chart: Chart | None = None,
    table: Mapping[str, Sequence[Any]] | None = None,
    begin: int = 0,
    loops: bool = False,
    pause: int = 90,
    least: int = 200,
    most: int = 420,
) -> int:
    """Draw a film; the frame that the visitor leaves it at is part of the address.

    Args:
        name: Its name in the address.
        label: What the slider moves through.
        tracks: Pictures that move together.
        ticks: What each frame is called.
        chart: Curves under it.
        table: The numbers of the film, as columns.
        begin: The frame it opens with.
        loops: Whether it begins anew at its end.
        pause: Milliseconds from frame to frame while it plays.
        least: Pixels of the width of a track below which they stand under each other.
        most: Widest track in pixels.

    Returns:
        The frame it was left at.
    """
    page, count = current().demo.name, len(ticks)
    widget = address.settle(page, name, begin, lambda raw: _parse(raw, count))
    frame = min(max(int(st.session_state[widget]), 0), count - 1)
    labels = current().shared.labels
    data: dict[str, Any] = {
        "label": label,
        "ticks": list(ticks),
        "tracks": [_track(one) for one in tracks],
        "chart": _chart(chart) if chart else None,
        "loops": loops,
        "pause": pause,
        "least": least,
        "most": most,
        "words": {
            "play": labels.play,
            "pause": labels.pause,
            "back": labels.back,
            "forward": labels.forward,
        },
    }
    stamp = hashlib.blake2b(json.dumps(data).encode(), digest_size=8).hexdigest()
    _component(
        data=data | {"stamp": stamp, "frame": frame},
        key=f"{widget}-reel",
        on_frame_change=lambda: _take(widget, count),
    )
    if table:
        with st.expander(labels.table_twin, icon=":material/table_rows:"):
            show.table(table)
    return address.hold(page, name, begin, frame)


def _parse(raw: str, count: int) -> int | None:
    known = raw.isascii() and raw.isdecimal() and len(raw) < 6
    return int(raw) if known and int(raw) < count else None


def _take(widget: str, count: int) -> None:
    sent = st.session_state[f"{widget}-reel"].get("frame")
    if isinstance(sent, int) and 0 <= sent < count:
        st.session_state[widget] = sent


def _track(track: Track) -> dict[str, Any]:
    frames = track.frames
    height, width = frames[0].shape[:2]
    return {
        "title": track.title,
        "alt": track.alt,
        "sheet": sheet_url([to_colour(one) for one in frames]),
        "columns": sheet_columns(len(frames)),
        "width": width,
        "height": height,
        "captions": list(track.captions),
    }


def _chart(chart: Chart) -> dict[str, Any]:
    curves = [
        {
            "name": one.name,
            "x": [float(x) for x in one.along],
            "y": [float(y) for y in one.values],
            "colour": figures.OKABE_ITO[place % len(figures.OKABE_ITO)],
        }
        for place, one in enumerate(chart.curves)
    ]
    return {
        "curves": curves,
        "positions": [float(x) for x in chart.positions],
        "labels": list(chart.labels) or None,
        "x": chart.x,
        "y": chart.y,
        "zero": chart.from_zero,
    }

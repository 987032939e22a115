"""A pad between two, three or four pictures: what lies under the hand is a blend of them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from gallery import address
from gallery.components import parts
from gallery.components.hand import heard, sent
from gallery.components.webp import webp_url
from gallery.demos import Control
from gallery.frame import current
from models._images import Pixels

__all__ = ["Blend", "choose_blend"]

CORNERS = 4
MIDDLE = "0.5,0.5"
HTML = (
    '<div class="blend"><div class="board"><div class="pad" tabindex="0" role="application">'
    '<i class="dot"></i></div>'
    + "".join(
        f'<button type="button" class="corner" data-place="{place}"><img>'
        "<span><b></b><output></output></span></button>"
        for place in range(CORNERS)
    )
    + '</div><canvas class="picture"></canvas><p class="hint"></p></div>'
)

CSS, SCRIPT = parts("hand", "blend_pad")
_component = st.components.v2.component("gallery_blend_pad", html=HTML, css=CSS, js=SCRIPT)


@dataclass(frozen=True, eq=False)
class Blend:
    """Where the dot stands: known before the pad is drawn, so that exactly that can be made."""

    words: Control
    place: tuple[float, float]  # 0..1 to the right, 0..1 down
    shares: list[float]  # of the corners; they add up to 1
    weights: NDArray[np.float32]  # (rows, columns, corners)
    widget: str

    def draw(
        self,
        pictures: NDArray[np.uint8],
        exact: Pixels,
        corners: Sequence[tuple[str, Pixels]],
        hint: str,
        alt: str,
    ) -> None:
        """Draw the pad; between the grid's pictures the nearest ones are mixed as the hand moves.

        Args:
            pictures: (rows, columns, height, width, 3), true blends on the grid.
            exact: The blend where the dot stands, shown while it rests.
            corners: Name and small picture of each corner.
            hint: How to use it.
            alt: What the picture under the hand is.
        """
        rows, columns = pictures.shape[:2]
        _component(
            data={
                "pictures": [webp_url(each, quality=80) for row in pictures for each in row],
                "exact": webp_url(exact),
                "weights": self.weights.reshape(-1, len(corners)).tolist(),
                "rows": rows,
                "columns": columns,
                "size": [exact.shape[1], exact.shape[0]],
                "corners": [{"name": name, "face": webp_url(face, 96)} for name, face in corners],
                "place": list(self.place),
                "heard": heard(f"{self.widget}-pad"),
                "stamp": "|".join(name for name, _ in corners),
                "words": {"label": self.words.label, "hint": hint, "alt": alt},
            },
            key=f"{self.widget}-pad",
            on_place_change=lambda: _take(self.widget),
        )
        written = f"{self.place[0]:g},{self.place[1]:g}"
        address.hold(current().demo.name, self.words.key, MIDDLE, written)


def choose_blend(words: Control, weights: NDArray[np.float32]) -> Blend:
    """Say where the dot stands on a pad; ``draw`` draws it.

    Args:
        words: Its label, and the place's name in the address.
        weights: (rows, columns, corners) shares of the corners at the nodes of a grid.
    """
    page = current().demo.name
    widget = address.settle(page, words.key, MIDDLE, lambda raw: raw if _parse(raw) else None)
    place = _parse(st.session_state[widget]) or (0.5, 0.5)
    return Blend(words, place, _mixed(weights, place), weights, widget)


def _take(widget: str) -> None:
    """Believe what the browser sent only where it is a place on the pad."""
    place = sent(f"{widget}-pad", "place")
    if isinstance(place, list) and all(isinstance(part, int | float) for part in place):
        raw = ",".join(f"{part:g}" for part in place)
        if _parse(raw):
            st.session_state[widget] = raw


def _parse(raw: object) -> tuple[float, float] | None:
    parts = str(raw).split(",")
    try:
        across, down = map(float, parts)
    except ValueError:
        return None
    return (across, down) if 0 <= across <= 1 and 0 <= down <= 1 else None


def _mixed(weights: NDArray[np.float32], place: tuple[float, float]) -> list[float]:
    """The weights at a place between the nodes, as the browser mixes them."""
    across = _split(place[0], weights.shape[1] - 1)
    down = _split(place[1], weights.shape[0] - 1)
    mixed = sum(
        share * part * weights[row, column].astype(float)
        for row, share in down
        for column, part in across
    )
    return [round(float(weight), 4) for weight in np.asarray(mixed)]


def _split(value: float, last: int) -> list[tuple[int, float]]:
    if last < 1:
        return [(0, 1.0)]
    low = min(math.floor(value * last), last - 1)
    rest = value * last - low
    return [(low, 1 - rest), (low + 1, rest)]

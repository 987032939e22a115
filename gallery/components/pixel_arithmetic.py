"""Any answer of a kernel opened to its sum, by pointer, touch and keyboard.

The browser holds photo and kernel and works out every number itself, so that it follows the hand;
the place that the visitor stops at comes back, and the page checks it by its own computing.
"""

import streamlit as st

from gallery import address
from gallery.components.hand import heard, sent
from gallery.components.pixel import STYLE, markup, palette, photo_url, script
from gallery.demos import Text, Words
from gallery.frame import current
from gallery.photo import Photo
from models._edges_kernels import Weights, keeps_surface
from models._edges_rim import Channel
from models._edges_sliding import Border, check_fits
from models._images import Pixels
from models.edge_filters import SEEN, View

__all__ = ["pixel_arithmetic"]

Place = tuple[int, int]
NAME = "place"  # in the address: row,column
WORDS = ("photo", "answer", "patch", "kernel", "products", "hint", "copy", "copied", "place")


_component = st.components.v2.component(
    "gallery_pixel_arithmetic",
    html=markup("pixel_arithmetic"),
    css=STYLE,
    js=script("hand", "pixel_arithmetic"),
)


def pixel_arithmetic(
    photo: Photo,
    laid: Weights,
    anchor: tuple[int, int],
    border: Border,
    channel: Channel,
    words: Words[Text],
    view: View = "signed",
    brief: bool = False,
) -> Place:
    """Draw the photo, the answer and the sum under the pointer.

    Args:
        photo: What the kernel slides over.
        laid: (rows, columns) the kernel as it is laid on the photo.
        anchor: Row and column of the kernel that lie on the answered pixel.
        border: What lies beyond the rim.
        channel: Which numbers of the photo.
        words: The page's words; those named ``sum_...`` are used.
        view: How the answer is put on the screen.
        brief: Leave out patch, kernel and products.

    Returns:
        Row and column of the answer that the visitor stopped at.
    """
    page = current().demo.name
    limit = _answer_shape(photo.pixels, laid, border)
    middle = (limit[0] // 2, limit[1] // 2)
    widget = address.settle(page, NAME, middle, lambda raw: _parse(raw, limit))
    kept: Place = st.session_state[widget]
    place = (min(kept[0], limit[0] - 1), min(kept[1], limit[1] - 1))
    _component(
        data={
            "photo": photo_url(photo),
            "kernel": [[float(value) for value in line] for line in laid],
            "anchor": list(anchor),
            "border": border,
            "channel": channel,
            "place": list(place),
            "heard": heard(f"{widget}-sum"),
            "view": view,
            "brief": brief,
            "seen": SEEN,
            "surface": keeps_surface(laid),
            "palette": palette(),
            "words": {name: words[f"sum_{name}"] for name in WORDS},
        },
        key=f"{widget}-sum",
        on_place_change=lambda: _take(widget, limit),
    )
    return address.hold(page, NAME, middle, place, lambda at: f"{at[0]},{at[1]}")


def _answer_shape(pixels: Pixels, laid: Weights, border: Border) -> Place:
    height, width = pixels.shape[:2]
    if border != "valid":
        return height, width
    check_fits(pixels.shape, laid.shape)
    return height - laid.shape[0] + 1, width - laid.shape[1] + 1


def _take(widget: str, limit: Place) -> None:
    at = sent(f"{widget}-sum", "place")
    whole = isinstance(at, list | tuple) and all(isinstance(part, int | float) for part in at)
    if whole and len(at) == 2:
        place = _inside((int(at[0]), int(at[1])), limit)
        st.session_state[widget] = place or st.session_state[widget]


def _parse(raw: str, limit: Place) -> Place | None:
    row, _, column = raw.partition(",")
    if not (row.isdecimal() and column.isdecimal()):
        return None
    return _inside((int(row), int(column)), limit)


def _inside(place: Place, limit: Place) -> Place | None:
    row, column = place
    return place if 0 <= row < limit[0] and 0 <= column < limit[1] else None

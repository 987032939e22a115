"""Two boxes on a photo, moved and resized by hand; what they have in common is said at once."""

from collections.abc import Sequence

import streamlit as st

from gallery import address
from gallery.components import parts
from gallery.components.boxes import photo_data
from gallery.components.hand import heard, sent
from gallery.demos import Text, Words
from gallery.figures import OKABE_ITO
from gallery.frame import current
from gallery.photo import Photo

__all__ = ["Box", "box_pair", "parse_boxes", "write_boxes"]

Box = tuple[int, int, int, int]  # x1 y1 x2 y2 in pixels of the photo
NAME = "boxes"  # in the address
MARKS = (0.5, 0.75, 0.95)  # agreements on what is found: PASCAL VOC's, and two of COCO's
WORDS = (
    "hint", "yes", "no", "apart", "iou_range", "giou_range", "row_a", "row_b", "row_both",
    "row_union", "row_iou", "row_around", "row_giou",
)  # fmt: skip
CORNERS = ("top_left", "top_right", "bottom_left", "bottom_right")
SCALE = (
    '<div class="scale" data-part="{}"><b><span></span><output></output></b>'
    '<div class="bar"><i></i></div><small></small></div>'
)
HTML = f"""
<div class="pair">
  <div class="view">
    <div class="stage" data-part="stage"><img><div class="around" data-part="around"></div>
      <div class="common" data-part="common"></div><div class="hands" data-part="hands"></div></div>
    <p class="hint" data-part="hint"></p>
  </div>
  <div class="side">
    <p class="verdict" data-part="verdict" aria-live="polite"></p>
    {SCALE.format("iou")}{SCALE.format("giou")}
  </div>
  <div class="formulas" data-part="formulas"></div>
</div>
"""

CSS, SCRIPT = parts("hand", "boxes", "hand_boxes", "box_pair")
_component = st.components.v2.component("gallery_box_pair", html=HTML, css=CSS, js=SCRIPT)


def box_pair(
    photo: Photo,
    default: tuple[Box, Box],
    names: tuple[str, str],
    agreed: float,
    words: Words[Text],
    alt: str,
) -> tuple[Box, Box]:
    """Draw the photo with the two boxes on it; they are part of the address.

    Args:
        photo: What they stand on; on another one they begin with its default again.
        default: Where they stand to begin with.
        names: What is written at them.
        agreed: The IoU from which on a box counts as found.
        words: The page's words; those named ``pair_...`` and ``corner_...`` are used.
        alt: What the photo shows.

    Returns:
        The two boxes where the hand let go.
    """
    page, size = current().demo.name, photo.size
    first = write_boxes(default)

    def parse(raw: str) -> str | None:
        return raw if len(parse_boxes(raw, size)) == 2 else None

    widget = address.settle(page, NAME, first, parse)
    known = st.session_state.setdefault(f"{widget}-of", photo.digest)
    if known != photo.digest and address.FOLLOWED not in st.session_state:
        st.session_state[widget] = first
    st.session_state[f"{widget}-of"] = photo.digest
    boxes = parse_boxes(st.session_state[widget], size)
    pair = (boxes[0], boxes[1]) if len(boxes) == 2 else default
    _component(
        data={
            **photo_data(photo.pixels, alt),
            "boxes": [list(box) for box in pair],
            "heard": heard(f"{widget}-pair"),
            "names": list(names),
            "colours": list(OKABE_ITO[:2]),
            "agreed": agreed,
            "marks": list(MARKS),
            "words": {name: words[f"pair_{name}"] for name in WORDS}
            | {"corners": [words[f"corner_{name}"] for name in CORNERS]},
        },
        key=f"{widget}-pair",
        on_boxes_change=lambda: _take(widget, size),
    )
    address.hold(page, NAME, first, write_boxes(pair))
    return pair


def write_boxes(boxes: Sequence[Sequence[int]]) -> str:
    """Boxes as one word of an address."""
    return "_".join(".".join(map(str, box)) for box in boxes)


def parse_boxes(raw: object, size: tuple[int, int]) -> list[Box]:
    """What ``write_boxes`` wrote; nothing where it holds anything but boxes inside the photo.

    Args:
        raw: The word.
        size: Width and height of the photo.
    """
    boxes = []
    for part in str(raw).split("_"):
        sides = part.split(".")
        if len(sides) != 4 or not all(_is_place(side) for side in sides):
            return []
        left, top, right, bottom = map(int, sides)
        if not (left < right <= size[0] and top < bottom <= size[1]):
            return []
        boxes.append((left, top, right, bottom))
    return boxes


def _take(widget: str, size: tuple[int, int]) -> None:
    """Believe what the browser sent only where it is two boxes inside the photo."""
    try:
        raw = write_boxes(sent(f"{widget}-pair", "boxes") or ())
    except TypeError:
        return
    if len(parse_boxes(raw, size)) == 2:
        st.session_state[widget] = raw


def _is_place(side: str) -> bool:
    return side.isascii() and side.isdecimal() and len(side) < 6

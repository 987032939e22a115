"""Photos with boxes on them, scrubbed by hand; pointer, touch and keyboard ask what a box is."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import streamlit as st

from gallery.components import parts
from gallery.components.webp import webp_url
from gallery.frame import current
from models._images import Pixels

__all__ = ["BoxFrame", "ShownBox", "box_film"]

MOST = 720  # pixels of the longer side that travel to the browser
HTML = """
<div class="box-film">
  <div class="stage" data-part="stage" tabindex="0" role="application"><img>
    <div class="layer" data-part="layer"></div></div>
  <div class="deck" data-part="deck"><span data-part="label"></span>
    <input type="range" data-part="scrub" min="0" step="1"></div>
  <p class="told" data-part="told" aria-live="polite"></p>
  <p class="hint" data-part="hint"></p>
</div>
"""

CSS, SCRIPT = parts("boxes", "box_film")
_component = st.components.v2.component("gallery_box_film", html=HTML, css=CSS, js=SCRIPT)


@dataclass(frozen=True)
class ShownBox:
    """One box over a photo."""

    box: tuple[float, float, float, float]  # x1 y1 x2 y2 in pixels of the photo
    colour: str
    tag: str  # written at it
    told: str  # said when it is asked
    kind: str = ""  # "lost": dashed


@dataclass(frozen=True, eq=False)
class BoxFrame:
    """One photo of the film."""

    pixels: Pixels
    boxes: Sequence[ShownBox]
    told: str  # said while no box is asked


def box_film(
    frames: Sequence[BoxFrame],
    size: tuple[int, int],
    label: str,
    hint: str,
    key: str,
    start: int = 0,
    most: int = 480,
) -> None:
    """Draw the photos; a single one has no slider.

    Args:
        frames: The photos, all of one shape.
        size: Width and height in which the boxes are counted.
        label: What the slider moves through.
        hint: How to use it.
        key: Its widget key.
        start: The one that is shown first.
        most: Pixels of the page it is high at most.
    """
    _component(
        data={
            "frames": [
                {
                    "picture": webp_url(each.pixels, MOST, quality=82),
                    "boxes": [asdict(box) for box in each.boxes],
                    "told": each.told,
                }
                for each in frames
            ],
            "width": size[0],
            "height": size[1],
            "start": start,
            "most": most,
            "stamp": f"{key}{len(frames)}{size}{start}",
            "words": {"label": label, "hint": hint},
        },
        key=f"{current().demo.name}-{key}-box-film",
    )
